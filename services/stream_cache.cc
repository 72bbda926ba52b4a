#include "services/stream_cache.h"

#include <algorithm>

#include "base/status_macros.h"

namespace crm::services {

using domain::AggregateType;
using domain::StreamHead;
using domain::StreamSource;
using log::v1::RecordedEvent;

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
  const Key key(organization, stream);
  int64_t generation;
  {
    MutexLock lock(mutex_);
    generation = generation_;
  }
  StreamSource::Loaded base = Find(key).value_or(StreamSource::Loaded{{}, type.copy(nullptr)});
  const Version known = base.head.version;
  ASSIGN_OR_RETURN(StreamSource::Loaded loaded,
                   Extend(organization, stream, type, std::move(base), {}));
  if (loaded.head.version > known) {
    MutexLock lock(mutex_);
    if (generation == generation_) Put(key, loaded);
  }
  return loaded;
}

absl::StatusOr<StreamSource::Loaded> StreamCache::LoadAt(const Uuid& organization,
                                                         const StreamId& stream,
                                                         const AggregateType& type,
                                                         const StreamCut& cut) {
  StreamSource::Loaded base{{}, type.copy(nullptr)};
  // A cached state serves as the beginning when all of it counts.
  if (!cut.effective_before.has_value() && !cut.known_at.has_value()) {
    std::optional<StreamSource::Loaded> cached = Find(Key(organization, stream));
    if (cached.has_value() && cached->head.version <= cut.version.value_or(cached->head.version) &&
        cached->head.position <= cut.position.value_or(cached->head.position)) {
      base = *std::move(cached);
    }
  }
  return Extend(organization, stream, type, std::move(base), cut);
}

absl::StatusOr<StreamSource::Loaded> StreamCache::Extend(const Uuid& organization,
                                                         const StreamId& stream,
                                                         const AggregateType& type,
                                                         StreamSource::Loaded base,
                                                         const StreamCut& cut) {
  std::shared_ptr<void> state;  // copied when the first event arrives
  StreamHead head = base.head;
  RETURN_IF_ERROR(log_.ReadStream(organization, stream, head.version + 1,
                                  [&](const RecordedEvent& event) -> absl::Status {
                                    // Within a stream both times only grow: a cut leaves a prefix.
                                    if (!cut.Counts(event)) return absl::OkStatus();
                                    if (state == nullptr) state = type.copy(base.state.get());
                                    return type.evolve(state.get(), head, event, keys_);
                                  }));
  if (state == nullptr) return base;
  return StreamSource::Loaded{head, std::move(state)};
}

std::optional<StreamSource::Loaded> StreamCache::Find(const Key& key) {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.loaded;
}

void StreamCache::Put(const Key& key, const StreamSource::Loaded& loaded) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    if (found->second.loaded.head.version < loaded.head.version) found->second.loaded = loaded;
    return;
  }
  order_.push_front(key);
  entries_.emplace(key, Entry{loaded, order_.begin()});
  if (entries_.size() > capacity_) {
    entries_.erase(order_.back());
    order_.pop_back();
  }
}

absl::Time StreamCache::LastRecordTime(const Uuid& organization) const {
  const absl::StatusOr<eventstore::Head> head = log_.GetHead(organization);
  return head.ok() ? head->record_time : absl::InfinitePast();
}

void StreamCache::Forget(const Uuid& organization) {
  MutexLock lock(mutex_);
  ++generation_;
  for (auto place = order_.begin(); place != order_.end();) {
    if (place->first == organization) {
      entries_.erase(*place);
      place = order_.erase(place);
    } else {
      ++place;
    }
  }
}

absl::StatusOr<StreamSource::Loaded> LogStreams::Load(const StreamId& stream,
                                                      const AggregateType& type) {
  absl::StatusOr<Loaded> loaded = cut_.has_value()
                                      ? cache_.LoadAt(organization_, stream, type, *cut_)
                                      : cache_.Load(organization_, stream, type);
  if (loaded.ok()) seen_ = std::max(seen_, loaded->head.position);
  return loaded;
}

}  // namespace crm::services
