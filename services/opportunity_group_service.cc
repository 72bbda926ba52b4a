// RPCs of groups of opportunities, and the alerts they raise.
#include "crm/v1/opportunity_group_service.grpc.pb.h"
#include "domain/opportunity_group/opportunity_group.h"
#include "projections/pipeline_board.h"
#include "projections/undercut_alerts.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class OpportunityGroupRpcs final : public v1::OpportunityGroupService::CallbackService {
 public:
  CRM_SERVICE(OpportunityGroupRpcs, v1::OpportunityGroupService);

  CRM_GET(GetOpportunityGroup, OpportunityGroup)
  CRM_LIST(ListOpportunityGroups, PipelineBoard, OpportunityGroup, opportunity_groups)
  CRM_COMMAND(CreateOpportunityGroup, OpportunityGroup)
  CRM_COMMAND(UpdateOpportunityGroup, OpportunityGroup)
  CRM_COMMAND(AddGroupMember, OpportunityGroup)
  CRM_COMMAND(RemoveGroupMember, OpportunityGroup)
  CRM_COMMAND(PreferGroupMember, OpportunityGroup)
  CRM_COMMAND(DissolveOpportunityGroup, OpportunityGroup)
  CRM_REPORT(ListUndercutAlerts, UndercutAlerts, ListUndercutAlertsResponse)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOpportunityGroupService(Rpc& rpc) {
  return std::make_unique<OpportunityGroupRpcs>(rpc);
}

}  // namespace crm::services
