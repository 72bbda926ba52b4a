#include "tools/crm_bench/load.h"

#include <algorithm>
#include <cmath>

#include "absl/time/clock.h"
#include "base/mutex.h"

namespace crm::bench {
namespace {

// What the calls of one run came to. Outlives the last of them: Wait returns when none is open.
class Tally {
 public:
  void Begin() {
    MutexLock lock(mutex_);
    ++open_;
  }
  void End() {
    MutexLock lock(mutex_);
    if (--open_ == 0) ended_.NotifyOne();
  }
  // `counts`: it ended in the time that is measured. Failures always count.
  void Note(absl::Time started, absl::Time now, bool ok, bool counts) {
    MutexLock lock(mutex_);
    if (!ok) {
      ++result_.failures;
      return;
    }
    ++result_.answered;
    if (!counts) return;
    ++result_.calls;
    result_.latencies_us.push_back(absl::ToInt64Microseconds(now - started));
  }
  LoadResult Wait(absl::Duration took) {
    MutexLock lock(mutex_);
    while (open_ > 0) ended_.Wait(mutex_);
    std::sort(result_.latencies_us.begin(), result_.latencies_us.end());
    result_.seconds = absl::ToDoubleSeconds(took);
    return std::move(result_);
  }

 private:
  Mutex mutex_;
  CondVar ended_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  LoadResult result_ ABSL_GUARDED_BY(mutex_);
};

class ClosedLoop {
 public:
  ClosedLoop(const LoadOptions& options, const StartCall& start)
      : start_(start), begin_(absl::Now() + options.warm_up), end_(begin_ + options.duration) {}

  LoadResult Run(int in_flight) {
    for (int slot = 0; slot < in_flight; ++slot) tally_.Begin();
    for (int slot = 0; slot < in_flight; ++slot) Next(slot);
    return tally_.Wait(end_ - begin_);
  }

 private:
  void Next(int slot) {
    const absl::Time started = absl::Now();
    if (started >= end_) return tally_.End();
    start_(slot, [this, slot, started](bool ok) {
      const absl::Time now = absl::Now();
      tally_.Note(started, now, ok, now >= begin_ && now < end_);
      Next(slot);
    });
  }

  const StartCall& start_;
  const absl::Time begin_;
  const absl::Time end_;
  Tally tally_;
};

}  // namespace

int64_t Percentile(const std::vector<int64_t>& sorted, double percent) {
  if (sorted.empty()) return 0;
  const auto rank =
      static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(sorted.size())));
  return sorted[std::min(sorted.size(), std::max<size_t>(rank, 1)) - 1];
}

LoadResult RunClosedLoop(const LoadOptions& options, const StartCall& start) {
  return ClosedLoop(options, start).Run(options.in_flight);
}

LoadResult RunOpenLoop(double per_second, absl::Duration duration, const StartCall& start) {
  Tally tally;
  const absl::Time begin = absl::Now();
  const absl::Duration gap = absl::Seconds(1 / per_second);
  for (int number = 0; gap * number < duration; ++number) {
    const absl::Time due = begin + gap * number;
    // Several are due at once when this thread was late; each still counts from its own time.
    if (const absl::Duration early = due - absl::Now(); early > absl::ZeroDuration())
      absl::SleepFor(early);
    tally.Begin();
    start(number, [&tally, due](bool ok) {
      tally.Note(due, absl::Now(), ok, true);
      tally.End();
    });
  }
  return tally.Wait(duration);
}

}  // namespace crm::bench
