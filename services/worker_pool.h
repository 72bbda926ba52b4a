// WorkerPool: a fixed number of threads for work that may wait - replays, as-of folds, exports -
// which gRPC's reaction threads must never do.
//
// The queue is bounded: when it is full, work is refused at once with a time to try again, so that
// a burst of long reads neither grows memory nor delays commands. All methods are thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"

namespace crm::services {

class WorkerPool {
 public:
  // `threads` and `queue_size` are at least 1.
  WorkerPool(size_t threads, size_t queue_size);
  // Stops, as Stop().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` on a thread of the pool, in order of submission. RESOURCE_EXHAUSTED SERVER_BUSY
  // when the queue is full, UNAVAILABLE SERVER_STOPPING after Stop(); `work` is then not run.
  absl::Status Submit(std::function<void()> work);

  // Refuses new work, runs everything that was accepted (somebody waits for its answer) and joins
  // the threads. Idempotent. Not to be called from work itself.
  void Stop();

  // Accepted, not begun.
  size_t queued() const;

 private:
  void RunWorker();

  const size_t queue_size_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services
