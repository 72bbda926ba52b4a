#include "services/event_stream.h"

#include <grpcpp/alarm.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "domain/types/ids.h"
#include "eventstore/subscription.h"
#include "services/errors.h"
#include "services/event_packer.h"
#include "services/record_name.h"

namespace crm::services {
namespace {

using eventstore::Scanned;
using eventstore::Subscription;
using v1::SubscribeEventsResponse;

constexpr eventstore::ReadLimits kPage{.max_events = 512, .max_bytes = 1 << 20};
constexpr int kPagesPerTurn = 16;  // then somebody else may use the worker
constexpr absl::Duration kDefaultInterval = absl::Seconds(5);
constexpr absl::Duration kShortestSilence = absl::Milliseconds(10);

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

class EventStream final : public grpc::ServerWriteReactor<SubscribeEventsResponse> {
 public:
  EventStream(const EventStreamParts& parts, grpc::CallbackServerContext* context,
              v1::EventEncoding encoding)
      : parts_(parts), context_(context), renderer_(parts.keys, encoding) {}

  void Start(std::shared_ptr<EventStream> self, const Call& call, EventMatcher matcher,
             const v1::SubscribeEventsRequest& request) {
    self_ = std::move(self);
    matcher_ = std::move(matcher);
    interval_ = request.checkpoint_interval_ms() > 0
                    ? std::max(absl::Milliseconds(request.checkpoint_interval_ms()),
                               absl::Milliseconds(100))
                    : kDefaultInterval;
    last_message_ = parts_.clock.Now();
    subscription_.emplace(parts_.hub, call.organization().uuid(),
                          std::max<Position>(1, request.from_position()));
    absl::StatusOr<std::unique_ptr<StreamSeats::Seat>> seat = parts_.seats.Take(call, context_);
    if (!seat.ok()) return End(seat.status());
    seat_ = *std::move(seat);
    const std::weak_ptr<EventStream> weak = self_;
    drain_ = parts_.drain.Subscribe([weak] {
      if (const std::shared_ptr<EventStream> stream = weak.lock()) stream->Drain();
    });
    Pump();
  }

  void Refuse(std::shared_ptr<EventStream> self, const Basis& basis, const absl::Status& status) {
    self_ = std::move(self);
    if (basis.position == 0) return End(status);
    parts_.hub.log().WhenDurable(basis.organization, basis.position,
                                 [self = self_, status](const absl::Status& durable) {
                                   self->End(durable.ok() ? status : durable);
                                 });
  }

  void OnWriteDone(bool ok) override {
    seat_->PeerDid();
    {
      MutexLock lock(mutex_);
      phase_ = Phase::kReading;
      if (!ok) cancelled_ = true;
    }
    Pump();
  }

  void OnCancel() override {
    Interrupt([this] { cancelled_ = true; });
  }
  void Drain() {
    Interrupt([this] { draining_ = true; });
  }

  void OnDone() override {
    alarm_.reset();
    parts_.drain.Unsubscribe(drain_);
    seat_.reset();
    subscription_.reset();
    const std::shared_ptr<EventStream> last = std::move(self_);
  }

 private:
  enum class Phase { kReading, kWriting, kArming, kWaiting, kEnded };

  // Ends a stream that waits; one that reads or writes notices by itself.
  template <class Mark>
  void Interrupt(Mark mark) {
    bool end;
    {
      MutexLock lock(mutex_);
      mark();
      end = phase_ == Phase::kWaiting;
      if (end) phase_ = Phase::kReading;
    }
    if (end) Pump();
  }

  // Reads on, on the workers.
  void Pump() {
    const std::shared_ptr<EventStream> self = self_;
    const absl::Status accepted = parts_.workers.Submit([self] { self->Turn(); });
    if (!accepted.ok()) End(accepted);
  }

  void Turn() {
    if (std::optional<absl::Status> end = Interrupted()) return End(*end);
    if (!packer_.empty()) return Write(packer_.Pop());
    for (int page = 0; page < kPagesPerTurn; ++page) {
      const absl::StatusOr<Scanned> scanned = ReadPage();
      if (!scanned.ok()) return End(scanned.status());
      if (!packer_.empty()) return Write(packer_.Pop());
      if (scanned->caught_up) {
        if (live_) return WaitForMore();
        live_ = true;
        return Write(Marked(&SubscribeEventsResponse::mutable_caught_up));
      }
      if (parts_.clock.Now() - last_message_ >= interval_) {
        return Write(Marked(&SubscribeEventsResponse::mutable_checkpoint));
      }
    }
    Pump();
  }

  std::optional<absl::Status> Interrupted() {
    MutexLock lock(mutex_);
    if (cancelled_) return absl::CancelledError("the caller went away");
    if (!draining_) return std::nullopt;
    const std::string position = absl::StrCat(subscription_->scanned_to());
    return WithReason(absl::StatusCode::kUnavailable, "SERVER_STOPPING",
                      absl::StrCat("the server stops; go on after position ", position),
                      {{"position", position}});
  }

