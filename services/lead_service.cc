// RPCs of leads.
#include "crm/v1/lead_service.grpc.pb.h"
#include "domain/lead/lead.h"
#include "projections/lead_board.h"
#include "services/lead_bulk.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class LeadRpcs final : public v1::LeadService::CallbackService {
 public:
  CRM_SERVICE(LeadRpcs, v1::LeadService);

  CRM_GET(GetLead, Lead)
  CRM_LIST(ListLeads, LeadBoard, Lead, leads)
  CRM_REPORT(GetLeadBoard, LeadBoard, Board)
  CRM_REPORT(GetLeadSources, LeadBoard, LeadSources)
  CRM_COMMAND_ENTERING(CaptureLead, Lead)
  CRM_COMMAND(UpdateLead, Lead)
  CRM_COMMAND(MoveLeadStage, Lead)
  CRM_COMMAND(AssignLead, Lead)
  CRM_COMMAND(RouteLead, Lead)
  CRM_COMMAND(QualifyLead, Lead)
  CRM_COMMAND_RESPONDING(ConvertLead, Lead, ConvertLeadResponse)
  CRM_COMMAND(LoseLead, Lead)
  CRM_COMMAND(JunkLead, Lead)
  CRM_COMMAND(RestoreLead, Lead)
  CRM_BULK(ApplyLeadAction, LeadBulk)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeLeadService(Rpc& rpc) { return std::make_unique<LeadRpcs>(rpc); }

}  // namespace crm::services
