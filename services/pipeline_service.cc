// RPCs of pipelines and stages.
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "domain/pipeline/pipeline.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PipelineRpcs final : public v1::PipelineService::CallbackService {
 public:
  CRM_SERVICE(PipelineRpcs, v1::PipelineService);

  CRM_GET(GetPipeline, Pipeline)
  CRM_LIST(ListPipelines, Directory, Pipeline, pipelines)
  CRM_COMMAND(CreatePipeline, Pipeline)
  CRM_COMMAND(UpdatePipeline, Pipeline)
  CRM_COMMAND(AddStage, Pipeline)
  CRM_COMMAND(UpdateStage, Pipeline)
  CRM_COMMAND(ReviseStageProbability, Pipeline)
  CRM_COMMAND(ReorderStages, Pipeline)
  CRM_COMMAND(ArchiveStage, Pipeline)
  CRM_COMMAND(ArchivePipeline, Pipeline)
  CRM_COMMAND(RestorePipeline, Pipeline)
};

}  // namespace

std::unique_ptr<grpc::Service> MakePipelineService(Rpc& rpc) {
  return std::make_unique<PipelineRpcs>(rpc);
}

}  // namespace crm::services
