// As-of queries: a view as it stood at a cut of time. The log is folded through the view's own
// Apply in position order into a scratch in memory, counting an event when
//
//   effective_time < effective_before   (what was true then)   and
//   record_time <= known_at             (as far as we had learned).
//
// Scratches are kept, bounded by bytes, the least recently used going first, and are *extended* by
// what the log has gained since. Requests for the same scratch share one fold. A stream is cut to
// a prefix because effective time never decreases in it, and a commit is never split because its
// events share one record time.
//
// Threading: all methods may be called from any thread. Read folds on the calling thread, which may
// take long: services call it on a worker pool.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "projections/view.h"

namespace crm::projections {

struct AsOfCut {
  std::optional<absl::Time> effective_before =
      std::nullopt;                                   // exclusive; absent: all that is effective
  std::optional<absl::Time> known_at = std::nullopt;  // inclusive; absent: all that is recorded

  friend bool operator==(const AsOfCut&, const AsOfCut&) = default;
  template <class H>
  friend H AbslHashValue(H h, const AsOfCut& cut) {
    const auto combine = [&h](const std::optional<absl::Time>& time) {
      h = H::combine(std::move(h), time.has_value(), time.value_or(absl::UnixEpoch()));
    };
    combine(cut.effective_before);
    combine(cut.known_at);
    return h;
  }
};

class AsOfCache {
 public:
  // Reads the rows; `position` is the last one looked at. Nothing may be kept of what it is given.
  using Query = absl::FunctionRef<absl::Status(const ViewReader& rows, Position position)>;

  // Keeps scratches of at most `max_bytes` together. Log and key ring must outlive it.
  AsOfCache(eventstore::EventLog& log, KeyRing& keys, int64_t max_bytes);

  // Folds what is missing up to the durable head, then runs `query` and returns its status. Errors:
  // the log's, and the view's own when it cannot apply an event (naming its position).
  absl::Status Read(const ViewDefinition& view, const Uuid& organization, const AsOfCut& cut,
                    Query query);

  // Drops the organization's scratches: a person was erased, and they may hold what was personal.
  // A fold under way ends with its own query and is not kept.
  void Forget(const Uuid& organization);

  int64_t bytes() const;
  size_t size() const;

 private:
  struct Key {
    Uuid organization;
    std::string view;
    AsOfCut cut;

    friend bool operator==(const Key&, const Key&) = default;
    template <class H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.organization, key.view, key.cut);
    }
  };
  struct Scratch {
    Mutex mutex;  // held while folding and reading
    ViewTransaction rows ABSL_GUARDED_BY(mutex);
    Position folded_to ABSL_GUARDED_BY(mutex) = 0;
    bool complete ABSL_GUARDED_BY(mutex) = false;  // no later event can count
    bool failed ABSL_GUARDED_BY(mutex) = false;    // half an event may be in the rows
  };
  struct Kept {
    std::shared_ptr<Scratch> scratch;
    int64_t bytes = 0;
    std::list<Key>::iterator place;
  };

  std::shared_ptr<Scratch> FindOrMake(const Key& key);
  // Folds what the log holds beyond `folded_to`.
  absl::Status Extend(const ViewDefinition& view, const Key& key, Scratch& scratch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(scratch.mutex);
  // Counts the scratch, unless it was forgotten meanwhile, and drops others to keep the bound.
  void Count(const Key& key, const std::shared_ptr<Scratch>& scratch, int64_t bytes);
  void Discard(const Key& key, const std::shared_ptr<Scratch>& scratch);
  void Erase(const Key& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  eventstore::EventLog& log_;
  KeyRing& keys_;
  const int64_t max_bytes_;

  mutable Mutex mutex_;
  std::list<Key> recent_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  absl::flat_hash_map<Key, Kept> kept_ ABSL_GUARDED_BY(mutex_);
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::projections
