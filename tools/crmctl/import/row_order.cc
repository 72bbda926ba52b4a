#include "tools/crmctl/import/row_order.h"

namespace crm::ctl {

void RowOrder::Announce(const std::string& external_id, int64_t line) {
  MutexLock lock(mutex_);
  waiting_[external_id].push_back(line);
}

void RowOrder::Await(const std::string& external_id, int64_t line) {
  MutexLock lock(mutex_);
  while (true) {
    const auto found = waiting_.find(external_id);
    if (found == waiting_.end() || found->second.front() == line) return;
    finished_.Wait(mutex_);
  }
}

void RowOrder::Finish(const std::string& external_id, int64_t line) {
  MutexLock lock(mutex_);
  const auto found = waiting_.find(external_id);
  // A row whose id could not be told when it came was never announced.
  if (found == waiting_.end() || found->second.front() != line) return;
  found->second.pop_front();
  if (found->second.empty()) {
    waiting_.erase(found);
  } else {
    finished_.NotifyAll();
  }
}

int64_t RowOrder::Claim(const std::string& key, int64_t line) {
  MutexLock lock(mutex_);
  return claimed_.emplace(key, line).first->second;
}

}  // namespace crm::ctl
