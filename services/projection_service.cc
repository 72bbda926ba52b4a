// RPCs of projections, for operators.
#include "base/status_macros.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "services/projection_reads.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ProjectionRpcs final : public v1::ProjectionService::CallbackService {
 public:
  ProjectionRpcs(Rpc& rpc, projections::ProjectionSet& projections)
      : rpc_(rpc), projections_(projections) {}
  using Api = v1::ProjectionService;

  CRM_WORK(ListProjections, ListProjections, projections_)
  CRM_RPC(GetProjection, v1::Projection,
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {
            return services::GetProjection(projections_, call, *request, response);
          }))
  CRM_RPC(RebuildProjection, v1::Projection,
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {
            return services::RebuildProjection(projections_, call, *request, response);
          }))
  CRM_RPC(CompareProjection, v1::Projection,
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {
            return services::CompareProjection(projections_, call, *request, response);
          }))
  CRM_RPC(ResumeProjection, v1::Projection,
          rpc_.Work(method, context, request, [this, request, response](const Call& call) {
            return services::ResumeProjection(projections_, call, *request, response);
          }))

 private:
  Rpc& rpc_;
  projections::ProjectionSet& projections_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeProjectionService(Rpc& rpc,
                                                     projections::ProjectionSet& projections) {
  return std::make_unique<ProjectionRpcs>(rpc, projections);
}

}  // namespace crm::services
