// AppliedGate: who waits for which view to reach which position. The query gate of the services
// uses it for read-your-writes; no thread is held while waiting.
//
// Threading: every method may be called from any thread. Callbacks run on the calling thread, the
// projection's or the gate's own timer thread, never under a lock; they must be short.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/stream.h"

namespace crm::projections {

class AppliedGate {
 public:
  using Callback = absl::AnyInvocable<void(absl::Status) &&>;

  explicit AppliedGate(const Clock& clock);
  // Answers everyone who still waits with UNAVAILABLE.
  ~AppliedGate();
  AppliedGate(const AppliedGate&) = delete;
  AppliedGate& operator=(const AppliedGate&) = delete;

  // Calls back once: OK when `view` serves rows of at least `position` (0: serves at all);
  // UNAVAILABLE with reason VIEW_LAGGING and metadata `position` at the deadline; UNAVAILABLE with
  // reason VIEW_STOPPED at once when the view has stopped, whatever rows it has: they fall behind.
  // Returns whether it has to wait.
  bool WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                   absl::Time deadline, Callback callback);

  // The view serves `position` now; it may also be lower than before (after a loss of the log).
  void Advance(absl::string_view view, const Uuid& organization, Position position);
  // The view does not move until Advance is called again.
  void Stop(absl::string_view view, const Uuid& organization);
  // Calls back those whose deadline has passed: for tests that own the clock.
  void ExpireNow();

 private:
  using Key = std::pair<std::string, Uuid>;
  struct Waiter {
    Position position = 0;
    absl::Time deadline;
    Callback callback;
  };
  struct Place {
    bool serving = false;
    bool stopped = false;
    Position position = 0;
    std::multimap<Position, int64_t> waiters;
  };
  struct Waiting {
    Key key;
    Waiter waiter;
  };

  // Takes the waiter out of every table.
  Callback Take(int64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunTimer();

  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  absl::flat_hash_map<Key, Place> places_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::multimap<absl::Time, int64_t> deadlines_ ABSL_GUARDED_BY(mutex_);
  std::thread timer_;
};

}  // namespace crm::projections
