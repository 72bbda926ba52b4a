#include "tools/crm_bench/office.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "base/uuid.h"

namespace crm::bench {
namespace {

constexpr absl::Duration kHistory = absl::Hours(24 * 1000);
constexpr size_t kBulk = 1000;  // records of one bulk command
constexpr int kTogether = 64;   // calls in flight while the office is furnished
constexpr char kLossReason[] = "price";

// When something took effect; nothing: now.
using EffectiveTime = std::optional<absl::Time>;

std::string NewRequestId() { return Uuid::Random().ToString(); }

template <class Request>
void SetTime(const EffectiveTime& time, Request& request) {
  if (time) request.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(*time));
}

absl::Status MakePipeline(Client& client, Office& office) {
  v1::CreatePipelineRequest request;
  request.set_request_id(NewRequestId());
  SetTime(office.begin, request);
  request.mutable_pipeline()->set_display_name("Sales");
  request.mutable_pipeline()->set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  for (const char* name : {"New", "Qualified", "Visited", "Offered", "Agreed"}) {
    v1::Stage& stage = *request.mutable_pipeline()->add_stages();
    stage.set_display_name(name);
    stage.set_kind(v1::STAGE_KIND_OPEN);
    stage.set_probability_bp(2500);
  }
  ASSIGN_OR_RETURN(
      const v1::Pipeline made,
      client.Ask(client.pipelines(), &v1::PipelineService::Stub::CreatePipeline, request));
  office.pipeline = made.name();
  for (const v1::Stage& stage : made.stages()) office.stages.push_back(stage.name());
  v1::DefineLossReasonRequest reason;
  reason.set_request_id(NewRequestId());
  SetTime(office.begin, reason);
  reason.mutable_loss_reason()->set_loss_reason_id(kLossReason);
  reason.mutable_loss_reason()->set_display_name("Price");
  return client
      .Ask(client.organizations(), &v1::OrganizationService::Stub::DefineLossReason, reason)
      .status();
}

absl::Status MakeTeam(Client& client, Office& office) {
  v1::CreateTeamRequest request;
  request.set_request_id(NewRequestId());
  SetTime(office.begin, request);
  request.mutable_team()->set_display_name("East");
  request.mutable_team()->set_pipeline(office.pipeline);
  ASSIGN_OR_RETURN(const v1::Team made,
                   client.Ask(client.teams(), &v1::TeamService::Stub::CreateTeam, request));
  office.team = made.name();
  return absl::OkStatus();
}

std::future<absl::StatusOr<std::string>> StartOpportunity(const Office& office, int number,
                                                          absl::Time time) {
  v1::CreateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  SetTime(time, request);
  v1::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name(absl::StrCat("Forty chairs, the ", number, "th time"));
  opportunity.set_stage(office.stages.front());
  opportunity.set_team(office.team);
  opportunity.mutable_expected_revenue()->set_currency_code("USD");
  opportunity.mutable_expected_revenue()->set_units(1000 + number);
  auto made = std::make_shared<std::promise<absl::StatusOr<std::string>>>();
  auto future = made->get_future();
  Client& client = *office.client;
  client.Call<v1::OpportunityService::Stub, v1::CreateOpportunityRequest, v1::Opportunity>(
      client.opportunities(), &v1::OpportunityService::Stub::async_interface::CreateOpportunity,
      std::move(request),
      [made](const grpc::Status& status, const grpc::ClientContext&,
             const v1::Opportunity& response) {
        if (status.ok()) return made->set_value(response.name());
        made->set_value(absl::UnavailableError(status.error_message()));
      });
  return future;
}

// Opens opportunities that took effect at `time`; their names.
absl::StatusOr<std::vector<std::string>> MakeOpportunities(const Office& office, int count,
                                                           absl::Time time) {
  std::vector<std::string> names;
  for (int first = 0; first < count; first += kTogether) {
    std::vector<std::future<absl::StatusOr<std::string>>> batch;
    for (int i = first; i < std::min(count, first + kTogether); ++i)
      batch.push_back(StartOpportunity(office, i, time));
    for (auto& made : batch) {
      ASSIGN_OR_RETURN(std::string name, made.get());
      names.push_back(std::move(name));
    }
  }
  return names;
}

using Action = v1::ApplyOpportunityActionRequest;

// Actions one after the other on one group of records, each in one bulk command.
class Group {
 public:
  Group(Client& client, absl::Span<const std::string> names, const std::vector<Action>& actions)
      : client_(client), names_(names), actions_(actions) {}

  std::future<absl::Status> Start() {
    Next();
    return done_.get_future();
  }

 private:
  void Next() {
    if (next_ == actions_.size()) return done_.set_value(absl::OkStatus());
    Action request = actions_[next_++];
    request.set_request_id(NewRequestId());
    request.mutable_names()->Reserve(static_cast<int>(names_.size()));
    for (const std::string& name : names_) request.add_names(name);
    client_.Call<v1::OpportunityService::Stub, Action, v1::ApplyOpportunityActionResponse>(
        client_.opportunities(),
        &v1::OpportunityService::Stub::async_interface::ApplyOpportunityAction, std::move(request),
        [this](const grpc::Status& status, const grpc::ClientContext&,
               const v1::ApplyOpportunityActionResponse& response) {
          if (status.ok() && response.committed()) return Next();
          done_.set_value(absl::UnavailableError(
              absl::StrCat("a bulk command was refused: ", status.error_message())));
        });
  }

