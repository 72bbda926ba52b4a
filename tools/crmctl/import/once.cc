#include "tools/crmctl/import/once.h"

namespace crm::ctl {

OncePerKey::Answer OncePerKey::Do(const std::string& key, const std::function<Answer()>& act) {
  std::shared_ptr<Entry> entry;
  {
    MutexLock lock(mutex_);
    std::shared_ptr<Entry>& known = entries_[key];
    if (known != nullptr) {
      entry = known;
      while (!entry->done) finished_.Wait(mutex_);
      return entry->answer;
    }
    entry = known = std::make_shared<Entry>();
  }
  Answer answer = act();
  MutexLock lock(mutex_);
  entry->answer = answer;
  entry->done = true;
  finished_.NotifyAll();
  return answer;
}

}  // namespace crm::ctl
