#include "services/process_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "base/log.h"

namespace crm::services {

int64_t RaiseFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<int64_t>::max();
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
  static_cast<void>(getrlimit(RLIMIT_NOFILE, &limit));
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<int64_t>::max()
                                         : static_cast<int64_t>(limit.rlim_cur);
}

void FitConnections(int64_t open_files, Limits& limits) {
  const int64_t room = std::max({open_files - kReservedFiles, open_files / 2, int64_t{1}});
  if (room >= limits.max_connections) return;
  log::Warning("fewer connections than configured: this process may open too few files",
               {{"open_files", open_files},
                {"configured", limits.max_connections},
                {"max_connections", room}});
  limits.max_connections = static_cast<int32_t>(room);
}

}  // namespace crm::services
