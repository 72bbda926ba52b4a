#include "base/this_thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "absl/synchronization/mutex.h"

namespace crm {

void NameThisThread(absl::string_view name) {
  constexpr size_t kLongest = 15;
  pthread_setname_np(pthread_self(), std::string(name.substr(0, kLongest)).c_str());
}

void SkipDeadlockDetection() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

void LowerThisThread() {
  // On Linux the niceness of a "process" given by a thread's id is the thread's own.
  constexpr int kNice = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

}  // namespace crm
