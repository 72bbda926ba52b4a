#include "services/drain_signal.h"

#include <thread>

#include "gtest/gtest.h"

namespace crm::services {
namespace {

TEST(DrainSignalTest, EverybodyIsToldOnce) {
  DrainSignal drain;
  int told = 0;
  const int64_t gone = drain.Subscribe([&told] { told += 100; });
  drain.Subscribe([&told] { ++told; });
  drain.Unsubscribe(gone);
  EXPECT_EQ(told, 0);
  drain.Raise();
  drain.Raise();
  EXPECT_EQ(told, 1);
  // Whoever comes late, at once.
  EXPECT_NE(drain.Subscribe([&told] { ++told; }), 0);
  EXPECT_EQ(told, 2);
}

TEST(DrainSignalTest, WaitsForAllThatSubscribedAlsoLate) {
  DrainSignal drain;
  drain.AwaitGone(absl::InfiniteDuration());  // nobody is there
  const int64_t early = drain.Subscribe([] {});
  drain.Raise();
  const int64_t late = drain.Subscribe([] {});
  bool gone = false;
  std::thread streams([&] {
    drain.Unsubscribe(early);
    drain.Unsubscribe(0);
    gone = true;
    drain.Unsubscribe(late);
  });
  drain.AwaitGone(absl::Hours(1));
  EXPECT_TRUE(gone);
  streams.join();
}

TEST(DrainSignalTest, WaitsNoLongerThanItMay) {
  DrainSignal drain;
  drain.Subscribe([] {});
  drain.Raise();
  drain.AwaitGone(absl::Milliseconds(1));
}

}  // namespace
}  // namespace crm::services
