// Many threads on one log, and a check that its contract explains what they saw. Longer:
// CRM_HISTORIES=200.
#include "tests/eventstore/log_history.h"

#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "tests/eventstore/contract.h"
#include "tests/support/seed.h"

namespace crm::eventstore {
namespace {

using ::crm::testing::Between;
using ::crm::testing::OneIn;
using ::testing::HasSubstr;

constexpr int kThreads = 6;
constexpr int kSteps = 60;
constexpr int kStreams = 4;
constexpr int kRequests = 40;
constexpr ReadLimits kEverything{.max_events = int64_t{1} << 40, .max_bytes = int64_t{1} << 40};

// One of those who work at once.
class Worker {
 public:
  Worker(History& history, int number, uint64_t seed)
      : history_(history), number_(number), random_(seed) {}

  void Run() {
    for (int step = 0; step < kSteps; ++step) {
      if (OneIn(random_, 5)) {
        Read();
      } else {
        Append(step);
      }
    }
  }

 private:
  StreamId AnyStream() { return TestStream(absl::StrCat(Between(random_, 1, kStreams))); }

  void Read() {
    if (OneIn(random_, 2)) {
      history_.ReadStream(AnyStream(), Between(random_, 1, 10));
    } else {
      const bool page = OneIn(random_, 2);
      history_.ReadLog(Between(random_, 1, 50), page ? ReadLimits{.max_events = 7} : kEverything);
    }
  }

  // Appends on top of what the streams are seen to be at, or now and then of something else.
  void Append(int step) {
    Commit commit = TestCommit({});
    std::map<StreamId, Version> seen;
    for (int64_t i = Between(random_, 1, 3); i > 0; --i) {
      const StreamId stream = AnyStream();
      const auto events = history_.ReadStream(stream, 1);
      seen[stream] = static_cast<Version>(events.size()) + (OneIn(random_, 12) ? 1 : 0);
    }
    int events = 0;
    for (const auto& [stream, version] : seen) {
      const int64_t draw = Between(random_, 1, 10);
      if (draw == 1) {
        commit.unchanged.push_back({stream, version});
        continue;
      }
      StreamAppend append{stream, version, {}, false};
      for (int64_t i = draw == 2 ? 0 : Between(random_, 1, 3); i > 0; --i) {
        append.events.push_back(
            {"crm.test.Happened", absl::StrCat(number_, ".", step, ".", events++), Uuid{}, ""});
      }
      commit.streams.push_back(std::move(append));
    }
    if (OneIn(random_, 2)) {
      // Few enough that several ask for the same, alike or not.
      commit.request = TestRequest(absl::StrCat(Between(random_, 1, kRequests)),
                                   OneIn(random_, 6) ? "another input" : "input");
    }
    history_.Append(std::move(commit), OneIn(random_, 5));
  }

  History& history_;
  const int number_;
  std::mt19937_64 random_;
};

void Work(History& history, std::mt19937_64& random) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&history, i, seed = random()] { Worker(history, i, seed).Run(); });
  }
  for (std::thread& thread : threads) thread.join();
}

class LogHistoryTest : public ::testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, LogHistoryTest,
                         ::testing::Values(Engine::kMemory, Engine::kRocksDb), EngineName);

// Mutations seen to fail: SequencedLog::Sequence without CheckExpectations; JoinKnownRequest that
// looks only into storage, not at what is in flight.
TEST_P(LogHistoryTest, WhatConcurrentCallersSawIsExplainedByTheLog) {
  std::mt19937_64 random(crm::testing::DrawSeed());
  const int64_t usual = GetParam() == Engine::kMemory ? 12 : 3;
  const int64_t histories = crm::testing::NumberFromEnvironment("CRM_HISTORIES", usual);
  for (int64_t i = 0; i < histories; ++i) {
    TestLog log(GetParam());
    CreateOrganization(*log);
    History history(*log);
    Work(history, random);
    const auto final_log = ReadLogOf(*log, 1, kEverything);
    ASSERT_GT(final_log.size(), 50u);
    ASSERT_EQ(FindContradiction(history.appends(), history.reads(), final_log), "");
    log.Restart();
    ASSERT_EQ(
        FindContradiction(history.appends(), history.reads(), ReadLogOf(*log, 1, kEverything)), "")
        << "after a restart";
  }
}

