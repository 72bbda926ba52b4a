#include "eventstore/group_delivery.h"

#include <algorithm>
#include <iterator>

namespace crm::eventstore {

using log::v1::FailedDelivery;
using log::v1::ParkedDelivery;
namespace {

StreamId StreamOf(const ParkedDelivery& row) {
  return {row.category(), Uuid::FromBytes(row.stream_id()).value_or(Uuid{})};
}

GroupEvent EventOf(const ParkedDelivery& row) {
  return {row.position(), StreamOf(row), row.type(), row.record_time_us()};
}

ParkedDelivery RowOf(const GroupEvent& event, int attempts, absl::string_view reason,
                     absl::Time now) {
  ParkedDelivery row;
  row.set_position(event.position);
  row.set_category(event.stream.category);
  row.set_stream_id(event.stream.id.ToBytes());
  row.set_type(event.type);
  row.set_attempts(attempts);
  row.set_reason(std::string(reason));
  row.set_park_time_us(absl::ToUnixMicros(now));
  row.set_record_time_us(event.record_time_us);
  return row;
}

absl::Duration BackOff(const GroupSettings& settings, int failed) {
  absl::Duration delay = settings.retry_initial_delay;
  for (int i = 1; i < failed && delay < settings.retry_max_delay; ++i) delay *= 2;
  return std::min(delay, settings.retry_max_delay);
}

}  // namespace

GroupDelivery::GroupDelivery(const GroupSettings& settings,
                             const log::v1::ConsumerProgress& progress,
                             std::vector<ParkedDelivery> parked)
    : settings_(settings),
      scanned_to_(progress.checkpoint()),
      taken_checkpoint_(progress.checkpoint()),
      applied_version_(progress.applied_version()),
      redelivered_(progress.redelivered_count()) {
  Position settled = progress.checkpoint();
  for (const int64_t distance : progress.settled_distances()) settled_.insert(settled += distance);
  for (const FailedDelivery& failed : progress.failed())
    remembered_.emplace(failed.position(), failed);
  for (ParkedDelivery& row : parked) {
    const Position position = row.position();
    // Of a log that was longer once: another event comes to stand there.
    if (position > progress.checkpoint() && !settled_.contains(position)) {
      parked_changed_.insert(position);
      continue;
    }
    if (row.replaying()) {
      Add({.event = EventOf(row)});
    } else {
      ++blocking_[StreamOf(row)];
    }
    parked_.emplace(position, std::move(row));
  }
}

bool GroupDelivery::HasRoom() const {
  return open_.size() + settled_.size() < kWindow && !parked_full();
}

void GroupDelivery::Offer(std::vector<GroupEvent> events, Position scanned_to, absl::Time now) {
  now_ = now;
  for (GroupEvent& event : events) {
    const Position position = event.position;
    if (position <= scanned_to_ || settled_.contains(position)) continue;
    if (settings_.park_blocks_stream && blocking_.contains(event.stream)) {
      StoreParked(RowOf(event, 0, kBehindParkedEvent, now));
      settled_.insert(position);
      continue;
    }
    open_.insert(position);
    Add({.event = std::move(event)});
  }
  scanned_to_ = std::max(scanned_to_, scanned_to);
  remembered_.erase(remembered_.begin(), remembered_.upper_bound(scanned_to_));
  settled_.erase(settled_.begin(), settled_.upper_bound(checkpoint()));
}

void GroupDelivery::Add(Entry entry) {
  const Position position = entry.event.position;
  if (const auto failed = remembered_.find(position); failed != remembered_.end()) {
    entry.failed = failed->second.attempts();
    entry.not_before = absl::FromUnixMicros(failed->second.not_before_us());
    remembered_.erase(failed);
  }
  const StreamId stream = entry.event.stream;
  lanes_[stream].waiting.insert(position);
  entries_.emplace(position, std::move(entry));
  Requeue(stream);
}

void GroupDelivery::Requeue(const StreamId& stream) {
  const auto found = lanes_.find(stream);
  Lane& lane = found->second;
  if (lane.queued.has_value()) {
    ready_.erase(lane.queued->second);
    delayed_.erase(*lane.queued);
    lane.queued.reset();
  }
  if (lane.waiting.empty()) {
    lanes_.erase(found);
    return;
  }
  if (lane.held != 0) return;
  const Position first = *lane.waiting.begin();
  const absl::Time not_before = entries_.at(first).not_before;
  lane.queued = Due(not_before, first);
  if (not_before > now_) {
    delayed_.insert(*lane.queued);
  } else {
    ready_.insert(first);
  }
}

void GroupDelivery::Join(ConsumerId consumer, int max_in_flight) {
  consumers_[consumer].max_in_flight = max_in_flight;
}

void GroupDelivery::Leave(ConsumerId consumer, bool in_vain, absl::Time now) {
  now_ = now;
  const auto found = consumers_.find(consumer);
  if (found == consumers_.end()) return;
  const absl::btree_set<Position> held = found->second.held;
  for (const Position position : held) {
    if (in_vain) {
      Fail(position, now, kMaxAttemptsReached, now);
    } else {
      Entry& entry = entries_.at(position);
      Release(entry);
      Requeue(entry.event.stream);
    }
  }
  consumers_.erase(consumer);
}

size_t GroupDelivery::CapacityOf(ConsumerId consumer) const {
  const auto found = consumers_.find(consumer);
  if (found == consumers_.end()) return 0;
  const int own = found->second.max_in_flight;
  const int most = own > 0 ? std::min(own, settings_.max_in_flight) : settings_.max_in_flight;
  const size_t held = found->second.held.size();
  return std::max(static_cast<size_t>(most), held) - held;
}

std::vector<Position> GroupDelivery::Peek(ConsumerId consumer, size_t limit) const {
  const size_t count = std::min({limit, CapacityOf(consumer), ready_.size()});
  return {ready_.begin(), std::next(ready_.begin(), static_cast<int64_t>(count))};
}

std::vector<GroupDelivery::Delivery> GroupDelivery::Take(ConsumerId consumer, size_t limit,
                                                         absl::Time now) {
  now_ = now;
  std::vector<Delivery> taken;
  for (const Position position : Peek(consumer, limit)) {
    Entry& entry = entries_.at(position);
    entry.holder = consumer;
    entry.deadline = now + settings_.ack_deadline;
    deadlines_.emplace(entry.deadline, position);
    consumers_.at(consumer).held.insert(position);
    lanes_.at(entry.event.stream).held = position;
    Requeue(entry.event.stream);
    if (entry.failed > 0) ++redelivered_;
    taken.push_back({position, entry.failed + 1});
  }
  return taken;
}

bool GroupDelivery::Holds(ConsumerId consumer, Position position) const {
  const auto found = consumers_.find(consumer);
  return found != consumers_.end() && found->second.held.contains(position);
}

bool GroupDelivery::Settles(ConsumerId consumer, Position position) {
  if (!Holds(consumer, position)) return false;
  consumers_.at(consumer).lapsed = false;
  return true;
}

std::vector<Position> GroupDelivery::Acknowledge(ConsumerId consumer,
                                                 absl::Span<const int64_t> positions) {
  std::vector<Position> settled;
  for (const Position position : positions) {
    if (!Settles(consumer, position)) continue;
    Remove(position);
    if (parked_.erase(position) > 0) parked_changed_.insert(position);  // it was replayed
    settled.push_back(position);
  }
  return settled;
}

void GroupDelivery::Retry(ConsumerId consumer, absl::Span<const int64_t> positions,
                          std::optional<absl::Duration> delay, absl::string_view reason,
                          absl::Time now) {
  now_ = now;
  for (const Position position : positions) {
    if (!Settles(consumer, position)) continue;
    const int failed = entries_.at(position).failed + 1;
    Fail(position, now + delay.value_or(BackOff(settings_, failed)),
         reason.empty() ? kMaxAttemptsReached : reason, now);
  }
}

std::vector<Position> GroupDelivery::Park(ConsumerId consumer, absl::Span<const int64_t> positions,
                                          absl::string_view reason, absl::Time now) {
  now_ = now;
  std::vector<Position> settled;
  for (const Position position : positions) {
    if (!Settles(consumer, position)) continue;
    ++entries_.at(position).failed;
    ParkNow(position, reason, now);
    settled.push_back(position);
  }
  return settled;
}

void GroupDelivery::Tick(absl::Time now) {
  now_ = now;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const Position position = deadlines_.begin()->second;
    consumers_.at(entries_.at(position).holder).lapsed = true;
    Fail(position, now, kMaxAttemptsReached, now);
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    Requeue(entries_.at(delayed_.begin()->second).event.stream);
  }
}

