#include "services/consumer_stream.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/reason.h"
#include "base/status_macros.h"
#include "services/errors.h"

namespace crm::services {
namespace {

using v1::ConsumeRequest;
using v1::ConsumeResponse;

// Until it has joined the group everything happens in reactions; afterwards the group's turns alone
// read, write and end, so that no two threads do at once.
class ConsumerStream final : public grpc::ServerBidiReactor<ConsumeRequest, ConsumeResponse>,
                             public GroupConsumer {
 public:
  ConsumerStream(const ConsumerStreamParts& parts, const Method& method,
                 grpc::CallbackServerContext* context)
      : parts_(parts), method_(method), context_(context) {}

  void Start(std::shared_ptr<ConsumerStream> self) {
    self_ = std::move(self);
    if (const absl::Status allowed = Authenticate(call_); !allowed.ok()) return End(allowed);
    absl::StatusOr<std::unique_ptr<StreamSeats::Seat>> seat = parts_.seats.Take(call_, context_);
    if (!seat.ok()) return End(seat.status());
    seat_ = *std::move(seat);
    const std::weak_ptr<ConsumerStream> weak = self_;
    drain_ = parts_.drain.Subscribe([weak] {
      if (const std::shared_ptr<ConsumerStream> stream = weak.lock()) stream->Drain();
    });
    {
      MutexLock lock(mutex_);
      if (ended_) return;
    }
    seat_->PeerOwes();
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (id_ == 0) {
      seat_->PeerDid();
      const absl::Status begun = ok ? Begin() : NoRequest();
      if (!begun.ok()) End(begun);
      return;
    }
    if (!ok) return group_->Close(id_, absl::OkStatus(), /*in_vain=*/true);
    absl::Status valid = parts_.rpc.queries().Admit(call_, request_);
    if (valid.ok() && (request_.has_begin() || request_.content_case() == 0)) valid = OutOfPlace();
    if (!valid.ok()) return group_->Close(id_, valid, /*in_vain=*/true);
    group_->Handle(id_, std::move(request_));
  }

  void OnWriteDone(bool) override {
    seat_->PeerDid();
    std::optional<absl::Status> end;
    {
      MutexLock lock(mutex_);
      writing_ = false;
      end = std::exchange(end_, std::nullopt);
    }
    if (end.has_value()) return FinishWith(*end);
    group_->OnSent(id_);
  }

  void OnDone() override {
    parts_.drain.Unsubscribe(drain_);
    seat_.reset();
    const std::shared_ptr<ConsumerStream> last = std::move(self_);
  }

  absl::Status CheckRights() override {
    Call now;
    return Authenticate(now);
  }

  void Send(ConsumeResponse message) override {
    {
      MutexLock lock(mutex_);
      writing_ = true;
    }
    response_ = std::move(message);
    seat_->PeerOwes();
    StartWrite(&response_);
  }

  void ReadOn() override { StartRead(&request_); }

  // Told when what it rests on is durable.
  void End(const absl::Status& status) override {
    if (basis_.position == 0) return EndAfterWriting(status);
    parts_.rpc.queries().log().WhenDurable(basis_.organization, basis_.position,
                                           [self = self_, status](const absl::Status& durable) {
                                             self->EndAfterWriting(durable.ok() ? status : durable);
                                           });
  }

 private:
  absl::Status Authenticate(Call& call) {
    basis_ = Basis();
    absl::StatusOr<Call> begun = parts_.rpc.authenticator().Begin(method_, *context_, basis_);
    RETURN_IF_ERROR(begun.status());
    call = *std::move(begun);
    return parts_.rpc.queries().CheckPermission(call, method_.permission);
  }

  absl::Status Begin() {
    // An empty first request lacks what a beginning must say.
    if (request_.content_case() == 0) request_.mutable_begin();
    RETURN_IF_ERROR(parts_.rpc.queries().Admit(call_, request_));
    if (!request_.has_begin()) return OutOfPlace();
    Position seen = 0;
    auto group =
        parts_.groups.Find(call_.organization().uuid(), request_.begin().consumer_group(), seen);
    basis_.organization = call_.organization().uuid();
    basis_.position = std::max(basis_.position, seen);
    RETURN_IF_ERROR(group.status());
    id_ = (*group)->NewConsumer();
    {
      MutexLock lock(mutex_);
      if (draining_) return Stopping();
      group_ = *std::move(group);
    }
    group_->Join(id_, self_, call_.actor->member, request_.begin());
    bool draining;
    {
      MutexLock lock(mutex_);
      draining = draining_;
    }
    if (draining) group_->Close(id_, Stopping(), /*in_vain=*/false);
    return absl::OkStatus();
  }

  void Drain() {
    std::shared_ptr<GroupRuntime> group;
    {
      MutexLock lock(mutex_);
      draining_ = true;
      group = group_;
    }
    // What it settled is stored and told first.
    if (group != nullptr) return group->Close(id_, Stopping(), /*in_vain=*/false);
    EndAfterWriting(Stopping());
  }

  static absl::Status NoRequest() {
    return WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_UNPARSABLE",
                      "no first request came, or one that is no message of its type");
  }
  static absl::Status OutOfPlace() {
    return WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_OUT_OF_PLACE",
                      "the first request begins, and none of the others does");
  }
  static absl::Status Stopping() {
    return WithReason(absl::StatusCode::kUnavailable, "SERVER_STOPPING",
                      "the server stops; begin again elsewhere");
  }

  // Once; after the message that is on its way.
  void EndAfterWriting(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      if (ended_) return;
      ended_ = true;
      if (writing_) {
        end_ = status;
        return;
      }
    }
    FinishWith(status);
  }

  void FinishWith(const absl::Status& status) { Finish(ToGrpcStatus(status)); }

  const ConsumerStreamParts parts_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<ConsumerStream> self_;  // until OnDone
  Call call_;                             // as it began
  Basis basis_;                           // of the last check
  std::unique_ptr<StreamSeats::Seat> seat_;
  int64_t drain_ = 0;
  ConsumeRequest request_;    // being read
  ConsumeResponse response_;  // being written
  GroupRuntime::ConsumerId id_ = 0;

  Mutex mutex_;
  std::shared_ptr<GroupRuntime> group_;  // written once, under the mutex
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);  // once the message is out
};

}  // namespace

grpc::ServerBidiReactor<ConsumeRequest, ConsumeResponse>* StartConsumerStream(
    const ConsumerStreamParts& parts, const Method& method, grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<ConsumerStream>(parts, method, context);
  ConsumerStream* reactor = stream.get();
  reactor->Start(std::move(stream));
  return reactor;
}

}  // namespace crm::services
