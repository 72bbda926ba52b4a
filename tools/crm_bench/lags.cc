#include "tools/crm_bench/lags.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace crm::bench {

void Lags::Answered(int64_t position) {
  const absl::Time now = absl::Now();
  MutexLock lock(mutex_);
  if (position > reached_) {
    waiting_.emplace(position, now);
  } else {
    lags_us_.push_back(0);
  }
}

void Lags::Reached(int64_t position) {
  const absl::Time now = absl::Now();
  MutexLock lock(mutex_);
  reached_ = std::max(reached_, position);
  const auto end = waiting_.upper_bound(position);
  for (auto it = waiting_.begin(); it != end; ++it)
    lags_us_.push_back(absl::ToInt64Microseconds(now - it->second));
  waiting_.erase(waiting_.begin(), end);
}

bool Lags::empty() {
  MutexLock lock(mutex_);
  return waiting_.empty();
}

std::vector<int64_t> Lags::Sorted() {
  MutexLock lock(mutex_);
  std::sort(lags_us_.begin(), lags_us_.end());
  return lags_us_;
}

}  // namespace crm::bench