absl::Time GroupDelivery::NextDue() const {
  absl::Time due = absl::InfiniteFuture();
  if (!deadlines_.empty()) due = std::min(due, deadlines_.begin()->first);
  if (!delayed_.empty()) due = std::min(due, delayed_.begin()->first);
  return due;
}

void GroupDelivery::Release(Entry& entry) {
  if (entry.holder == 0) return;
  deadlines_.erase(Due(entry.deadline, entry.event.position));
  consumers_.at(entry.holder).held.erase(entry.event.position);
  lanes_.at(entry.event.stream).held = 0;
  entry.holder = 0;
}

void GroupDelivery::Remove(Position position) {
  const auto found = entries_.find(position);
  Release(found->second);
  const StreamId stream = found->second.event.stream;
  lanes_.at(stream).waiting.erase(position);
  entries_.erase(found);
  if (open_.erase(position) > 0) {
    settled_.insert(position);
    settled_.erase(settled_.begin(), settled_.upper_bound(checkpoint()));
  }
  Requeue(stream);
  changed_ = true;
}

void GroupDelivery::Fail(Position position, absl::Time not_before, absl::string_view reason,
                         absl::Time now) {
  Entry& entry = entries_.at(position);
  ++entry.failed;
  if (entry.failed >= settings_.max_attempts) return ParkNow(position, reason, now);
  Release(entry);
  entry.not_before = not_before;
  Requeue(entry.event.stream);
  changed_ = true;
}

