// The mailbox of a group, its turns, and what its own stream says. What a turn does with events and
// consumers is in group_turn.cc.
#include "services/group_runtime.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/event_codec.h"
#include "domain/lookup.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::services {
namespace {

using domain::ConsumerGroup;
using google::protobuf::util::MessageDifferencer;

eventstore::GroupSettings SettingsOf(const events::v1::ConsumerSettings& stored) {
  return {.ack_deadline = absl::Milliseconds(stored.ack_deadline_ms()),
          .max_attempts = stored.max_attempts(),
          .retry_initial_delay = absl::Milliseconds(stored.retry_initial_delay_ms()),
          .retry_max_delay = absl::Milliseconds(stored.retry_max_delay_ms()),
          .max_in_flight = stored.max_in_flight_count(),
          .park_blocks_stream = stored.park_blocks_stream()};
}

// A group that is further than its log: the log was restored from a backup, or lost its end. What
// will stand at those positions is new.
void StepBack(log::v1::ConsumerProgress& progress, Position head, const std::string& group) {
  log::Error("a consumer group was ahead of the log; it goes on at the log's end",
             {{"consumer_group", group}, {"checkpoint", progress.checkpoint()}, {"head", head}});
  progress.set_checkpoint(head);
  progress.clear_settled_distances();
  progress.clear_failed();
}

}  // namespace

void GroupRuntime::Join(ConsumerId id, std::shared_ptr<GroupConsumer> consumer,
                        const domain::MemberId& member, const v1::ConsumeRequest::Begin& begin) {
  Post([this, id, consumer = std::move(consumer), member, begin] {
    Seat seat{.consumer = consumer,
              .member = member,
              .renderer = EventRenderer(parts_.keys, begin.encoding()),
              .connected = now_,
              .last_message = now_};
    TakeSeat(id, std::move(seat), begin.max_in_flight_count());
  });
}

void GroupRuntime::Handle(ConsumerId id, v1::ConsumeRequest request) {
  Post([this, id, request = std::move(request)] { Settle(id, request); });
}

void GroupRuntime::OnSent(ConsumerId id) {
  Post([this, id] {
    if (const auto seat = seats_.find(id); seat != seats_.end()) seat->second.writing = false;
  });
}

void GroupRuntime::Close(ConsumerId id, const absl::Status& status, bool in_vain) {
  Post([this, id, status, in_vain] {
    const auto seat = seats_.find(id);
    if (seat == seats_.end() || seat->second.ending.has_value()) return;
    seat->second.ending = status;
    delivery_->Leave(id, in_vain, now_);
  });
}

void GroupRuntime::Inspect(Inquiry inquiry) {
  Post([this, inquiry = std::move(inquiry)] { inquiries_.push_back(inquiry); });
}

void GroupRuntime::Poke() {
  Post([] {});
}

GroupRuntime::Figures GroupRuntime::figures() const {
  MutexLock lock(mutex_);
  return figures_;
}

void GroupRuntime::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    mailbox_.clear();
  }
  alarm_.reset();
  subscription_.reset();
  seats_.clear();
}

void GroupRuntime::Post(Message message) {
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    mailbox_.push_back(std::move(message));
    if (scheduled_) return;
    scheduled_ = true;
  }
  Submit();
}

void GroupRuntime::Submit() {
  const absl::Status accepted = parts_.workers.Submit([self = shared_from_this()] {
    self->Turn();
    {
      MutexLock lock(self->mutex_);
      self->scheduled_ = !self->mailbox_.empty();
      if (!self->scheduled_) return;
    }
    self->Submit();
  });
  if (accepted.ok()) return;
  MutexLock lock(mutex_);  // the server stops, and with it every consumer
  scheduled_ = false;
}

