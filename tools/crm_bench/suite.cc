#include "tools/crm_bench/suite.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "tools/crm_bench/calls.h"
#include "tools/crm_bench/echo_server.h"
#include "tools/crm_bench/growth.h"
#include "tools/crm_bench/measures.h"
#include "tools/crm_bench/peers.h"

namespace crm::bench {
namespace {

// The events of which the table speaks when it says replay, rebuild and the past.
constexpr int64_t kMillion = 1'000'000;

// What the real server says to the requests that are measured, for the echo server to say too.
absl::Status SaveAnswers(Client& client, const Office& office, const std::string& folder) {
  const auto save = [&](const char* file, const google::protobuf::Message& answer) {
    std::ofstream(folder + file) << answer.SerializeAsString();
  };
  const auto ask = [&](const char* file, auto& stub, auto method, const auto& request) {
    const auto answer = client.Ask(stub, method, request);
    if (answer.ok()) save(file, *answer);
    return answer.status();
  };
  using Opportunities = v1::OpportunityService::Stub;
  v1::GetOpportunityRequest one;
  one.set_name(office.opportunities.front());
  RETURN_IF_ERROR(
      ask(kOpportunityFile, client.opportunities(), &Opportunities::GetOpportunity, one));
  v1::GetPipelineBoardRequest all;
  all.set_pipeline(office.pipeline);
  all.set_cards_per_column(kBoardCards / static_cast<int>(office.stages.size()));
  RETURN_IF_ERROR(ask(kBoardFile, client.opportunities(), &Opportunities::GetPipelineBoard, all));
  v1::GetTeamDashboardRequest team;
  team.set_team(office.team);
  RETURN_IF_ERROR(ask(kDashboardFile, client.dashboards(),
                      &v1::DashboardService::Stub::GetTeamDashboard, team));
  grpc::ClientContext context;
  client.Authorize(context);
  v1::SubscribeEventsRequest events;
  events.set_encoding(v1::EVENT_ENCODING_PROTOBUF);
  const auto stream = client.events().SubscribeEvents(&context, events);
  v1::SubscribeEventsResponse batch;
  if (!stream->Read(&batch)) return absl::InternalError("cannot read the log");
  context.TryCancel();
  stream->Finish();
  save(kEventsFile, batch);
  return absl::OkStatus();
}

// Bulk commands leave everything in one stage; moves fill all columns of the board.
absl::Status SpreadOut(const SuiteOptions& options, Office& office) {
  const LoadOptions some{.in_flight = kManyInFlight, .duration = options.slice / 2};
  if (RunClosedLoop(some, Moves(office, *office.client)).failures > 0)
    return absl::InternalError("moves were refused");
  return AwaitViews(*office.client);
}

// An echo server that answers as crmd does now, and a measurement of the two.
class Comparison {
 public:
  static absl::StatusOr<std::unique_ptr<Comparison>> Start(const SuiteOptions& options,
                                                           Office& office) {
    RETURN_IF_ERROR(SpreadOut(options, office));
    RETURN_IF_ERROR(SaveAnswers(*office.client, office, options.folder));
    auto comparison = std::make_unique<Comparison>();
    ASSIGN_OR_RETURN(comparison->server_, Child::Start(options.self, {"echo", options.folder}));
    comparison->echo_ = std::make_unique<Client>(comparison->server_->port(), office.token);
    ASSIGN_OR_RETURN(comparison->synced_server_,
                     Child::Start(options.self, {"echo", options.folder, "--synced"}));
    comparison->synced_echo_ =
        std::make_unique<Client>(comparison->synced_server_->port(), office.token);
    return comparison;
  }

  Bench With(const SuiteOptions& options, Office& office, Report& report) {
    return {office, *office.client, *echo_,         *synced_echo_,
            report, options.folder, options.rounds, options.slice};
  }

