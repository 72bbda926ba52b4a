// RPCs of opportunities.
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "domain/opportunity/opportunity.h"
#include "projections/pipeline_board.h"
#include "services/opportunity_bulk.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class OpportunityRpcs final : public v1::OpportunityService::CallbackService {
 public:
  CRM_SERVICE(OpportunityRpcs, v1::OpportunityService);

  CRM_GET(GetOpportunity, Opportunity)
  CRM_LIST(ListOpportunities, PipelineBoard, Opportunity, opportunities)
  CRM_REPORT(GetPipelineBoard, PipelineBoard, Board)
  CRM_COMMAND(CreateOpportunity, Opportunity)
  CRM_COMMAND(UpdateOpportunity, Opportunity)
  CRM_COMMAND(ReviseExpectedRevenue, Opportunity)
  CRM_COMMAND(ReviseProbability, Opportunity)
  CRM_COMMAND(MoveStage, Opportunity)
  CRM_COMMAND(AssignOpportunity, Opportunity)
  CRM_COMMAND(CreditContributors, Opportunity)
  CRM_COMMAND(PlaceOnStandby, Opportunity)
  CRM_COMMAND(ResumeOpportunity, Opportunity)
  CRM_COMMAND(WinOpportunity, Opportunity)
  CRM_COMMAND(LoseOpportunity, Opportunity)
  CRM_COMMAND(ReopenOpportunity, Opportunity)
  CRM_COMMAND(ArchiveOpportunity, Opportunity)
  CRM_COMMAND(RestoreOpportunity, Opportunity)
  CRM_BULK(ApplyOpportunityAction, OpportunityBulk)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOpportunityService(Rpc& rpc) {
  return std::make_unique<OpportunityRpcs>(rpc);
}

}  // namespace crm::services
