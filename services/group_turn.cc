// What a turn of a group does: take in what is new in the log, hand events out, store what was
// settled, tell so, and see to the next turn.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "services/event_packer.h"
#include "services/group_runtime.h"

namespace crm::services {
namespace {

using log::v1::RecordedEvent;

constexpr eventstore::ReadLimits kPage{.max_events = 512, .max_bytes = 1 << 20};
constexpr int kPagesPerTurn = 16;  // then another group may use the worker
constexpr Position kNearby = 64;   // a gap that is read over rather than skipped
constexpr Position kScanToStore =
    10000;  // a checkpoint that only the scan moved is stored so often
constexpr absl::Duration kLongestUnstored = absl::Seconds(5);
constexpr absl::Duration kHeartbeat = absl::Seconds(5);
constexpr char kUnreadable[] = "EVENT_UNREADABLE";

template <class Marker>
void Mark(Marker* marker, Position position, absl::Time now) {
  marker->set_position(position);
  *marker->mutable_time() = domain::TimestampOf(now);
}

}  // namespace

absl::Status GroupRuntime::Work() {
  delivery_->Tick(now_);
  CheckRights();
  RETURN_IF_ERROR(Scan());
  RETURN_IF_ERROR(Deliver());
  RETURN_IF_ERROR(Flush(/*everything=*/false));
  Tell();
  return absl::OkStatus();
}

void GroupRuntime::CheckRights() {
  std::vector<ConsumerId> refused;
  for (auto& [id, seat] : seats_) {
    const absl::Status allowed = seat.consumer->CheckRights();
    if (allowed.ok()) continue;
    delivery_->Leave(id, /*in_vain=*/true, now_);
    seat.consumer->End(allowed);
    refused.push_back(id);
  }
  for (const ConsumerId id : refused) seats_.erase(id);
}

absl::Status GroupRuntime::Scan() {
  caught_up_ = false;
  for (int page = 0; page < kPagesPerTurn && delivery_->HasRoom() && !caught_up_; ++page) {
    std::vector<eventstore::GroupEvent> matching;
    const auto visit = [&](const RecordedEvent& event) {
      if (matcher_.Matches(event)) {
        matching.push_back(
            {.position = event.position(),
             .stream = {event.category(), Uuid::FromBytes(event.stream_id()).value_or(Uuid{})},
             .type = event.type(),
             .record_time_us = event.record_time_us()});
      }
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const eventstore::Scanned scanned, subscription_->Next(kPage, visit));
    delivery_->Offer(std::move(matching), scanned.to, now_);
    caught_up_ = scanned.caught_up;
  }
  return absl::OkStatus();
}

absl::Status GroupRuntime::Deliver() {
  // Who let deadlines pass gets what the others leave.
  for (const bool lapsed : {false, true}) {
    std::vector<std::pair<ConsumerId, Seat*>> idle;
    for (auto& [id, seat] : seats_) {
      const bool takes = !seat.writing && !seat.ending.has_value() && seat.durable.empty();
      if (!takes || delivery_->lapsed(id) != lapsed || delivery_->Peek(id, 1).empty()) continue;
      idle.emplace_back(id, &seat);
    }
    if (idle.empty()) continue;
    const size_t share = (delivery_->ready() + idle.size() - 1) / idle.size();
    for (const auto& [id, seat] : idle) RETURN_IF_ERROR(DeliverTo(id, *seat, share));
  }
  return absl::OkStatus();
}

absl::Status GroupRuntime::DeliverTo(ConsumerId id, Seat& seat, size_t share) {
  const std::vector<Position> offered =
      delivery_->Peek(id, std::min<size_t>(share, kMaxPackedEvents));
  ASSIGN_OR_RETURN(auto events, Read(offered, seat.renderer));
  const std::vector<eventstore::GroupDelivery::Delivery> taken =
      delivery_->Take(id, events.size(), now_);
  v1::ConsumeResponse message;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!events[i].ok()) {
      // Never left out in silence, never in the way of the others.
      log::Error("a consumer group parks an event that cannot be read",
                 {{"position", taken[i].position}, {"cause", events[i].status().message()}});
      delivery_->Park(id, {taken[i].position}, kUnreadable, now_);
      continue;
    }
    v1::ConsumeResponse::Delivery& delivery = *message.mutable_batch()->add_deliveries();
    *delivery.mutable_event() = *std::move(events[i]);
    delivery.set_attempt(taken[i].attempt);
  }
  if (message.has_batch()) Send(seat, std::move(message));
  return absl::OkStatus();
}

