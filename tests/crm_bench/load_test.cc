#include "tools/crm_bench/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/mutex.h"
#include "tools/crm_bench/report.h"

namespace crm::bench {
namespace {

TEST(LoadTest, PercentilesAreNearestRanks) {
  const std::vector<int64_t> sorted = {10, 20, 30, 40};
  EXPECT_EQ(Percentile(sorted, 50), 20);
  EXPECT_EQ(Percentile(sorted, 51), 30);
  EXPECT_EQ(Percentile(sorted, 100), 40);
  EXPECT_EQ(Percentile(sorted, 0), 10);
  EXPECT_EQ(Percentile({}, 50), 0);
}

// Ends calls on a thread of its own, one after the other, and counts how many were open at a time.
class Ender {
 public:
  Ender() : thread_([this] { Run(); }) {}
  ~Ender() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
      changed_.NotifyAll();
    }
    thread_.join();
  }
  void Take(std::function<void(bool)> done) {
    MutexLock lock(mutex_);
    open_.push_back(std::move(done));
    most_open_ = std::max(most_open_, open_.size());
    changed_.NotifyAll();
  }
  size_t most_open() {
    MutexLock lock(mutex_);
    return most_open_;
  }

 private:
  void Run() {
    for (bool ok = true;; ok = !ok) {
      std::function<void(bool)> call;
      {
        MutexLock lock(mutex_);
        while (open_.empty() && !closing_) changed_.Wait(mutex_);
        if (open_.empty()) return;
        call = std::move(open_.front());
        open_.pop_front();
      }
      call(ok);
    }
  }

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void(bool)>> open_ ABSL_GUARDED_BY(mutex_);
  size_t most_open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// Mutation: the next call begun only every other time.
TEST(LoadTest, AClosedLoopKeepsItsCallsUnderWay) {
  Ender ender;
  const LoadResult result = RunClosedLoop(
      {.in_flight = 4, .warm_up = absl::ZeroDuration(), .duration = absl::Milliseconds(20)},
      [&](int, std::function<void(bool)> done) { ender.Take(std::move(done)); });
  EXPECT_EQ(ender.most_open(), 4u);
  EXPECT_GT(result.calls, 4) << "it went on after the first four";
  EXPECT_LE(std::abs(result.answered - result.failures), 1) << "every other call failed";
}

// Every call is measured from when it was due. Mutation: measured from when it was started.
TEST(LoadTest, AnOpenLoopCountsWhatAStallDelays) {
  absl::Time stalled_until = absl::InfinitePast();
  const LoadResult result =
      RunOpenLoop(1000, absl::Milliseconds(50), [&](int number, std::function<void(bool)> done) {
        if (number == 0) stalled_until = absl::Now() + absl::Milliseconds(40);
        while (absl::Now() < stalled_until) {
        }
        done(true);
      });
  EXPECT_EQ(result.calls, 50);
  EXPECT_GE(Percentile(result.latencies_us, 50), 10'000)
      << "those that were due during the stall waited too";
}

TEST(ReportTest, TellsRatiosApart) {
  std::ostringstream lines;
  Report report(&lines);
  report.Measured("echo_calls_per_s", 50000);
  report.Ratio("commands_vs_echo", 0.5);
  EXPECT_EQ(report.ToJson().dump(),
            R"({"measured":{"echo_calls_per_s":50000.0},"ratios":{"commands_vs_echo":0.5}})");
  EXPECT_NE(lines.str().find("commands_vs_echo"), std::string::npos);
  EXPECT_EQ(report.ValueOf("commands_vs_echo"), 0.5);
  EXPECT_EQ(report.ValueOf("echo_calls_per_s"), 50000);
  EXPECT_EQ(report.ValueOf("neither"), 0);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2);
}

// Mutation: the slices not sorted together.
TEST(ReportTest, LatenciesAreOfAllSlicesTogether) {
  Report report(nullptr);
  LoadResult slow, fast;
  slow.latencies_us = {500, 600};
  fast.latencies_us = {10, 20};
  report.Latencies("calls", {slow, fast});
  EXPECT_EQ(report.ValueOf("calls_p50_us"), 20);
  EXPECT_EQ(report.ValueOf("calls_p99_us"), 600);
}

}  // namespace
}  // namespace crm::bench
