// DrainSignal: tells long-lived streams (watch, event subscriptions) that the server is stopping,
// so that they end themselves with UNAVAILABLE and their last position instead of being cut off;
// and knows when they have.
//
// Raised once and for ever. All methods are thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace crm::services {

class DrainSignal {
 public:
  // Runs `tell` once the signal is raised, on the raising thread; at once when it has been. `tell`
  // must be short, and since it may still run while Unsubscribe returns, it must share ownership of
  // what it touches. Returns a handle for Unsubscribe, never 0.
  int64_t Subscribe(std::function<void()> tell) {
    int64_t handle = 0;
    {
      MutexLock lock(mutex_);
      handle = ++last_handle_;
      if (!raised_) {
        listeners_.emplace(handle, std::move(tell));
        return handle;
      }
      listeners_.emplace(handle, nullptr);
    }
    tell();
    return handle;
  }

  // For a stream that is over: what it had to say has been handed to the operating system. A handle
  // of 0 is nobody's.
  void Unsubscribe(int64_t handle) {
    MutexLock lock(mutex_);
    listeners_.erase(handle);
    if (listeners_.empty()) gone_.NotifyAll();
  }

  // Idempotent.
  void Raise() {
    std::vector<std::function<void()>> tells;
    {
      MutexLock lock(mutex_);
      raised_ = true;
      for (auto& [handle, tell] : listeners_) {
        if (tell != nullptr) tells.push_back(std::exchange(tell, nullptr));
      }
    }
    for (const auto& tell : tells) tell();
  }

  // Blocks until all who subscribed have unsubscribed, or `patience` is over.
  void AwaitGone(absl::Duration patience) {
    MutexLock lock(mutex_);
    while (!listeners_.empty() && gone_.WaitFor(mutex_, absl::ToChronoMicroseconds(patience))) {
    }
  }

  bool raised() const {
    MutexLock lock(mutex_);
    return raised_;
  }

 private:
  mutable Mutex mutex_;
  CondVar gone_;
  bool raised_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t last_handle_ ABSL_GUARDED_BY(mutex_) = 0;
  // Those who have been told have no function any more.
  std::map<int64_t, std::function<void()>> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services
