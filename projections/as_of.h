// As-of queries: a view as it stood at a cut of time. The log is folded through the view's own
// Apply in position order into a scratch, counting an event when
//
//   effective_time < effective_before   (what was true then)   and
//   record_time <= known_at             (as far as we had learned).
//
// Scratches are kept, the least recently used going first, and are *extended* by what the log has
// gained since. Those in memory are bounded by bytes; one that outgrows its bound goes on in the
// view store (FoldRows), where some are kept by number: each is no larger than the view itself.
// Requests for the same scratch share one fold. A stream is cut to a prefix because effective time
// never decreases in it. known_at never splits a commit, whose events share one record time;
// effective_before may, where one corrects what was true later.
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
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "projections/fold_rows.h"
#include "projections/view.h"
#include "projections/view_store.h"

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

  struct Options {
    // Memory for decoded rows: of all scratches that are kept, and of each while it is folded.
    int64_t max_bytes = int64_t{64} << 20;
    int64_t max_bytes_each = int64_t{32} << 20;
    // Scratches kept in the view store.
    size_t max_stored = 8;
  };

  // Log, key ring and store must outlive it.
  AsOfCache(eventstore::EventLog& log, KeyRing& keys, ViewStore& store, const Options& options);

  // Folds what is missing up to the durable head, then runs `query` and returns its status. Errors:
  // the log's, and the view's own when it cannot apply an event (naming its position).
  absl::Status Read(const ViewDefinition& view, const Uuid& organization, const AsOfCut& cut,
                    Query query);

  // Drops the organization's scratches, wherever they are: a person was erased, and they may hold
  // what was personal.
  // A fold under way ends with its own query and is not kept.
  void Forget(const Uuid& organization);

  // Of those that are kept: memory, number, and how many of them lie in the view store.
  int64_t bytes() const;
  size_t size() const;
  size_t stored() const;

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
    Scratch(ViewStore& store, const Key& key, int64_t max_bytes)
        : rows(store, key.view, key.organization, max_bytes) {}

    Mutex mutex;  // held while folding and reading
    FoldRows rows ABSL_GUARDED_BY(mutex);
    Position folded_to ABSL_GUARDED_BY(mutex) = 0;
    bool complete ABSL_GUARDED_BY(mutex) = false;  // no later event can count
    bool failed ABSL_GUARDED_BY(mutex) = false;    // half an event may be in the rows
  };
  struct Weight {
    int64_t bytes = 0;
    size_t stored = 0;  // 1 when it lies in the view store
  };
  struct Kept {
    std::shared_ptr<Scratch> scratch;
    Weight weight;
    std::list<Key>::iterator place;
  };
  // Scratches no longer kept, for whoever holds no lock to let go of.
  using Dropped = std::vector<std::shared_ptr<Scratch>>;

  std::shared_ptr<Scratch> FindOrMake(const Key& key);
  // Folds what the log holds beyond `folded_to`.
  absl::Status Extend(const ViewDefinition& view, const Key& key, Scratch& scratch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(scratch.mutex);
  // Weighs the scratch, unless it was forgotten meanwhile, and drops others to keep the bounds.
  void Weigh(const Key& key, const std::shared_ptr<Scratch>& scratch, const Weight& weight);
  void Discard(const Key& key, const std::shared_ptr<Scratch>& scratch);
  void Erase(const Key& key, Dropped& dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  eventstore::EventLog& log_;
  KeyRing& keys_;
  ViewStore& store_;
  const Options options_;

  mutable Mutex mutex_;
  std::list<Key> recent_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  absl::flat_hash_map<Key, Kept> kept_ ABSL_GUARDED_BY(mutex_);
  Weight weight_ ABSL_GUARDED_BY(mutex_);  // of all that are kept
};

}  // namespace crm::projections
