#include "services/worker_pool.h"

#include <atomic>
#include <memory>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

// A door that work waits at.
class Gate {
 public:
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Pass() {
    MutexLock lock(mutex_);
    ++waiting_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
  }
  void AwaitVisitor() {
    MutexLock lock(mutex_);
    while (waiting_ == 0) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST(WorkerPoolTest, RefusesWithATimeToRetryWhenTheQueueIsFull) {
  Gate gate;
  WorkerPool pool(1, 2);
  ASSERT_THAT(pool.Submit([&] { gate.Pass(); }), IsOk());
  gate.AwaitVisitor();  // the only thread is taken
  EXPECT_THAT(pool.Submit([] {}), IsOk());
  EXPECT_THAT(pool.Submit([] {}), IsOk());
  EXPECT_EQ(pool.queued(), 2u);
  const absl::Status refused = pool.Submit([] { FAIL() << "refused work ran"; });
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(refused, HasReason("SERVER_BUSY"));
  EXPECT_EQ(ReasonMetadataValue(refused, "retry_delay_ms"), "1000");
  gate.Open();
}

TEST(WorkerPoolTest, StopRunsEverythingThatWasAcceptedAndNothingAfter) {
  Gate gate;
  std::atomic<int> ran = 0;
  WorkerPool pool(2, 100);
  for (int i = 0; i < 50; ++i)
    ASSERT_THAT(pool.Submit([&] {
      if (ran.load() == 0) gate.Pass();
      ++ran;
    }),
                IsOk());
  gate.Open();
  pool.Stop();
  EXPECT_EQ(ran.load(), 50);
  EXPECT_THAT(pool.Submit([&] { ++ran; }), HasReason("SERVER_STOPPING"));
  EXPECT_EQ(ran.load(), 50);
  pool.Stop();
}

TEST(WorkerPoolTest, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    WorkerPool pool(1, 10);
    for (int i = 0; i < 10; ++i)
      ASSERT_THAT(pool.Submit([&order, i] { order.push_back(i); }), IsOk());
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

}  // namespace
}  // namespace crm::services
