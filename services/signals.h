// StopSignals: turns SIGTERM and SIGINT into calls of a function on an ordinary thread, where
// mutexes and gRPC may be used (in a signal handler nothing may). Ignores SIGPIPE: a client that
// went away is not our end.
//
// Construct it in main before any other thread exists, so that all threads inherit the mask and
// only this one's thread gets the signals.
#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace crm::services {

class StopSignals {
 public:
  StopSignals();
  // Signals are ignored from here on.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Calls `stop` for each signal from now on, and at once for each that came before. Null: nobody;
  // once this returns, what was set before runs no more.
  void OnStop(std::function<void()> stop);

 private:
  void Listen();

  Mutex mutex_;
  std::function<void()> stop_ ABSL_GUARDED_BY(mutex_);
  int pending_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::services
