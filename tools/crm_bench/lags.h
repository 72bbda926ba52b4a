// Lags: how long after it was answered a command's position was reached by something that follows
// the log.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "base/mutex.h"

namespace crm::bench {

class Lags {
 public:
  // A command was answered now.
  void Answered(int64_t position);
  // Everything up to `position` was reached now. What is answered later counts as no lag.
  void Reached(int64_t position);

  // No answered position is still to be reached.
  bool empty();
  // In microseconds.
  std::vector<int64_t> Sorted();

 private:
  Mutex mutex_;
  int64_t reached_ ABSL_GUARDED_BY(mutex_) = 0;
  std::multimap<int64_t, absl::Time> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> lags_us_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::bench
