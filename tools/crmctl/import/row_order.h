// Rows with the same external id take turns in the order of the file, however many workers there
// are: which of them gets in never depends on luck. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "base/mutex.h"

namespace crm::ctl {

class RowOrder {
 public:
  // A row comes; by the one reader, in the order of the file, before any worker has the row.
  void Announce(const std::string& external_id, int64_t line);
  // Waits until the rows with this id on earlier lines are done.
  void Await(const std::string& external_id, int64_t line);
  void Finish(const std::string& external_id, int64_t line);

  // The line whose row took `key` first: `line` itself unless another had it before.
  int64_t Claim(const std::string& key, int64_t line);

 private:
  Mutex mutex_;
  CondVar finished_;
  std::map<std::string, std::deque<int64_t>> waiting_ ABSL_GUARDED_BY(mutex_);  // lines by id
  std::map<std::string, int64_t> claimed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::ctl
