// RPCs of proposals.
#include "crm/v1/proposal_service.grpc.pb.h"
#include "domain/proposal/proposal.h"
#include "projections/proposal_list.h"
#include "services/printing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ProposalRpcs final : public v1::ProposalService::CallbackService {
 public:
  CRM_SERVICE(ProposalRpcs, v1::ProposalService);

  CRM_GET(GetProposal, Proposal)
  CRM_LIST(ListProposals, ProposalList, Proposal, proposals)
  CRM_COMMAND(CreateProposal, Proposal)
  CRM_COMMAND(UpdateProposal, Proposal)
  CRM_COMMAND(ReviseProposalContent, Proposal)
  CRM_COMMAND(ReaddressProposal, Proposal)
  CRM_COMMAND(ApproveProposal, Proposal)
  CRM_COMMAND(SendProposal, Proposal)
  CRM_COMMAND(CreateProposalLink, Proposal)
  CRM_COMMAND(RevokeProposalLink, Proposal)
  CRM_COMMAND(ReplyProposalComment, Proposal)
  CRM_COMMAND(AcceptProposal, Proposal)
  CRM_COMMAND(DeclineProposal, Proposal)
  CRM_COMMAND(ExtendProposal, Proposal)
  CRM_COMMAND_RESPONDING(ConvertProposal, Proposal, ConvertProposalResponse)
  CRM_COMMAND(AssignProposal, Proposal)
  CRM_COMMAND(ArchiveProposal, Proposal)
  CRM_COMMAND(RestoreProposal, Proposal)
  CRM_PAPER(GetProposalPdf, Proposal)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeProposalService(Rpc& rpc) {
  return std::make_unique<ProposalRpcs>(rpc);
}

}  // namespace crm::services