// As many of them, from the first on, as one message holds.
absl::StatusOr<std::vector<absl::StatusOr<v1::Event>>> GroupRuntime::Read(
    const std::vector<Position>& positions, EventRenderer& renderer) {
  std::vector<absl::StatusOr<v1::Event>> events;
  size_t bytes = 0;
  const auto enough = [&] { return events.size() == positions.size() || bytes >= kMaxPackedBytes; };
  while (!enough()) {
    const size_t before = events.size();
    const absl::Status read = parts_.log.ReadLog(
        key_.organization, positions[before], kPage,
        [&](const RecordedEvent& recorded) -> absl::Status {
          if (enough() || positions[events.size()] > recorded.position() + kNearby) {
            return absl::OutOfRangeError("no more of this page");
          }
          if (recorded.position() != positions[events.size()]) return absl::OkStatus();
          v1::Event event;
          if (absl::Status status = renderer.Render(recorded, event); status.ok()) {
            bytes += event.ByteSizeLong();
            events.push_back(std::move(event));
          } else {
            events.push_back(std::move(status));
          }
          return absl::OkStatus();
        });
    if (!read.ok() && !absl::IsOutOfRange(read)) return read;
    if (events.size() == before) {
      return absl::DataLossError(absl::StrCat("no event at position ", positions[before]));
    }
  }
  // The last one may be more than fits; it comes next time.
  if (bytes > kMaxPackedBytes && events.size() > 1) events.pop_back();
  return events;
}

absl::Status GroupRuntime::Flush(bool everything) {
  const Position moved = delivery_->moved();
  const bool due = delivery_->changed() || moved >= kScanToStore ||
                   (moved > 0 && (everything || now_ - last_flush_ >= kLongestUnstored));
  if (!due) return absl::OkStatus();
  const eventstore::GroupChanges changes = delivery_->TakeChanges();
  RETURN_IF_ERROR(parts_.store.Store(key_, changes));
  stored_checkpoint_ = changes.progress.checkpoint();
  last_flush_ = now_;
  for (auto& [id, seat] : seats_) {
    seat.durable.insert(seat.durable.end(), seat.settled.begin(), seat.settled.end());
    seat.settled.clear();
  }
  return absl::OkStatus();
}

void GroupRuntime::Tell() {
  const bool all_settled = caught_up_ && delivery_->unsettled() == 0;
  std::vector<ConsumerId> ended;
  for (auto& [id, seat] : seats_) {
    if (!all_settled) seat.told_caught_up = false;
    if (seat.writing) continue;
    v1::ConsumeResponse message;
    if (!seat.durable.empty()) {
      message.mutable_settled()->mutable_positions()->Add(seat.durable.begin(), seat.durable.end());
      seat.durable.clear();
    } else if (seat.ending.has_value()) {
      seat.consumer->End(*seat.ending);
      ended.push_back(id);
      continue;
    } else if (all_settled && !seat.told_caught_up) {
      Mark(message.mutable_caught_up(), delivery_->scanned_to(), now_);
      seat.told_caught_up = true;
    } else if (now_ - seat.last_message >= kHeartbeat) {
      Mark(message.mutable_checkpoint(), stored_checkpoint_, now_);
    } else {
      continue;
    }
    Send(seat, std::move(message));
  }
  for (const ConsumerId id : ended) seats_.erase(id);
}

void GroupRuntime::Send(Seat& seat, v1::ConsumeResponse message) {
  seat.writing = true;
  seat.last_message = now_;
  seat.consumer->Send(std::move(message));
}

