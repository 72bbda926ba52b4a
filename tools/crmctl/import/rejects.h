// Rows that did not get in, and why, as a CSV file: what to mend before the import runs again.
// Thread-safe.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"

namespace crm::ctl {

struct Reject {
  int64_t line = 0;
  std::string external_id;
  std::string command;  // id of the command; empty: the row itself is broken
  std::string reason;   // UPPER_SNAKE_CASE
  std::string message;
};

class Rejects {
 public:
  // Without a file the first few are kept for the summary.
  absl::Status Open(const std::string& file);
  void Add(const Reject& reject);
  absl::Status Close();

  int64_t count() const;
  // The few that came first, by line.
  std::vector<Reject> first() const;

 private:
  mutable Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
  int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Reject> first_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::ctl
