// RPCs of documents behind public links: proposals and contracts.
#include "crm/v1/public_document_service.grpc.pb.h"
#include "domain/contract/contract.h"
#include "domain/proposal/proposal.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PublicDocumentRpcs final : public v1::PublicDocumentService::CallbackService {
 public:
  CRM_SERVICE(PublicDocumentRpcs, v1::PublicDocumentService);

  // Of whatever kind the link names.
  CRM_RPC(ViewPublicDocument, v1::ViewPublicDocumentResponse,
          (domain::KindOfLink(request->link()) == domain::kContractLink
               ? rpc_.ExecuteByLink<domain::Contract>(method, context, request, response)
               : rpc_.ExecuteByLink<domain::Proposal>(method, context, request, response)))
  CRM_COMMAND_BY_LINK(CommentPublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(AcceptPublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(DeclinePublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(SignPublicDocument, Contract)
};

}  // namespace

std::unique_ptr<grpc::Service> MakePublicDocumentService(Rpc& rpc) {
  return std::make_unique<PublicDocumentRpcs>(rpc);
}

}  // namespace crm::services
