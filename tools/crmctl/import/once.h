// Things done once for many rows: the first row that needs one does it, the others wait for its
// result. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "tools/crmctl/api.h"

namespace crm::ctl {

class OncePerKey {
 public:
  using Answer = absl::StatusOr<std::shared_ptr<const Message>>;

  // Runs `act` unless it ran, or runs, for this key; returns its answer either way.
  Answer Do(const std::string& key, const std::function<Answer()>& act);

 private:
  struct Entry {
    bool done = false;
    Answer answer = absl::UnknownError("not done yet");
  };

  Mutex mutex_;
  CondVar finished_;
  std::map<std::string, std::shared_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::ctl
