#include "services/signals.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

#include "base/log.h"
#include "base/this_thread.h"

namespace crm::services {
namespace {

sigset_t StopSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = StopSet();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { Listen(); });
}

StopSignals::~StopSignals() {
  {
    MutexLock lock(mutex_);
    ending_ = true;
  }
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes sigwait
  thread_.join();
}

void StopSignals::OnStop(std::function<void()> stop) {
  MutexLock lock(mutex_);
  stop_ = std::move(stop);
  for (; stop_ != nullptr && pending_ > 0; --pending_) stop_();
}

void StopSignals::Listen() {
  NameThisThread("signals");
  const sigset_t set = StopSet();
  for (;;) {
    int number = 0;
    if (sigwait(&set, &number) != 0) continue;
    MutexLock lock(mutex_);
    if (ending_) return;
    log::Info("signal received", {{"signal", number == SIGTERM ? "SIGTERM" : "SIGINT"}});
    if (stop_ != nullptr)
      stop_();
    else
      ++pending_;
  }
}

}  // namespace crm::services
