#include "tools/crm_bench/office.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/uuid.h"

namespace crm::bench {
namespace {

constexpr absl::Duration kHistory = absl::Hours(24 * 1000);
constexpr int kBulk = 1000;  // records of one bulk command

std::string NewRequestId() { return Uuid::Random().ToString(); }

void SetTime(google::protobuf::Timestamp* to, absl::Time time) {
  to->set_seconds(absl::ToUnixSeconds(time));
}

absl::Status MakePipeline(Client& client, Office& office) {
  v1::CreatePipelineRequest request;
  request.set_request_id(NewRequestId());
  SetTime(request.mutable_effective_time(), office.begin);
  request.mutable_pipeline()->set_display_name("Sales");
  request.mutable_pipeline()->set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  for (const char* name : {"New", "Offer"}) {
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
  return absl::OkStatus();
}

absl::Status MakeTeam(Client& client, Office& office) {
  v1::CreateTeamRequest request;
  request.set_request_id(NewRequestId());
  SetTime(request.mutable_effective_time(), office.begin);
  request.mutable_team()->set_display_name("East");
  request.mutable_team()->set_pipeline(office.pipeline);
  ASSIGN_OR_RETURN(const v1::Team made,
                   client.Ask(client.teams(), &v1::TeamService::Stub::CreateTeam, request));
  office.team = made.name();
  return absl::OkStatus();
}

absl::Status MakeOpportunities(Client& client, Office& office, int count) {
  constexpr int kTogether = 64;
  for (int first = 0; first < count; first += kTogether) {
    std::vector<std::future<absl::StatusOr<std::string>>> batch;
    for (int i = first; i < std::min(count, first + kTogether); ++i) {
      v1::CreateOpportunityRequest request;
      request.set_request_id(NewRequestId());
      SetTime(request.mutable_effective_time(), office.begin);
      v1::Opportunity& opportunity = *request.mutable_opportunity();
      opportunity.set_display_name(absl::StrCat("Forty chairs, the ", i, "th time"));
      opportunity.set_stage(office.stages.front());
      opportunity.set_team(office.team);
      opportunity.mutable_expected_revenue()->set_currency_code("USD");
      opportunity.mutable_expected_revenue()->set_units(1000 + i);
      auto made = std::make_shared<std::promise<absl::StatusOr<std::string>>>();
      batch.push_back(made->get_future());
      client.Call<v1::OpportunityService::Stub, v1::CreateOpportunityRequest, v1::Opportunity>(
          client.opportunities(), &v1::OpportunityService::Stub::async_interface::CreateOpportunity,
          std::move(request),
          [made](const grpc::Status& status, const grpc::ClientContext&,
                 const v1::Opportunity& response) {
            if (status.ok()) return made->set_value(response.name());
            made->set_value(absl::UnavailableError(status.error_message()));
          });
    }
    for (auto& made : batch) {
      ASSIGN_OR_RETURN(std::string name, made.get());
      office.opportunities.push_back(std::move(name));
    }
  }
  return absl::OkStatus();
}

// One group of records, moved again and again, each time after the time before.
class Group {
 public:
  Group(Client& client, const Office& office, size_t first, int laps)
      : client_(client), office_(office), first_(first), laps_(laps) {}

  std::future<absl::Status> Start() {
    Next();
    return done_.get_future();
  }

 private:
  void Next() {
    if (lap_ == laps_) return done_.set_value(absl::OkStatus());
    ++lap_;
    v1::ApplyOpportunityActionRequest request;
    request.set_request_id(NewRequestId());
    SetTime(request.mutable_effective_time(), office_.begin + kHistory * lap_ / (laps_ + 1));
    request.mutable_move()->set_stage(office_.stages[static_cast<size_t>(lap_ % 2)]);
    const size_t end = std::min(first_ + kBulk, office_.opportunities.size());
    for (size_t i = first_; i < end; ++i) request.add_names(office_.opportunities[i]);
    client_.Call<v1::OpportunityService::Stub, v1::ApplyOpportunityActionRequest,
                 v1::ApplyOpportunityActionResponse>(
        client_.opportunities(),
        &v1::OpportunityService::Stub::async_interface::ApplyOpportunityAction, std::move(request),
        [this](const grpc::Status& status, const grpc::ClientContext&,
               const v1::ApplyOpportunityActionResponse& response) {
          if (status.ok() && response.committed()) return Next();
          done_.set_value(absl::UnavailableError(
              absl::StrCat("a bulk move was refused: ", status.error_message())));
        });
  }

  Client& client_;
  const Office& office_;
  const size_t first_;
  const int laps_;
  int lap_ = 0;
  std::promise<absl::Status> done_;
};

}  // namespace

int64_t PositionOf(const grpc::ClientContext& context) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find("crm-position");
  int64_t position = 0;
  if (found == metadata.end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()), &position))
    return 0;
  return position;
}

Client::Client(int port, const std::string& token)
    : channel_([port] {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                         grpc::InsecureChannelCredentials(), arguments);
      }()),
      credential_(absl::StrCat("Bearer ", token)),
      opportunities_(v1::OpportunityService::NewStub(channel_)),
      pipelines_(v1::PipelineService::NewStub(channel_)),
      teams_(v1::TeamService::NewStub(channel_)),
      dashboards_(v1::DashboardService::NewStub(channel_)),
      events_(v1::EventService::NewStub(channel_)),
      projections_(v1::ProjectionService::NewStub(channel_)) {}

void Client::Authorize(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", credential_);
}

absl::StatusOr<Office> OpenOffice(const std::string& crmd, const std::string& folder,
                                  int opportunities) {
  Office office;
  // Whole seconds, far enough back for the history to end before now.
  office.begin =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now() - kHistory - absl::Hours(24)));
  const std::string token_file = absl::StrCat(folder, "/token");
  ASSIGN_OR_RETURN(
      office.server,
      Child::Start(crmd, {"--data-dir", absl::StrCat(folder, "/data"), "--listen", "127.0.0.1:0",
                          "--admin-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                          "--bootstrap-token-file", token_file, "--bootstrap-effective-time",
                          absl::FormatTime(absl::RFC3339_sec, office.begin, absl::UTCTimeZone())}));
  std::ifstream(token_file) >> office.token;
  office.client = std::make_unique<Client>(office.server->port(), office.token);
  Client& client = *office.client;
  RETURN_IF_ERROR(MakePipeline(client, office));
  RETURN_IF_ERROR(MakeTeam(client, office));
  RETURN_IF_ERROR(MakeOpportunities(client, office, opportunities));
  return office;
}

absl::StatusOr<double> FillHistory(Client& client, Office& office, int64_t moves) {
  const auto records = static_cast<int64_t>(office.opportunities.size());
  // An even number brings everything back to the first stage.
  const auto laps = static_cast<int>(std::max<int64_t>((moves + records - 1) / records / 2 * 2, 2));
  std::vector<std::unique_ptr<Group>> groups;
  std::vector<std::future<absl::Status>> done;
  const absl::Time begin = absl::Now();
  for (size_t first = 0; first < office.opportunities.size(); first += kBulk) {
    groups.push_back(std::make_unique<Group>(client, office, first, laps));
    done.push_back(groups.back()->Start());
  }
  absl::Status status;
  for (std::future<absl::Status>& group : done) status.Update(group.get());
  RETURN_IF_ERROR(status);
  office.middle = office.begin + kHistory / 2;
  return static_cast<double>(laps * records) / absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace crm::bench