void GroupDelivery::ParkNow(Position position, absl::string_view reason, absl::Time now) {
  const Entry& entry = entries_.at(position);
  const StreamId stream = entry.event.stream;
  StoreParked(RowOf(entry.event, entry.failed, reason, now));
  Remove(position);
  if (settings_.park_blocks_stream) ParkBehind(stream, now);
}

// G5. Called when nothing of the stream is held, so all of it may be moved.
void GroupDelivery::ParkBehind(const StreamId& stream, absl::Time now) {
  while (lanes_.contains(stream)) {
    const Position position = *lanes_.at(stream).waiting.begin();
    const Entry& entry = entries_.at(position);
    StoreParked(RowOf(entry.event, entry.failed, kBehindParkedEvent, now));
    Remove(position);
  }
}

void GroupDelivery::StoreParked(ParkedDelivery row) {
  const Position position = row.position();
  ++blocking_[StreamOf(row)];
  parked_.insert_or_assign(position, std::move(row));
  parked_changed_.insert(position);
  changed_ = true;
}

absl::btree_set<Position> GroupDelivery::WithEarlierOnes(absl::btree_set<Position> chosen) const {
  absl::flat_hash_map<StreamId, Position> last;
  for (const Position position : chosen) last[StreamOf(parked_.at(position))] = position;
  for (const auto& [position, row] : parked_) {
    const auto found = last.find(StreamOf(row));
    if (found != last.end() && position < found->second) chosen.insert(position);
  }
  return chosen;
}

void GroupDelivery::Replay(absl::Span<const int64_t> positions) {
  absl::btree_set<Position> chosen;
  for (const Position position : positions)
    if (parked_.contains(position)) chosen.insert(position);
  if (positions.empty())
    for (const auto& [position, row] : parked_) chosen.insert(position);
  if (settings_.park_blocks_stream) chosen = WithEarlierOnes(std::move(chosen));
  for (const Position position : chosen) {
    ParkedDelivery& row = parked_.at(position);
    if (row.replaying()) continue;
    const StreamId stream = StreamOf(row);
    if (--blocking_.at(stream) == 0) blocking_.erase(stream);
    row.set_replaying(true);
    parked_changed_.insert(position);
    changed_ = true;
    Add({.event = EventOf(row)});
  }
}

void GroupDelivery::Discard(absl::Span<const int64_t> positions) {
  for (const Position position : positions) {
    const auto found = parked_.find(position);
    // One that is being replayed has an end of its own.
    if (found == parked_.end() || found->second.replaying()) continue;
    const StreamId stream = StreamOf(found->second);
    if (--blocking_.at(stream) == 0) blocking_.erase(stream);
    parked_.erase(found);
    parked_changed_.insert(position);
    changed_ = true;
  }
}

void GroupDelivery::SetAppliedVersion(Version version) {
  changed_ |= version != applied_version_;
  applied_version_ = version;
}

Position GroupDelivery::checkpoint() const {
  return open_.empty() ? scanned_to_ : *open_.begin() - 1;
}

GroupChanges GroupDelivery::TakeChanges() {
  GroupChanges changes;
  log::v1::ConsumerProgress& progress = changes.progress;
  Position previous = checkpoint();
  progress.set_checkpoint(previous);
  for (const Position position : settled_) {
    progress.add_settled_distances(position - previous);
    previous = position;
  }
  for (const auto& [position, failed] : remembered_) *progress.add_failed() = failed;
  for (const auto& [position, entry] : entries_) {
    if (entry.failed == 0) continue;
    FailedDelivery& failed = *progress.add_failed();
    failed.set_position(position);
    failed.set_attempts(entry.failed);
    failed.set_not_before_us(absl::ToUnixMicros(entry.not_before));
  }
  progress.set_applied_version(applied_version_);
  progress.set_redelivered_count(redelivered_);
  for (const Position position : parked_changed_) {
    const auto row = parked_.find(position);
    if (row == parked_.end()) {
      changes.unparked.push_back(position);
    } else {
      changes.parked.push_back(row->second);
    }
  }
  parked_changed_.clear();
  changed_ = false;
  taken_checkpoint_ = checkpoint();
  return changes;
}

size_t GroupDelivery::in_flight(ConsumerId consumer) const {
  return consumers_.contains(consumer) ? consumers_.at(consumer).held.size() : 0;
}

const GroupEvent* GroupDelivery::oldest() const {
  return entries_.empty() ? nullptr : &entries_.begin()->second.event;
}

}  // namespace crm::eventstore