 private:
  std::unique_ptr<Child> server_;
  std::unique_ptr<Client> echo_;
  std::unique_ptr<Child> synced_server_;
  std::unique_ptr<Client> synced_echo_;
};

struct Measure {
  const char* name;
  absl::Status (*run)(const Bench& bench);
};
constexpr Measure kCalls[] = {{"commands", MeasureCommands},
                              {"one-caller", MeasureOneCaller},
                              {"lag", MeasureLag},
                              {"reports", MeasureReports},
                              {"mixed", MeasureMixed}};
// Those of which the table names a log of a million events.
constexpr Measure kHistory[] = {
    {"replay", MeasureReplay}, {"as-of", MeasureAsOf}, {"rebuild", MeasureRebuild}};

absl::Status Run(absl::Span<const Measure> measures, const SuiteOptions& options,
                 const Bench& bench) {
  for (const Measure& measure : measures) {
    if (options.only.empty() || absl::c_linear_search(options.only, measure.name))
      RETURN_IF_ERROR(measure.run(bench));
  }
  return absl::OkStatus();
}

// The same figures after the log has grown; replay, rebuild and the past on the way.
absl::Status MeasureGrowth(const SuiteOptions& options, Office& office,
                           const SuiteReports& reports) {
  // What is compared is the small log; what is reported of these is the log of a million.
  const Report small = reports.report;
  if (options.growth_events > kMillion) {
    RETURN_IF_ERROR(Grow(office, kMillion));
    RETURN_IF_ERROR(AwaitViews(*office.client));
    ASSIGN_OR_RETURN(const auto comparison, Comparison::Start(options, office));
    RETURN_IF_ERROR(Run(kHistory, options, comparison->With(options, office, reports.report)));
  }
  RETURN_IF_ERROR(Grow(office, options.growth_events));
  RETURN_IF_ERROR(AwaitViews(*office.client));
  ASSIGN_OR_RETURN(const auto comparison, Comparison::Start(options, office));
  const Bench bench = comparison->With(options, office, reports.large);
  RETURN_IF_ERROR(MeasureBulk(bench, options.events, /*as_history=*/false));
  RETURN_IF_ERROR(Run(kCalls, options, bench));
  RETURN_IF_ERROR(Run(kHistory, options, bench));
  const double growth =
      static_cast<double>(options.growth_events) / static_cast<double>(options.events);
  CompareGrowth(small, reports.large, growth, reports.report);
  return MeasureWeight(office, options.rounds, reports.report);
}

absl::Status MeasurePeers(const SuiteOptions& options, Report& report) {
  // Beside our folder, into which only we can go: PostgreSQL runs as an account of its own.
  const std::string beside = std::filesystem::path(options.folder).parent_path().string();
  const PeerOptions peers{options.peers, beside,
                          static_cast<int>(report.ValueOf("event_json_bytes")), kManyInFlight,
                          options.rounds};
  const double ours = report.ValueOf("commands_per_s");
  ASSIGN_OR_RETURN(const double message_db, MeasurePeer(peers, "message_db.sh"));
  report.Measured("message_db_events_per_s", message_db);
  report.Ratio("vs_message_db", ours / message_db);
  ASSIGN_OR_RETURN(const double emmett, MeasurePeer(peers, "emmett.sh"));
  report.Measured("emmett_events_per_s", emmett);
  report.Ratio("vs_emmett", ours / emmett);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> MeasureNames() {
  std::vector<std::string> names;
  for (const Measure& measure : kCalls) names.emplace_back(measure.name);
  for (const Measure& measure : kHistory) names.emplace_back(measure.name);
  return names;
}

absl::Status RunSuite(const SuiteOptions& options, const SuiteReports& reports) {
  {
    ASSIGN_OR_RETURN(Office office,
                     OpenOffice(options.crmd, options.folder, options.opportunities));
    // Before anything moves now: what comes later cannot have taken effect earlier.
    const Bench alone{office,         *office.client, *office.client, *office.client,
                      reports.report, options.folder, options.rounds, options.slice};
    RETURN_IF_ERROR(
        MeasureBulk(alone, options.events - options.opportunities, /*as_history=*/true));
    ASSIGN_OR_RETURN(const auto comparison, Comparison::Start(options, office));
    const Bench bench = comparison->With(options, office, reports.report);
    // First what depends on the length of the log: commands make it longer.
    RETURN_IF_ERROR(Run(kHistory, options, bench));
    RETURN_IF_ERROR(Run(kCalls, options, bench));
    if (options.growth_events > 0) RETURN_IF_ERROR(MeasureGrowth(options, office, reports));
  }
  return options.peers.empty() ? absl::OkStatus() : MeasurePeers(options, reports.report);
}

}  // namespace crm::bench