void GroupRuntime::Turn() {
  std::vector<Message> messages;
  {
    MutexLock lock(mutex_);
    messages.swap(mailbox_);
  }
  now_ = parts_.clock.Now();
  const absl::StatusOr<bool> ready = Refresh();
  if (ready.ok() && !*ready) return WaitUntilDurable(version_, std::move(messages));
  problem_ = ready.status();
  if (!problem_.ok()) Dismiss(problem_);
  for (const Message& message : messages) message();
  if (problem_.ok()) problem_ = Work();
  if (!problem_.ok()) Dismiss(problem_);
  Publish();
  for (const Inquiry& inquiry : std::exchange(inquiries_, {})) inquiry(problem_, *this);
  if (problem_.ok()) Rest();
}

void GroupRuntime::WaitUntilDurable(Position position, std::vector<Message> messages) {
  {
    MutexLock lock(mutex_);
    messages.insert(messages.end(), std::make_move_iterator(mailbox_.begin()),
                    std::make_move_iterator(mailbox_.end()));
    mailbox_.clear();
  }
  // Held apart until then: a mailbox with something in it would bring the next turn at once.
  parts_.log.WhenDurable(key_.organization, position,
                         [self = shared_from_this(), messages](const absl::Status& durable) {
                           if (!durable.ok()) return;  // the server ends
                           for (const Message& message : messages) self->Post(message);
                         });
}

absl::StatusOr<bool> GroupRuntime::Refresh() {
  if (deleted_) return domain::ConsumerGroupIsDeleted();
  LogStreams streams(parts_.streams, key_.organization);
  const domain::Lookup lookup(streams);
  ASSIGN_OR_RETURN(const domain::Ref<ConsumerGroup> group,
                   lookup.Get<ConsumerGroup>(domain::ConsumerGroupId(key_.group)));
  const Position head = Head();
  if (group.head.commit_end > head) {
    if (delivery_.has_value()) return true;  // as before, until the change is durable
    version_ = group.head.commit_end;
    return false;
  }
  if (group->deleted()) {
    RETURN_IF_ERROR(parts_.store.Remove(key_));
    deleted_ = true;
    return domain::ConsumerGroupIsDeleted();
  }
  if (delivery_.has_value() && !MessageDifferencer::Equals(filter_, group->filter)) {
    RETURN_IF_ERROR(Flush(/*everything=*/true));
    Dismiss(WithReason(absl::StatusCode::kAborted, "CONSUMER_GROUP_CHANGED",
                       "the group has another filter: begin anew"));
  }
  if (!delivery_.has_value()) {
    RETURN_IF_ERROR(Load(group, head));
  } else if (group.head.version != version_) {
    RETURN_IF_ERROR(Configure(group.state()));
  }
  version_ = group.head.version;
  RETURN_IF_ERROR(CarryOutInstructions(version_));
  return true;
}

absl::StatusOr<Position> GroupRuntime::StartOf(const domain::ConsumerGroupState& state) {
  if (state.first_position > 0) return state.first_position - 1;
  Position created = 0;
  RETURN_IF_ERROR(parts_.log.ReadStream(key_.organization,
                                        domain::StreamOf(domain::ConsumerGroupId(key_.group)), 1,
                                        [&](const log::v1::RecordedEvent& event) {
                                          if (event.version() == 1)
                                            created = domain::MetadataOf(event).commit_end;
                                          return absl::OkStatus();
                                        }));
  return created;
}

absl::Status GroupRuntime::Load(const domain::Ref<ConsumerGroup>& group, Position head) {
  ASSIGN_OR_RETURN(const Position start, StartOf(group.state()));
  ASSIGN_OR_RETURN(eventstore::StoredGroup stored, parts_.store.Load(key_));
  if (!stored.progress.has_value()) {
    stored.progress.emplace().set_checkpoint(start);
    stored.progress->set_applied_version(group.head.version);
    // Known from now on, so that it is watched after a restart, consumers or not.
    RETURN_IF_ERROR(parts_.store.Store(key_, {*stored.progress, {}, {}}));
  } else if (stored.progress->checkpoint() > std::max(head, start)) {
    StepBack(*stored.progress, head, key_.group.ToString());
  }
  stored_checkpoint_ = stored.progress->checkpoint();
  delivery_.emplace(SettingsOf(group->settings), *stored.progress, std::move(stored.parked));
  subscription_.emplace(parts_.hub, key_.organization, stored_checkpoint_ + 1);
  last_flush_ = now_;
  caught_up_ = false;
  return Configure(group.state());
}

