#include "services/stream_cache.h"

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
  return LoadAt(organization, stream, type, {});
}

absl::StatusOr<StreamSource::Loaded> StreamCache::LoadAt(const Uuid& organization,
                                                         const StreamId& stream,
                                                         const AggregateType& type,
                                                         const StreamCut& cut) {
  const Key key(organization, stream);
  const bool in_time = cut.effective_before.has_value() || cut.known_at.has_value();
  int64_t generation = 0;
  std::optional<StreamSource::Loaded> cached = Find(key, generation);
  // A cached state serves as the beginning when all of it counts.
  const bool begins = cached.has_value() && !in_time &&
                      cached->head.version <= cut.version.value_or(cached->head.version) &&
                      cached->head.position <= cut.position.value_or(cached->head.position);
  StreamSource::Loaded base = begins ? *cached : StreamSource::Loaded{{}, type.copy(nullptr)};
  ASSIGN_OR_RETURN(StreamSource::Loaded loaded,
                   Extend(organization, stream, type, std::move(base), cut));
  const bool news = loaded.head.version > (cached.has_value() ? cached->head.version : 0);
  if (news && !in_time) Put(key, loaded, generation);
  return loaded;
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

std::optional<StreamSource::Loaded> StreamCache::Find(const Key& key, int64_t& generation) {
  MutexLock lock(mutex_);
  generation = generation_;
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.loaded;
}

void StreamCache::Put(const Key& key, const StreamSource::Loaded& loaded, int64_t generation) {
  MutexLock lock(mutex_);
  if (generation != generation_) return;
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
  if (loaded.ok()) {
    Recall(loaded->head.position);
    read_.emplace_back(stream, loaded->head.version);
  }
  return loaded;
}

}  // namespace crm::services
