// RPCs of proposal templates.
#include "crm/v1/proposal_template_service.grpc.pb.h"
#include "domain/proposal_template/proposal_template.h"
#include "projections/directory.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ProposalTemplateRpcs final : public v1::ProposalTemplateService::CallbackService {
 public:
  CRM_SERVICE(ProposalTemplateRpcs, v1::ProposalTemplateService);

  CRM_GET(GetProposalTemplate, ProposalTemplate)
  CRM_LIST(ListProposalTemplates, Directory, ProposalTemplate, proposal_templates)
  CRM_COMMAND(CreateProposalTemplate, ProposalTemplate)
  CRM_COMMAND(UpdateProposalTemplate, ProposalTemplate)
  CRM_COMMAND(ArchiveProposalTemplate, ProposalTemplate)
  CRM_COMMAND(RestoreProposalTemplate, ProposalTemplate)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeProposalTemplateService(Rpc& rpc) {
  return std::make_unique<ProposalTemplateRpcs>(rpc);
}

}  // namespace crm::services
