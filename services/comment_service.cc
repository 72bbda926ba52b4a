// RPCs of comments.
#include "crm/v1/comment_service.grpc.pb.h"
#include "domain/comment/comment.h"
#include "projections/comment_list.h"
#include "services/queries.h"
#include "services/record_name.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CommentRpcs final : public v1::CommentService::CallbackService {
 public:
  CRM_SERVICE(CommentRpcs, v1::CommentService);

  CRM_COMMAND(CreateComment, Comment)
  CRM_RPC(ListComments, v1::ListCommentsResponse, ListVisible(method, context, request, response))

 private:
  // Comments are seen by whoever sees their record.
  grpc::ServerUnaryReactor* ListVisible(const Method& method, grpc::CallbackServerContext* context,
                                        const v1::ListCommentsRequest* request,
                                        v1::ListCommentsResponse* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      absl::Status visible = rpc_.queries().Admit(call, *request);
      if (visible.ok()) visible = CheckRecordVisible(rpc_.queries(), call, request->parent());
      if (!visible.ok()) return reply->Finish(visible, {});
      AnswerList<projections::CommentList, domain::Comment>(
          rpc_.queries(), call, *request, response,
          [](v1::ListCommentsResponse& r) { return r.mutable_comments(); },
          Rpc::FinishWith(std::move(reply)));
    });
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommentService(Rpc& rpc) {
  return std::make_unique<CommentRpcs>(rpc);
}

}  // namespace crm::services
