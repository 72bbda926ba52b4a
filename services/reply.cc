#include "services/reply.h"

#include "absl/strings/str_cat.h"
#include "services/errors.h"

namespace crm::services {

Reply::Reply(const Method& method, grpc::CallbackServerContext* context,
             grpc::ServerUnaryReactor* reactor, const Clock& clock, CallObserver& observer)
    : method_(method),
      context_(context),
      reactor_(reactor),
      clock_(clock),
      observer_(observer),
      start_(clock.Now()) {
  observer_.OnStarted(method_.full_name);
}

void Reply::Finish(const absl::Status& status, const Outcome& outcome) {
  if (outcome.position > 0) {
    context_->AddTrailingMetadata("crm-position", absl::StrCat(outcome.position));
  }
  if (outcome.replayed) context_->AddTrailingMetadata("crm-replayed", "true");
  const grpc::Status answer = ToGrpcStatus(status);
  observer_.OnFinished(method_.full_name, answer.error_code(), clock_.Now() - start_);
  reactor_->Finish(answer);
}

}  // namespace crm::services