absl::Status GroupRuntime::Configure(const domain::ConsumerGroupState& state) {
  ASSIGN_OR_RETURN(matcher_, EventMatcher::Create(domain::FilterOf(state.filter)));
  filter_ = state.filter;
  max_consumers_ = state.settings.max_consumers_count();
  delivery_->Configure(SettingsOf(state.settings));
  return absl::OkStatus();
}

absl::Status GroupRuntime::CarryOutInstructions(Version up_to) {
  using Instructions =
      std::variant<events::v1::ParkedEventsReplayed, events::v1::ParkedEventsDiscarded>;
  if (up_to == delivery_->applied_version()) return absl::OkStatus();
  const StreamId stream = domain::StreamOf(domain::ConsumerGroupId(key_.group));
  RETURN_IF_ERROR(parts_.log.ReadStream(
      key_.organization, stream, delivery_->applied_version() + 1,
      [&](const log::v1::RecordedEvent& recorded) -> absl::Status {
        if (recorded.version() > up_to) return absl::OkStatus();
        return domain::DispatchEvent(
                   std::type_identity<Instructions>{}, recorded, parts_.keys,
                   [&]<class Event>(const Event& event, const domain::EventMetadata&) {
                     if constexpr (std::is_same_v<Event, events::v1::ParkedEventsReplayed>) {
                       delivery_->Replay(event.positions());
                     } else {
                       delivery_->Discard(event.positions());
                     }
                     return absl::OkStatus();
                   })
            .status();
      }));
  delivery_->SetAppliedVersion(up_to);
  return absl::OkStatus();
}

void GroupRuntime::Dismiss(const absl::Status& status) {
  for (auto& [id, seat] : seats_) seat.consumer->End(status);
  seats_.clear();
  subscription_.reset();
  delivery_.reset();
  alarm_.reset();
}

void GroupRuntime::TakeSeat(ConsumerId id, Seat seat, int max_in_flight) {
  if (!problem_.ok()) return seat.consumer->End(problem_);
  if (seats_.size() >= static_cast<size_t>(max_consumers_)) {
    return seat.consumer->End(WithReason(absl::StatusCode::kResourceExhausted, "TOO_MANY_CONSUMERS",
                                         "the group has as many consumers as it may"));
  }
  delivery_->Join(id, max_in_flight);
  seat.consumer->ReadOn();
  seats_.emplace(id, std::move(seat));
}

void GroupRuntime::Settle(ConsumerId id, const v1::ConsumeRequest& request) {
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  std::vector<Position> settled;
  if (request.has_acknowledge()) {
    settled = delivery_->Acknowledge(id, request.acknowledge().positions());
  } else if (request.has_park()) {
    settled = delivery_->Park(id, request.park().positions(), request.park().reason(), now_);
  } else if (request.has_retry()) {
    std::optional<absl::Duration> delay;
    if (request.retry().delay_ms() > 0) delay = absl::Milliseconds(request.retry().delay_ms());
    delivery_->Retry(id, request.retry().positions(), delay, request.retry().reason(), now_);
  }
  Seat& seat = found->second;
  seat.settled.insert(seat.settled.end(), settled.begin(), settled.end());
  seat.consumer->ReadOn();
}

Position GroupRuntime::Head() const {
  return parts_.log.GetHead(key_.organization).value_or(eventstore::Head()).durable;
}

}  // namespace crm::services
