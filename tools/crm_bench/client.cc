#include "tools/crm_bench/client.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace crm::bench {

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
      organizations_(v1::OrganizationService::NewStub(channel_)),
      pipelines_(v1::PipelineService::NewStub(channel_)),
      teams_(v1::TeamService::NewStub(channel_)),
      dashboards_(v1::DashboardService::NewStub(channel_)),
      events_(v1::EventService::NewStub(channel_)),
      projections_(v1::ProjectionService::NewStub(channel_)),
      health_(grpc::health::v1::Health::NewStub(channel_)) {}

void Client::Authorize(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", credential_);
}

bool Client::IsReady() {
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("crm.ready");
  grpc::health::v1::HealthCheckResponse response;
  return health_->Check(&context, request, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

}  // namespace crm::bench
