#include "services/reply.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/reason.h"
#include "services/errors.h"

namespace crm::services {

std::shared_ptr<Reply> Reply::Begin(const Method& method, grpc::CallbackServerContext* context,
                                    Parts parts) {
  auto reply = std::make_shared<Reply>(method, context, parts);
  reply->self_ = reply;
  return reply;
}

Reply::Reply(const Method& method, grpc::CallbackServerContext* context, Parts parts)
    : method_(method),
      context_(context),
      parts_(parts),
      admitted_(parts.gate.Enter()),
      start_(parts.clock.Now()) {
  parts_.observer.OnStarted(method_.full_name);
}

void Reply::Identify(const Basis& basis, const Call* call) {
  basis_ = basis;
  if (call == nullptr || call->actor == nullptr) return;
  identified_ = true;
  if (!log::Writes(log::Level::kDebug)) return;
  member_ = domain::NameOf(call->actor->member);
  if (!call->correlation_id.IsNil())
    correlation_ = absl::BytesToHexString(call->correlation_id.ToBytes());
}

void Reply::Finish(const absl::Status& status, const Outcome& outcome) {
  const Position needed = std::max({outcome.position, outcome.rests_on, basis_.position});
  if (basis_.position == 0) return Send(status, outcome);  // no organization of ours to wait for
  parts_.log.WhenDurable(basis_.organization, needed,
                         [self = shared_from_this(), status, outcome](const absl::Status& durable) {
                           self->Send(durable.ok() ? status : durable, outcome);
                         });
}

void Reply::Send(const absl::Status& status, const Outcome& outcome) {
  // Without facts of its own an answer reflects those that say what the caller may.
  const Position reflects =
      outcome.position == 0 && identified_ ? basis_.position : outcome.position;
  // How much happens in an organization is no stranger's business.
  const bool tells_position = reflects > 0 && !method_.by_link();
  if (tells_position) context_->AddTrailingMetadata("crm-position", absl::StrCat(reflects));
  if (outcome.replayed) context_->AddTrailingMetadata("crm-replayed", "true");
  const grpc::Status answer = ToGrpcStatus(status);
  const absl::Duration took = parts_.clock.Now() - start_;
  parts_.observer.OnFinished(method_.full_name, answer.error_code(), took);
  if (log::Writes(log::Level::kDebug)) {
    log::Debug("call", {{"method", method_.full_name},
                        {"code", absl::StatusCodeToString(status.code())},
                        {"reason", ReasonOf(status)},
                        {"took_us", absl::ToInt64Microseconds(took)},
                        {"organization", basis_.organization.ToString()},
                        {"member", member_},
                        {"correlation_id", correlation_},
                        {"position", reflects}});
  }
  ServerUnaryReactor::Finish(answer);
}

void Reply::OnDone() {
  if (admitted_.ok()) parts_.gate.Leave();
  const std::shared_ptr<Reply> last = std::move(self_);
}

}  // namespace crm::services
