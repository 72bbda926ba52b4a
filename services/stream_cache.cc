#include "services/stream_cache.h"

#include "base/status_macros.h"

namespace crm::services {

using domain::AggregateType;
using domain::StreamHead;
using domain::StreamSource;
using log::v1::RecordedEvent;

namespace {

// A long history does not make a large state: later events replace what earlier ones said. Without
// this bound one busy stream would push out all others.
constexpr int64_t kLargestState = int64_t{1} << 20;

}  // namespace

bool StreamCut::Counts(const RecordedEvent& event) const {
  if (version.has_value() && event.version() > *version) return false;
  if (position.has_value() && event.position() > *position) return false;
  if (known_at.has_value() && event.record_time_us() > absl::ToUnixMicros(*known_at)) return false;
  return !effective_before.has_value() ||
         event.effective_time_us() < absl::ToUnixMicros(*effective_before);
}

absl::StatusOr<StreamSource::Loaded> StreamCache::Load(const Uuid& organization,
                                                       const StreamId& stream,
                                                       const AggregateType& type) {
  return LoadAt(organization, stream, type, {});
}

absl::StatusOr<StreamSource::Loaded> StreamCache::LoadAt(const Uuid& organization,
                                                         const StreamId& stream,
                                                         const AggregateType& type,
                                                         const StreamCut& cut,
                                                         const StreamSource::Loaded* earlier) {
  const Key key(organization, stream);
  const bool in_time = cut.effective_before.has_value() || cut.known_at.has_value();
  int64_t generation = 0;
  std::optional<Folded> cached = Find(key, generation);
  // A state serves as the beginning when all of it counts; a caller's own only while the stream is
  // cached, for what was forgotten with a person must not come back.
  const auto begins = [&](const StreamHead& head) {
    return !in_time && head.version <= cut.version.value_or(head.version) &&
           head.position <= cut.position.value_or(head.position);
  };
  Folded base;
  if (cached.has_value() && begins(cached->loaded.head)) {
    base = *cached;
  } else if (cached.has_value() && earlier != nullptr && earlier->state != nullptr &&
             begins(earlier->head)) {
    base.loaded = *earlier;
  } else {
    base.loaded.state = type.copy(nullptr);
    if (type.stateless && !in_time && !cut.position.has_value()) {
      ASSIGN_OR_RETURN(const Version reached, log_.GetVersion(organization, stream));
      const Version last = std::min(reached, cut.version.value_or(reached));
      base.loaded.head.version = std::max<Version>(last - 1, 0);  // what came before says nothing
    }
  }
  ASSIGN_OR_RETURN(Folded folded, Extend(organization, stream, type, std::move(base), cut));
  const bool news =
      folded.loaded.head.version > (cached.has_value() ? cached->loaded.head.version : 0);
  if (news && !in_time) Put(key, folded, generation);
  return std::move(folded.loaded);
}

absl::StatusOr<StreamCache::Folded> StreamCache::Extend(const Uuid& organization,
                                                        const StreamId& stream,
                                                        const AggregateType& type, Folded base,
                                                        const StreamCut& cut) {
  std::shared_ptr<void> state;  // copied when the first event arrives
  StreamHead head = base.loaded.head;
  int64_t bytes = base.bytes;
  bool cut_off = false;
  const absl::Status read = log_.ReadStream(
      organization, stream, head.version + 1, [&](const RecordedEvent& event) -> absl::Status {
        // Within a stream both times only grow: a cut leaves a prefix.
        cut_off = !cut.Counts(event);
        if (cut_off) return absl::CancelledError("what follows does not count");
        if (state == nullptr) state = type.copy(base.loaded.state.get());
        bytes += static_cast<int64_t>(event.data().size() + event.sealed().size());
        return type.evolve(state.get(), head, event, keys_);
      });
  if (!cut_off) RETURN_IF_ERROR(read);
  if (state == nullptr) return base;
  return Folded{{head, std::move(state)}, std::min(bytes, kLargestState)};
}

std::optional<StreamCache::Folded> StreamCache::Find(const Key& key, int64_t& generation) {
  MutexLock lock(mutex_);
  generation = generation_;
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.folded;
}

void StreamCache::Put(const Key& key, const Folded& folded, int64_t generation) {
  MutexLock lock(mutex_);
  if (generation != generation_) return;
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    order_.push_front(key);
    entries_.emplace(key, Entry{folded, order_.begin()});
    bytes_ += folded.bytes;
  } else if (found->second.folded.loaded.head.version < folded.loaded.head.version) {
    bytes_ += folded.bytes - found->second.folded.bytes;
    found->second.folded = folded;
  }
  MakeRoom();
}

void StreamCache::MakeRoom() {
  while (!order_.empty() && (entries_.size() > capacity_ || bytes_ > capacity_bytes_)) {
    const auto oldest = entries_.find(order_.back());
    bytes_ -= oldest->second.folded.bytes;
    entries_.erase(oldest);
    order_.pop_back();
  }
}

bool StreamCache::EndsAt(const Uuid& organization, const StreamId& stream, Version version) const {
  return log_
      .ReadStream(organization, stream, version + 1,
                  [](const RecordedEvent&) { return absl::CancelledError("it goes on"); })
      .ok();
}

absl::Time StreamCache::LastRecordTime(const Uuid& organization) const {
  const absl::StatusOr<eventstore::Head> head = log_.GetHead(organization);
  return head.ok() ? head->record_time : absl::InfinitePast();
}

Position StreamCache::LastPosition(const Uuid& organization) const {
  const absl::StatusOr<eventstore::Head> head = log_.GetHead(organization);
  return head.ok() ? head->durable : 0;
}

void StreamCache::Forget(const Uuid& organization) {
  MutexLock lock(mutex_);
  ++generation_;
  for (auto place = order_.begin(); place != order_.end();) {
    if (place->first == organization) {
      const auto entry = entries_.find(*place);
      bytes_ -= entry->second.folded.bytes;
      entries_.erase(entry);
      place = order_.erase(place);
    } else {
      ++place;
    }
  }
}

absl::StatusOr<StreamSource::Loaded> LogStreams::Load(const StreamId& stream,
                                                      const AggregateType& type) {
  StreamCut cut = cut_;
  if (type.bookkeeping) cut.effective_before.reset();
  absl::StatusOr<Loaded> loaded = cache_.LoadAt(organization_, stream, type, cut);
  if (loaded.ok()) {
    Recall(loaded->head.position);
    read_.emplace_back(stream, loaded->head.version);
  }
  return loaded;
}

}  // namespace crm::services
