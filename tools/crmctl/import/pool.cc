#include "tools/crmctl/import/pool.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

namespace crm::ctl {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);

class RowQueue {
 public:
  explicit RowQueue(size_t capacity) : capacity_(capacity) {}

  // False when there is no room yet.
  bool TryPut(CsvRecord& record) {
    MutexLock lock(mutex_);
    if (rows_.size() >= capacity_) room_.WaitFor(mutex_, kTick);
    if (rows_.size() >= capacity_) return false;
    rows_.push_back(std::move(record));
    filled_.NotifyOne();
    return true;
  }

  // Waits for a row; false when none will come.
  bool Take(CsvRecord& record) {
    MutexLock lock(mutex_);
    while (rows_.empty() && !closed_) filled_.Wait(mutex_);
    if (rows_.empty() || !failure_.ok()) return false;
    record = std::move(rows_.front());
    rows_.pop_front();
    room_.NotifyOne();
    return true;
  }

  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
    filled_.NotifyAll();
  }

  // The first failure counts; waiting rows are given up.
  void Fail(const absl::Status& status) {
    MutexLock lock(mutex_);
    if (failure_.ok()) failure_ = status;
    closed_ = true;
    filled_.NotifyAll();
    room_.NotifyAll();
  }

  void WorkerDone() {
    MutexLock lock(mutex_);
    ++done_;
    room_.NotifyAll();
  }

  // Waits a moment; true when all workers are done.
  bool AllDone(int workers) {
    MutexLock lock(mutex_);
    if (done_ < workers) room_.WaitFor(mutex_, kTick);
    return done_ >= workers;
  }

  absl::Status failure() {
    MutexLock lock(mutex_);
    return failure_;
  }

 private:
  const size_t capacity_;
  Mutex mutex_;
  CondVar filled_;
  CondVar room_;
  std::deque<CsvRecord> rows_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int done_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status RunRows(CsvReader& reader, RowRunner& runner, int jobs,
                     const std::function<bool()>& interrupted, const std::function<void()>& tick) {
  RowQueue queue(static_cast<size_t>(jobs));
  std::vector<std::thread> workers;
  for (int i = 0; i < jobs; ++i) {
    workers.emplace_back([&queue, &runner] {
      CsvRecord record;
      while (queue.Take(record)) {
        if (const absl::Status status = runner.Run(record); !status.ok()) queue.Fail(status);
      }
      queue.WorkerDone();
    });
  }
  CsvRecord record;
  while (queue.failure().ok() && reader.Next(record)) {
    runner.Announce(record);
    while (queue.failure().ok() && !queue.TryPut(record)) tick();
    if (interrupted()) queue.Fail(absl::CancelledError("interrupted"));
    tick();
  }
  queue.Close();
  while (!queue.AllDone(jobs)) tick();
  for (std::thread& worker : workers) worker.join();
  return queue.failure();
}

}  // namespace crm::ctl
