// DrainSignal: tells long-lived streams (watch, event subscriptions) that the server is stopping,
// so that they end themselves with UNAVAILABLE and their last position instead of being cut off.
//
// Raised once and for ever. All methods are thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace crm::services {

class DrainSignal {
 public:
  // Runs `tell` once the signal is raised, on the raising thread; at once when it has been. `tell`
  // must be short, and since it may still run while Unsubscribe returns, it must share ownership of
  // what it touches. Returns a handle for Unsubscribe.
  int64_t Subscribe(std::function<void()> tell) {
    {
      MutexLock lock(mutex_);
      if (!raised_) {
        listeners_.emplace(++last_handle_, std::move(tell));
        return last_handle_;
      }
    }
    tell();
    return 0;
  }

  // For a stream that ended by itself.
  void Unsubscribe(int64_t handle) {
    MutexLock lock(mutex_);
    listeners_.erase(handle);
  }

  // Idempotent.
  void Raise() {
    std::map<int64_t, std::function<void()>> listeners;
    {
      MutexLock lock(mutex_);
      raised_ = true;
      listeners.swap(listeners_);
    }
    for (const auto& [handle, tell] : listeners) tell();
  }

  bool raised() const {
    MutexLock lock(mutex_);
    return raised_;
  }

 private:
  mutable Mutex mutex_;
  bool raised_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t last_handle_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, std::function<void()>> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services
