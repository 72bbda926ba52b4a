// RPCs of documents behind public links: proposals, which are all that links open.
#include "crm/v1/public_document_service.grpc.pb.h"
#include "domain/proposal/proposal.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class PublicDocumentRpcs final : public v1::PublicDocumentService::CallbackService {
 public:
  CRM_SERVICE(PublicDocumentRpcs, v1::PublicDocumentService);

  CRM_COMMAND_BY_LINK(ViewPublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(CommentPublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(AcceptPublicDocument, Proposal)
  CRM_COMMAND_BY_LINK(DeclinePublicDocument, Proposal)
};

}  // namespace

std::unique_ptr<grpc::Service> MakePublicDocumentService(Rpc& rpc) {
  return std::make_unique<PublicDocumentRpcs>(rpc);
}

}  // namespace crm::services