void GroupRuntime::Publish() {
  Figures figures;
  figures.ended = deleted_;
  if (delivery_.has_value()) {
    figures.scanned_to = delivery_->scanned_to();
    figures.unsettled = static_cast<int64_t>(delivery_->unsettled());
    figures.oldest = OldestRecordTime();
    figures.in_flight = static_cast<int64_t>(delivery_->in_flight());
    figures.parked = static_cast<int64_t>(delivery_->parked().size());
    figures.redelivered = delivery_->redelivered();
  }
  MutexLock lock(mutex_);
  figures_ = figures;
}

void GroupRuntime::Rest() {
  // Without consumers nothing is in a hurry: an inquiry or a scrape brings the next turn.
  if (seats_.empty()) return alarm_.reset();
  const std::weak_ptr<GroupRuntime> weak = weak_from_this();
  const auto wake = [weak] {
    if (const std::shared_ptr<GroupRuntime> self = weak.lock()) self->Poke();
  };
  if (delivery_->HasRoom()) {
    // Not there yet means another turn at once, after the other groups.
    if (caught_up_) {
      subscription_->Wait(wake);
    } else {
      wake();
    }
  }
  const absl::Time due = std::min(delivery_->NextDue(), now_ + kHeartbeat);
  alarm_.emplace();  // one that is set must not be set again
  alarm_->Set(absl::ToChronoTime(SystemClock().Now() + (due - now_)), [wake](bool fired) {
    if (fired) wake();
  });
}

absl::Time GroupRuntime::OldestRecordTime() const {
  if (const eventstore::GroupEvent* oldest = delivery_->oldest()) {
    return absl::FromUnixMicros(oldest->record_time_us);
  }
  absl::Time unscanned = absl::InfiniteFuture();
  if (delivery_->scanned_to() >= Head()) return unscanned;
  parts_.log
      .ReadLog(key_.organization, delivery_->scanned_to() + 1, {.max_events = 1, .max_bytes = 1},
               [&](const RecordedEvent& event) {
                 unscanned = std::min(unscanned, absl::FromUnixMicros(event.record_time_us()));
                 return absl::OkStatus();
               })
      .IgnoreError();  // a figure less
  return unscanned;
}

v1::ConsumerGroupStatus GroupRuntime::Status() const {
  v1::ConsumerGroupStatus status;
  const Position head = std::max(Head(), delivery_->scanned_to());
  status.set_checkpoint_position(stored_checkpoint_);
  status.set_scanned_position(delivery_->scanned_to());
  status.set_head_position(head);
  status.set_lag_count(static_cast<int64_t>(delivery_->unsettled()) + head -
                       delivery_->scanned_to());
  if (const absl::Time oldest = OldestRecordTime(); oldest != absl::InfiniteFuture()) {
    status.set_lag_ms(std::max<int64_t>(0, absl::ToInt64Milliseconds(now_ - oldest)));
    const eventstore::GroupEvent* known = delivery_->oldest();
    status.set_oldest_unsettled_position(known != nullptr ? known->position
                                                          : delivery_->scanned_to() + 1);
  }
  status.set_in_flight_count(static_cast<int32_t>(delivery_->in_flight()));
  status.set_delayed_count(static_cast<int32_t>(delivery_->delayed()));
  status.set_parked_count(static_cast<int32_t>(delivery_->parked().size()));
  status.set_redelivered_count(delivery_->redelivered());
  for (const auto& [id, seat] : seats_) {
    v1::ConsumerGroupStatus::Consumer& consumer = *status.add_consumers();
    consumer.set_member(domain::NameOf(seat.member));
    consumer.set_in_flight_count(static_cast<int32_t>(delivery_->in_flight(id)));
    *consumer.mutable_connect_time() = domain::TimestampOf(seat.connected);
  }
  if (delivery_->parked_full()) status.set_problem("TOO_MANY_PARKED_EVENTS");
  return status;
}

}  // namespace crm::services
