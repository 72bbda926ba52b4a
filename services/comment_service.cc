// RPCs of comments.
#include "crm/v1/comment_service.grpc.pb.h"
#include "domain/comment/comment.h"
#include "projections/comment_list.h"
#include "services/rpc.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CommentRpcs final : public v1::CommentService::CallbackService {
 public:
  CRM_SERVICE(CommentRpcs, v1::CommentService);

  CRM_COMMAND(CreateComment, Comment)
  CRM_LIST(ListComments, CommentList, Comment, comments)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommentService(Rpc& rpc) {
  return std::make_unique<CommentRpcs>(rpc);
}

}  // namespace crm::services
