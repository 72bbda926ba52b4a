// SubscriptionHub: wakes those who wait for more events. However many wait, the log has one
// listener.
//
// Threading: every method may be called from any thread. Wakes run on the log's writer thread, or
// on the calling thread when there is nothing to wait for; they must be short.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"

namespace crm::eventstore {

class SubscriptionHub {
 public:
  using Wake = absl::AnyInvocable<void() &&>;

  // `log` must outlive the hub.
  explicit SubscriptionHub(EventLog& log);
  // Forgets who still waits.
  ~SubscriptionHub();
  SubscriptionHub(const SubscriptionHub&) = delete;
  SubscriptionHub& operator=(const SubscriptionHub&) = delete;

  EventLog& log() { return log_; }

  // A handle for one WakeAt; known before the wake can run, which may be before WakeAt returns.
  int64_t NewHandle();

  // Runs `wake` once, as soon as `position` of the organization is durable (at once when it is). An
  // organization that does not exist yet may be waited for.
  void WakeAt(int64_t handle, const Uuid& organization, Position position, Wake wake);

  // When this returns, the wake has run or never will. Called from inside the wake itself it
  // returns at once. Unknown handles are ignored.
  void Cancel(int64_t handle);

 private:
  struct Waiter {
    Uuid organization;
    Position position = 0;
    Wake wake;
  };

  void OnDurable(const Uuid& organization, Position durable);
  // Takes the waiter out of the tables and marks it as running.
  Wake Take(int64_t handle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Run(int64_t handle, Wake wake);

  EventLog& log_;
  int64_t listener_ = 0;
  std::atomic<int64_t> next_handle_{1};

  Mutex mutex_;
  CondVar finished_;
  absl::flat_hash_map<int64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Uuid, std::multimap<Position, int64_t>> by_organization_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, std::thread::id> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