  // Fills packer_ with what matches; with nothing when nothing does.
  absl::StatusOr<Scanned> ReadPage() {
    ASSIGN_OR_RETURN(const Scanned scanned,
                     subscription_->Next(kPage, [this](const log::v1::RecordedEvent& recorded) {
                       return matcher_.Matches(recorded) ? packer_.Add(recorded, renderer_)
                                                         : absl::OkStatus();
                     }));
    packer_.ClosePage(scanned.to);
    if (!scanned.caught_up) live_ = false;
    return scanned;
  }

  template <class Marker>
  const SubscribeEventsResponse& Marked(Marker* (SubscribeEventsResponse::*field)()) {
    Marker* marker = (mark_.*field)();
    marker->set_position(subscription_->scanned_to());
    *marker->mutable_time() = domain::TimestampOf(parts_.clock.Now());
    return mark_;
  }

  void Write(const SubscribeEventsResponse& message) {
    last_message_ = parts_.clock.Now();
    {
      MutexLock lock(mutex_);
      phase_ = Phase::kWriting;
    }
    seat_->PeerOwes();
    StartWrite(&message);
  }

  // Nothing may touch the stream after it counts as waiting: whoever wakes it may end it. What
  // wakes it earlier is noted instead.
  void WaitForMore() {
    packer_.Release();
    {
      MutexLock lock(mutex_);
      phase_ = Phase::kArming;
      woken_ = false;
    }
    const std::weak_ptr<EventStream> weak = self_;
    const absl::Duration silent = parts_.clock.Now() - last_message_;
    alarm_.emplace();  // one that is set must not be set again
    alarm_->Set(
        absl::ToChronoTime(SystemClock().Now() + std::max(interval_ - silent, kShortestSilence)),
        [weak](bool fired) {
          const std::shared_ptr<EventStream> self = weak.lock();
          if (fired && self != nullptr) self->Wake(true);
        });
    subscription_->Wait([weak] {
      if (const std::shared_ptr<EventStream> self = weak.lock()) self->Wake(false);
    });
    bool go_on;
    {
      MutexLock lock(mutex_);
      go_on = woken_ || cancelled_ || draining_;
      phase_ = go_on ? Phase::kReading : Phase::kWaiting;
    }
    if (go_on) Pump();
  }

  // More events, or time for a checkpoint.
  void Wake(bool checkpoint) {
    {
      MutexLock lock(mutex_);
      woken_ = true;
      if (phase_ != Phase::kWaiting) return;
      phase_ = Phase::kReading;
    }
    if (!checkpoint) return Pump();
    Write(Marked(&SubscribeEventsResponse::mutable_checkpoint));
  }

  void End(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      if (phase_ == Phase::kEnded) return;
      phase_ = Phase::kEnded;
    }
    Finish(ToGrpcStatus(status));
  }

  const EventStreamParts parts_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<EventStream> self_;  // until OnDone
  EventMatcher matcher_;
  absl::Duration interval_ = kDefaultInterval;
  std::optional<Subscription> subscription_;
  std::unique_ptr<StreamSeats::Seat> seat_;
  int64_t drain_ = 0;
  bool live_ = false;
  absl::Time last_message_;
  EventRenderer renderer_;
  EventPacker packer_;            // the page that was read last
  SubscribeEventsResponse mark_;  // that nothing matched
  std::optional<grpc::Alarm> alarm_;

  Mutex mutex_;
  Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kReading;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::StatusOr<EventMatcher> EventMatcher::Create(const v1::EventFilter& filter) {
  EventMatcher matcher;
  matcher.categories_.assign(filter.categories().begin(), filter.categories().end());
  for (const std::string& type : filter.types()) {
    matcher.types_.push_back(
        type.find('.') == std::string::npos ? absl::StrCat("crm.events.v1.", type) : type);
  }
  if (!filter.record().empty()) {
    ASSIGN_OR_RETURN(matcher.stream_, StreamOfRecord(filter.record()));
  }
  if (!filter.actor().empty()) {
    ASSIGN_OR_RETURN(const domain::MemberId actor,
                     domain::ParseName<domain::MemberId>(filter.actor()));
    matcher.actor_ = actor.uuid().ToBytes();
  }
  return matcher;
}

bool EventMatcher::Matches(const log::v1::RecordedEvent& event) const {
  return Contains(categories_, event.category()) && Contains(types_, event.type()) &&
         (!actor_.has_value() || event.actor() == *actor_) &&
         (!stream_.has_value() ||
          (event.category() == stream_->category && event.stream_id() == stream_->id.ToBytes()));
}

grpc::ServerWriteReactor<SubscribeEventsResponse>* StartEventStream(
    const EventStreamParts& parts, grpc::CallbackServerContext* context,
    const absl::Status& admitted, const Basis& basis, const Call& call,
    const v1::SubscribeEventsRequest& request) {
  auto stream = std::make_shared<EventStream>(parts, context, request.encoding());
  absl::StatusOr<EventMatcher> matcher = EventMatcher::Create(request.filter());
  EventStream* reactor = stream.get();
  if (!admitted.ok()) {
    reactor->Refuse(stream, basis, admitted);
  } else if (!matcher.ok()) {
    reactor->Refuse(stream, basis, matcher.status());
  } else {
    reactor->Start(stream, call, *std::move(matcher), request);
  }
  return reactor;
}

}  // namespace crm::services
