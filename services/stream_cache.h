// StreamCache: folded states of streams at their sequenced heads, bounded, least recently used
// first out. A cached state is extended with the events that came since, so it is never stale;
// snapshots are not stored anywhere.
//
// Thread-safe. States handed out are immutable and shared.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "domain/aggregate.h"
#include "domain/lookup.h"
#include "eventstore/event_log.h"
#include "services/limits.h"

namespace crm::services {

// Which events of a stream count. Everything by default.
struct StreamCut {
  std::optional<Version> version = std::nullopt;              // up to this one
  std::optional<Position> position = std::nullopt;            // up to this one
  std::optional<absl::Time> effective_before = std::nullopt;  // true before this instant
  std::optional<absl::Time> known_at = std::nullopt;          // recorded by this instant

  bool Counts(const log::v1::RecordedEvent& event) const;
};

class StreamCache {
 public:
  // Keeps at most `capacity` streams, and fewer when the events they were folded from hold more
  // than `capacity_bytes`: a state is about as large as what it was made of.
  StreamCache(eventstore::EventLog& log, KeyRing& keys, size_t capacity,
              int64_t capacity_bytes = kCachedStreamBytes)
      : log_(log), keys_(keys), capacity_(capacity), capacity_bytes_(capacity_bytes) {}

  // The state at the sequenced head. A stream that does not exist yields a fresh state with version
  // 0.
  absl::StatusOr<domain::StreamSource::Loaded> Load(const Uuid& organization,
                                                    const StreamId& stream,
                                                    const domain::AggregateType& type);

  // The state of the past that `cut` describes. One that is cut by time is folded from the start;
  // so is one before the cached state, unless the caller knows an `earlier` one to begin with.
  absl::StatusOr<domain::StreamSource::Loaded> LoadAt(
      const Uuid& organization, const StreamId& stream, const domain::AggregateType& type,
      const StreamCut& cut, const domain::StreamSource::Loaded* earlier = nullptr);

  // Whether the stream still ends at this version.
  bool EndsAt(const Uuid& organization, const StreamId& stream, Version version) const;

  // When the newest commit was recorded; InfinitePast when there is none.
  absl::Time LastRecordTime(const Uuid& organization) const;
  // The newest position that is durable; 0 when there is none.
  Position LastPosition(const Uuid& organization) const;

  // Forgets every state of an organization: a person's data must not outlive its key.
  void Forget(const Uuid& organization);

 private:
  using Key = std::pair<Uuid, StreamId>;
  // A state and the bytes of the events it was folded from.
  struct Folded {
    domain::StreamSource::Loaded loaded;
    int64_t bytes = 0;
  };
  struct Entry {
    Folded folded;
    std::list<Key>::iterator place;
  };

  absl::StatusOr<Folded> Extend(const Uuid& organization, const StreamId& stream,
                                const domain::AggregateType& type, Folded base,
                                const StreamCut& cut);
  // Notes how often Forget was called, for Put.
  std::optional<Folded> Find(const Key& key, int64_t& generation);
  void Put(const Key& key, const Folded& folded, int64_t generation);
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  eventstore::EventLog& log_;
  KeyRing& keys_;
  const size_t capacity_;
  const int64_t capacity_bytes_;
  Mutex mutex_;
  absl::flat_hash_map<Key, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;     // of all entries
  std::list<Key> order_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  int64_t generation_ ABSL_GUARDED_BY(mutex_) =
      0;  // counts Forget, so a fold under way is not kept
};

// Streams of one organization as a command or query reads them; counts how far into the log it
// looked. Bookkeeping is true when it is recorded and keeps the instants of the business in what it
// says, so a cut by effective time leaves it whole: its states answer for an instant themselves.
class LogStreams : public domain::StreamSource {
 public:
  // As they are; the instant is that of the newest commit.
  LogStreams(StreamCache& cache, const Uuid& organization)
      : cache_(cache), organization_(organization) {}
  // As they were; `instant` is what the question is about.
  LogStreams(StreamCache& cache, const Uuid& organization, StreamCut cut, absl::Time instant)
      : cache_(cache), organization_(organization), cut_(cut), instant_(instant) {}

  absl::StatusOr<Loaded> Load(const StreamId& stream, const domain::AggregateType& type) override;
  absl::Time instant() const override {
    return instant_.has_value() ? *instant_ : cache_.LastRecordTime(organization_);
  }

  // The highest position any answer rests on; it must be durable before anybody is told.
  Position seen() const { return seen_; }
  // What was known from reading up to `position` is used instead of reading it again.
  void Recall(Position position) { seen_ = std::max(seen_, position); }
  // Every stream that was read, with the version it was at.
  const std::vector<std::pair<StreamId, Version>>& read() const { return read_; }

 private:
  StreamCache& cache_;
  const Uuid organization_;
  const StreamCut cut_;
  const std::optional<absl::Time> instant_;
  Position seen_ = 0;
  std::vector<std::pair<StreamId, Version>> read_;
};

}  // namespace crm::services