// The checker itself: each lie is caught, told about a true history.
// Mutations seen to fail: FindContradiction without each of its checks; CheckAppends without the
// check of expectations, of conflicts, of requests.
class LieTest : public ::testing::Test {
 protected:
  LieTest() {
    CreateOrganization(*log_);
    Append("a", 0);
    Append("b", 0);
    Append("a", 1);
    Append("a", 0);  // conflicts
    history_.ReadLog(1, kEverything);
    history_.ReadStream(TestStream("a"), 1);
    final_ = ReadLogOf(*log_, 1, kEverything);
    appends_ = history_.appends();
    reads_ = history_.reads();
    EXPECT_EQ(Contradiction(), "");
  }

  void Append(const std::string& stream, Version expected) {
    Commit commit = TestCommit({TestAppend(stream, expected, 1)});
    commit.streams[0].events[0].data = absl::StrCat(stream, expected, history_.appends().size());
    history_.Append(std::move(commit), false);
  }
  std::string Contradiction() const { return FindContradiction(appends_, reads_, final_); }

  TestLog log_{Engine::kMemory};
  History history_{*log_};
  std::vector<RecordedEvent> final_;
  std::vector<DoneAppend> appends_;
  std::vector<DoneRead> reads_;
};

TEST_F(LieTest, AnAcknowledgedEventThatIsGone) {
  final_.pop_back();
  EXPECT_THAT(Contradiction(), HasSubstr("an acknowledged event is not there"));
}

TEST_F(LieTest, AnEventThatNobodyWrote) {
  appends_.erase(appends_.begin() + 2);
  EXPECT_THAT(Contradiction(), HasSubstr("2 events were acknowledged, and 3"));
}

TEST_F(LieTest, AHole) {
  final_.erase(final_.begin() + 1);
  EXPECT_THAT(Contradiction(), HasSubstr("a hole"));
}

TEST_F(LieTest, AnOrderThatTimeForbids) {
  std::swap(appends_[0].start, appends_[1].start);
  std::swap(appends_[0].end, appends_[1].end);
  EXPECT_THAT(Contradiction(), HasSubstr("done before it began"));
}

TEST_F(LieTest, AConflictThatWasNone) {
  appends_[3].commit.streams[0].stream = TestStream("c");
  EXPECT_THAT(Contradiction(), HasSubstr("a conflict at version 2"));
}

TEST_F(LieTest, AnExpectationThatDidNotHold) {
  appends_[2].commit.unchanged.push_back({TestStream("b"), 0});
  EXPECT_THAT(Contradiction(), HasSubstr("an expectation did not hold"));
}

TEST_F(LieTest, AReadThatMissedSomething) {
  reads_[0].events.pop_back();
  EXPECT_THAT(Contradiction(), HasSubstr("missed what was acknowledged"));
}

TEST_F(LieTest, AReadWithAHole) {
  reads_[0].events.erase(reads_[0].events.begin());
  EXPECT_THAT(Contradiction(), HasSubstr("saw what is not in the log"));
}

TEST_F(LieTest, AReadOfTheFuture) {
  reads_[1].start = reads_[1].end = 0;
  EXPECT_THAT(Contradiction(), HasSubstr("saw the future"));
}

TEST_F(LieTest, ARequestThatWasDecidedTwice) {
  appends_[0].commit.request = appends_[2].commit.request = TestRequest("one");
  EXPECT_THAT(Contradiction(), HasSubstr("decided twice"));
}

}  // namespace
}  // namespace crm::eventstore
