#include "services/signals.h"

#include <signal.h>
#include <unistd.h>

#include "base/mutex.h"
#include "gtest/gtest.h"

namespace crm::services {
namespace {

// In a process of its own: the test runner's threads have another signal mask.
TEST(StopSignalsDeathTest, EachSignalCallsOnAnOrdinaryThreadEarlyOnesToo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StopSignals signals;
        kill(getpid(), SIGTERM);  // before anybody listens
        Mutex mutex;
        CondVar changed;
        int calls = 0;
        signals.OnStop([&] {
          MutexLock lock(mutex);
          ++calls;
          changed.NotifyAll();
        });
        const auto await = [&](int wanted) {
          MutexLock lock(mutex);
          while (calls < wanted) changed.Wait(mutex);
        };
        await(1);
        kill(getpid(), SIGINT);
        await(2);
        signals.OnStop(nullptr);
        raise(SIGPIPE);  // ignored
        _exit(calls == 2 ? 7 : 1);
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace crm::services
