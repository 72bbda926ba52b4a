// Who writes a batch: a caller who finds the log idle and the disk quick, else the writer thread.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/reason.h"
#include "tests/eventstore/test_log.h"

namespace crm::eventstore {
namespace {

using ::testing::SizeIs;

// The thread that calls `done`.
std::future<std::thread::id> AppendAndSeeWho(EventLog& log, Commit commit) {
  auto promise = std::make_shared<std::promise<std::thread::id>>();
  std::future<std::thread::id> who = promise->get_future();
  log.Append(std::move(commit), [promise](const Outcome& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    promise->set_value(std::this_thread::get_id());
  });
  return who;
}

SequencedLogOptions AnyDiskIsQuick() {
  SequencedLogOptions options;
  options.quick_write = absl::InfiniteDuration();
  return options;
}

TEST(CallerWritesTest, TheOneWhoFindsTheLogIdle) {
  TestLog log(Engine::kRocksDb, AnyDiskIsQuick(), Writers::kCallersToo);
  CreateOrganization(*log);
  auto who = AppendAndSeeWho(*log, TestCommit({TestAppend("a", 0, 2)}));
  ASSERT_EQ(who.wait_for(std::chrono::seconds(0)), std::future_status::ready)
      << "answered before Append returned";
  EXPECT_EQ(who.get(), std::this_thread::get_id());
  log.Restart();
  EXPECT_THAT(ReadLogOf(*log), SizeIs(2));
}

TEST(CallerWritesTest, NotWhileAnotherWrites) {
  TestLog log(Engine::kMemory, AnyDiskIsQuick(), Writers::kCallersToo);
  CreateOrganization(*log);
  log.storage().Hold();
  auto writer = std::async(std::launch::async, [&] {
    return AppendAndSeeWho(*log, TestCommit({TestAppend("a", 0, 1)})).get() ==
           std::this_thread::get_id();
  });
  log.storage().AwaitHeldWrite();
  auto behind = AppendAndSeeWho(*log, TestCommit({TestAppend("b", 0, 1)}));
  log.storage().Release();
  EXPECT_NE(behind.get(), std::this_thread::get_id());
  EXPECT_TRUE(writer.get()) << "who writes does not go on for the others: the writer thread does";
}

TEST(CallerWritesTest, NotOnASlowDisk) {
  SequencedLogOptions options;
  options.quick_write = absl::Nanoseconds(1);
  TestLog log(Engine::kRocksDb, options, Writers::kCallersToo);
  CreateOrganization(*log);  // took longer
  EXPECT_NE(AppendAndSeeWho(*log, TestCommit({TestAppend("a", 0, 1)})).get(),
            std::this_thread::get_id());
}

TEST(CallerWritesTest, AFailureIsToldToEveryoneAndNobodyWritesAgain) {
  std::atomic<int> fatal = 0;
  SequencedLogOptions options = AnyDiskIsQuick();
  options.on_fatal = [&](const absl::Status&) { ++fatal; };
  TestLog log(Engine::kMemory, options, Writers::kCallersToo);
  CreateOrganization(*log);
  log.storage().Fail(/*store=*/false);
  EXPECT_EQ(ReasonOf(AppendNow(*log, TestCommit({TestAppend("a", 0, 1)})).status()), "LOG_STOPPED");
  const int writes = log.storage().writes();
  EXPECT_EQ(ReasonOf(AppendNow(*log, TestCommit({TestAppend("b", 0, 1)})).status()), "LOG_STOPPED");
  EXPECT_EQ(log.storage().writes(), writes);
  EXPECT_EQ(fatal, 1);
}

// Everything is answered once, and the log is what was answered. Hangs when what came while a
// caller wrote is left lying; the test above, when two may write at a time (no look at `writing_`).
TEST(CallerWritesTest, ManyCallersLeaveOneOrder) {
  constexpr int kCallers = 4;
  constexpr int kCommits = 200;
  TestLog log(Engine::kRocksDb, AnyDiskIsQuick(), Writers::kCallersToo);
  CreateOrganization(*log);
  std::vector<std::thread> callers;
  std::atomic<int> answered = 0;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      const std::string stream = absl::StrCat("stream", caller);
      for (int i = 0; i < kCommits; ++i) {
        if (AppendNow(*log, TestCommit({TestAppend(stream, i, 1)})).ok()) ++answered;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, kCallers * kCommits);
  log.Restart();
  EXPECT_THAT(ReadLogOf(*log), SizeIs(kCallers * kCommits));
}

}  // namespace
}  // namespace crm::eventstore