  Client& client_;
  const absl::Span<const std::string> names_;
  const std::vector<Action>& actions_;
  size_t next_ = 0;
  std::promise<absl::Status> done_;
};

// All groups at a time, each action after the one before.
absl::Status Apply(Client& client, const std::vector<std::string>& names,
                   const std::vector<Action>& actions) {
  std::vector<std::unique_ptr<Group>> groups;
  std::vector<std::future<absl::Status>> done;
  for (size_t first = 0; first < names.size(); first += kBulk) {
    groups.push_back(
        std::make_unique<Group>(client, absl::MakeConstSpan(names).subspan(first, kBulk), actions));
    done.push_back(groups.back()->Start());
  }
  absl::Status status;
  for (std::future<absl::Status>& group : done) status.Update(group.get());
  return status;
}

Action MoveTo(const std::string& stage, EffectiveTime time) {
  Action action;
  SetTime(time, action);
  action.mutable_move()->set_stage(stage);
  return action;
}

absl::Status StartServer(Office& office) {
  const std::string token_file = absl::StrCat(office.folder, "/token");
  ASSIGN_OR_RETURN(
      office.server,
      Child::Start(office.crmd,
                   {"--data-dir", absl::StrCat(office.folder, "/data"), "--listen", "127.0.0.1:0",
                    "--admin-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                    "--bootstrap-token-file", token_file, "--bootstrap-effective-time",
                    absl::FormatTime(absl::RFC3339_sec, office.begin, absl::UTCTimeZone())}));
  std::ifstream(token_file) >> office.token;
  office.client = std::make_unique<Client>(office.server->port(), office.token);
  while (!office.client->IsReady()) absl::SleepFor(absl::Milliseconds(1));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Office> OpenOffice(const std::string& crmd, const std::string& folder,
                                  int opportunities) {
  Office office;
  office.crmd = crmd;
  office.folder = folder;
  // Whole seconds, far enough back for the history to end before now.
  office.begin =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now() - kHistory - absl::Hours(24)));
  office.middle = office.begin + kHistory / 2;
  RETURN_IF_ERROR(StartServer(office));
  RETURN_IF_ERROR(MakePipeline(*office.client, office));
  RETURN_IF_ERROR(MakeTeam(*office.client, office));
  ASSIGN_OR_RETURN(office.opportunities, MakeOpportunities(office, opportunities, office.begin));
  office.moves = std::make_unique<MoveOrder>(office.opportunities.size(), office.stages.size());
  return office;
}

absl::StatusOr<double> ReopenOffice(Office& office) {
  office.client.reset();
  office.server.reset();
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(StartServer(office));
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

absl::Status MoveAll(Office& office, int laps, int piece, int pieces) {
  std::vector<Action> actions;
  for (int lap = 1; lap <= laps; ++lap) {
    EffectiveTime time;
    if (pieces > 0)
      time = office.begin + kHistory / pieces * (piece + double{1} * lap / (laps + 1));
    office.bulk_stage = (office.bulk_stage + 1) % office.stages.size();
    actions.push_back(MoveTo(office.stages[office.bulk_stage], time));
  }
  RETURN_IF_ERROR(Apply(*office.client, office.opportunities, actions));
  office.moves->SetAll(office.bulk_stage);
  return absl::OkStatus();
}

absl::Status Grow(Office& office, int64_t events) {
  constexpr int kLaps = 22;
  const int together = static_cast<int>(office.opportunities.size());
  ASSIGN_OR_RETURN(const int64_t begin, HeadPosition(*office.client));
  for (;;) {
    ASSIGN_OR_RETURN(const int64_t head, HeadPosition(*office.client));
    if (head >= events) return absl::OkStatus();
    // Through the years as the log grows; each generation lives for a hundredth of them.
    const absl::Time opened = office.begin + kHistory * 0.99 * static_cast<double>(head - begin) /
                                                 static_cast<double>(events - begin);
    const absl::Duration gap = kHistory / 100 / (kLaps + 2);
    const auto at = [&](int step) { return opened + gap * step; };
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     MakeOpportunities(office, together, at(0)));
    std::vector<Action> actions;
    for (int lap = 1; lap <= kLaps; ++lap) {
      const size_t stage = static_cast<size_t>(lap) % office.stages.size();
      actions.push_back(MoveTo(office.stages[stage], at(lap)));
    }
    SetTime(at(kLaps + 1), actions.emplace_back());
    actions.back().mutable_lose()->set_loss_reason_id(kLossReason);
    RETURN_IF_ERROR(Apply(*office.client, names, actions));
  }
}

absl::StatusOr<std::vector<v1::Projection>> Projections(Client& client) {
  v1::ListProjectionsRequest request;
  request.set_page_size(1000);
  ASSIGN_OR_RETURN(
      const v1::ListProjectionsResponse all,
      client.Ask(client.projections(), &v1::ProjectionService::Stub::ListProjections, request));
  return std::vector<v1::Projection>(all.projections().begin(), all.projections().end());
}

absl::StatusOr<int64_t> HeadPosition(Client& client) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> all, Projections(client));
  return all.empty() ? 0 : all.front().head_position();
}

absl::StatusOr<int64_t> SlowestView(Client& client) {
  ASSIGN_OR_RETURN(const std::vector<v1::Projection> all, Projections(client));
  int64_t slowest = std::numeric_limits<int64_t>::max();
  for (const v1::Projection& one : all) {
    if (!one.problem().empty()) return absl::InternalError(one.problem());
    slowest = std::min(slowest, one.position());
  }
  return slowest;
}

absl::Status AwaitViews(Client& client) {
  ASSIGN_OR_RETURN(const int64_t head, HeadPosition(client));
  for (;;) {
    ASSIGN_OR_RETURN(const int64_t slowest, SlowestView(client));
    if (slowest >= head) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(2));
  }
}

}  // namespace crm::bench
