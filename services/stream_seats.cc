#include "services/stream_seats.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>

#include "base/reason.h"
#include "base/this_thread.h"

namespace crm::services {

StreamSeats::StreamSeats(int most, int most_per_member, absl::Duration timeout)
    : most_(most),
      most_per_member_(most_per_member),
      between_rounds_(std::max(timeout / kRoundsOfTimeout, absl::Milliseconds(1))),
      thread_([this] { Run(); }) {}

StreamSeats::~StreamSeats() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stopping_changed_.NotifyOne();
  }
  thread_.join();
}

absl::StatusOr<std::unique_ptr<StreamSeats::Seat>> StreamSeats::Take(
    const Call& call, grpc::CallbackServerContext* context) {
  const Uuid member = call.actor->member.uuid();
  MutexLock lock(mutex_);
  if (seats_.size() >= static_cast<size_t>(most_)) {
    return WithReason(absl::StatusCode::kResourceExhausted, "TOO_MANY_SUBSCRIPTIONS",
                      "the server has as many subscriptions as it may");
  }
  const auto of_member = of_members_.find(member);
  if ((of_member == of_members_.end() ? 0 : of_member->second) >= most_per_member_) {
    return WithReason(absl::StatusCode::kResourceExhausted, "TOO_MANY_SUBSCRIPTIONS_OF_MEMBER",
                      "the member has as many subscriptions as one may");
  }
  std::unique_ptr<Seat> seat(new Seat(*this, member, context));
  seats_.insert(seat.get());
  ++of_members_[member];
  return seat;
}

void StreamSeats::Leave(Seat* seat) {
  MutexLock lock(mutex_);
  seats_.erase(seat);
  const auto of_member = of_members_.find(seat->member_);
  if (--of_member->second == 0) of_members_.erase(of_member);
}

int StreamSeats::taken() const {
  MutexLock lock(mutex_);
  return static_cast<int>(seats_.size());
}

void StreamSeats::Run() {
  NameThisThread("stream seats");
  const auto pause = absl::ToChronoMicroseconds(between_rounds_);
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (stopping_changed_.WaitFor(mutex_, pause)) continue;
    ++round_;
    CutIdlers();
  }
}

void StreamSeats::CutIdlers() {
  for (Seat* seat : seats_) {
    const int64_t since = seat->owes_since_;
    if (since == Seat::kNothing || round_ - since <= kRoundsOfTimeout) continue;
    seat->owes_since_ = Seat::kNothing;  // once
    ++cut_;
    // gRPC tells the stream on a thread of its own, which may be waiting for us.
    seat->context_->TryCancel();
  }
}

}  // namespace crm::services
