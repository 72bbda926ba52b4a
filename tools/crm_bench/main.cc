// crm_bench: what crmd does against what this machine allows, measured in the same run. Exit codes:
// 0 measured, 1 failed, 2 wrong usage.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/status_macros.h"
#include "tools/crm_bench/echo_server.h"
#include "tools/crm_bench/measures.h"

namespace crm::bench {
namespace {

struct Options {
  std::string crmd;
  std::string self;
  std::string folder = "/var/tmp";
  bool json = false;
  int64_t events = 100'000;
  int opportunities = 4'000;
  int rounds = 3;
  int slice_ms = 800;
};

// What the real server says to the requests that are measured, for the echo server to say too.
absl::Status SaveAnswers(Client& client, const Office& office, const std::string& folder) {
  const auto save = [&](const char* file, const google::protobuf::Message& answer) {
    std::ofstream(folder + file) << answer.SerializeAsString();
  };
  v1::GetOpportunityRequest one;
  one.set_name(office.opportunities.front());
  ASSIGN_OR_RETURN(
      const v1::Opportunity opportunity,
      client.Ask(client.opportunities(), &v1::OpportunityService::Stub::GetOpportunity, one));
  save(kOpportunityFile, opportunity);
  v1::GetPipelineBoardRequest all;
  all.set_pipeline(office.pipeline);
  all.set_cards_per_column(50);
  ASSIGN_OR_RETURN(
      const v1::Board board,
      client.Ask(client.opportunities(), &v1::OpportunityService::Stub::GetPipelineBoard, all));
  save(kBoardFile, board);
  v1::GetTeamDashboardRequest team;
  team.set_team(office.team);
  ASSIGN_OR_RETURN(
      const v1::TeamDashboard dashboard,
      client.Ask(client.dashboards(), &v1::DashboardService::Stub::GetTeamDashboard, team));
  save(kDashboardFile, dashboard);
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

absl::Status Measure(const Options& options, const std::string& folder, Report& report) {
  ASSIGN_OR_RETURN(Office office, OpenOffice(options.crmd, folder, options.opportunities));
  Client& crmd = *office.client;
  RETURN_IF_ERROR(SaveAnswers(crmd, office, folder));
  ASSIGN_OR_RETURN(const auto echo_server, Child::Start(options.self, {"echo", folder}));
  Client echo(echo_server->port(), office.token);
  const Bench bench{
      office, crmd, echo, report, folder, options.rounds, absl::Milliseconds(options.slice_ms)};
  RETURN_IF_ERROR(MeasureBulk(bench, options.events));
  RETURN_IF_ERROR(MeasureCommands(bench));
  RETURN_IF_ERROR(MeasureOneCaller(bench));
  RETURN_IF_ERROR(MeasureLag(bench));
  RETURN_IF_ERROR(MeasureReports(bench));
  RETURN_IF_ERROR(MeasureReplay(bench));
  RETURN_IF_ERROR(MeasureAsOf(bench));
  return MeasureRebuild(bench);
}

int Run(const Options& options) {
  std::string folder = options.folder + "/crm_bench_XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    std::cerr << "crm_bench: cannot make a folder in " << options.folder << "\n";
    return 1;
  }
  Report report(options.json ? nullptr : &std::cout);
  const absl::Status measured = Measure(options, folder, report);
  std::filesystem::remove_all(folder);
  if (options.json) std::cout << report.ToJson().dump() << "\n";
  if (measured.ok()) return 0;
  std::cerr << "crm_bench: " << measured.message() << "\n";
  return 1;
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  CLI::App app("Measures crmd against what this machine allows.", "crm_bench");
  crm::bench::Options options;
  options.self = std::filesystem::read_symlink("/proc/self/exe");
  options.crmd = (std::filesystem::path(options.self).parent_path() / "crmd").string();
  app.add_option("--crmd", options.crmd, "The server to measure")->capture_default_str();
  app.add_option("--folder", options.folder, "Where its data go: the disk that is measured")
      ->capture_default_str();
  app.add_flag("--json", options.json, "One object instead of lines as they come");
  app.add_option("--events", options.events, "Length of the history")->capture_default_str();
  app.add_option("--opportunities", options.opportunities, "How many there are")
      ->capture_default_str()
      ->check(CLI::Range(64, 100000));
  app.add_option("--rounds", options.rounds, "Rounds of which the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  app.add_option("--slice-ms", options.slice_ms, "Length of each side of a round")
      ->capture_default_str()
      ->check(CLI::Range(100, 600000));
  std::string answers;
  CLI::App& echo = *app.add_subcommand("echo", "")->group("");
  echo.add_option("answers", answers)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return echo.parsed() ? crm::bench::ServeEcho(answers, std::cout) : crm::bench::Run(options);
}
