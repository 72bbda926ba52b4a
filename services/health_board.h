// HealthBoard: what health checks are told about the inside of the server.
//
//   "crm.ready"        calls are welcome; a view that has stopped does not change that, the others
//                      go on
//   "crm.view.{view}"  NOT_SERVING while that view is stopped for some organization
//
// Thread-safe. It outlives the listeners it tells, and tells nobody between Detach and Attach.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/mutex.h"
#include "base/uuid.h"

namespace crm::services {

// The health name that says whether calls are welcome.
inline constexpr char kReadyName[] = "crm.ready";
// The health name of a view.
std::string HealthNameOf(const std::string& view);

class HealthBoard {
 public:
  using Tell = std::function<void(const std::string& name, bool serving)>;

  explicit HealthBoard(const std::vector<std::string>& views);

  // Tells how everything is now, and each change from now on, one at a time.
  void Attach(Tell tell);
  // Once this returns, nobody is told any more.
  void Detach();

  void SetReady();
  void SetStopped(const std::string& view, const Uuid& organization, bool stopped);

 private:
  Mutex mutex_;
  Tell tell_ ABSL_GUARDED_BY(mutex_);
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, absl::flat_hash_set<Uuid>> stopped_ ABSL_GUARDED_BY(mutex_);  // by view
};

}  // namespace crm::services
