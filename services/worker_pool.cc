#include "services/worker_pool.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/reason.h"
#include "base/this_thread.h"
#include "services/limits.h"

namespace crm::services {

WorkerPool::WorkerPool(size_t threads, size_t queue_size)
    : queue_size_(std::max<size_t>(queue_size, 1)) {
  MutexLock lock(mutex_);
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    threads_.emplace_back([this] { RunWorker(); });
}

WorkerPool::~WorkerPool() { Stop(); }

absl::Status WorkerPool::Submit(std::function<void()> work) {
  MutexLock lock(mutex_);
  if (stopping_)
    return WithReason(absl::StatusCode::kUnavailable, "SERVER_STOPPING", "the server is stopping",
                      {{"retry_delay_ms", kRetryDelayMs}});
  if (queue_.size() >= queue_size_)
    return WithReason(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                      "too many long reads are waiting", {{"retry_delay_ms", kRetryDelayMs}});
  queue_.push_back(std::move(work));
  changed_.NotifyOne();
  return absl::OkStatus();
}

void WorkerPool::Stop() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads) thread.join();
}

size_t WorkerPool::queued() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

void WorkerPool::RunWorker() {
  NameThisThread("worker");
  for (;;) {
    std::function<void()> work;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace crm::services
