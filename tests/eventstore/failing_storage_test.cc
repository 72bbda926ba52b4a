// A log whose disk fails stops for good, and says that outcomes are unknown.
// Mutations seen to fail this: WriteLoop that answers before it writes; WriteBatch without
// before_write; JoinKnownRequest that does not look into storage; ListOrganizations that lists what
// is not durable.
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

using ::testing::SizeIs;

absl::Status ReadA(EventLog& log) {
  return log.ReadStream(kOrganization, TestStream("a"), 1,
                        [](const RecordedEvent&) { return absl::OkStatus(); });
}

TEST(FailingStorageTest, FailedWriteStopsTheLogAndAnswersEveryone) {
  std::promise<absl::Status> fatal;
  SequencedLogOptions options;
  options.on_fatal = [&](const absl::Status& cause) { fatal.set_value(cause); };
  TestLog log(Engine::kMemory, options);
  CreateOrganization(*log);
  ASSERT_TRUE(AppendNow(*log, TestCommit({TestAppend("kept", 0, 1)})).ok());
  log.storage().Hold();
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.request = TestRequest("request");
  std::vector<std::future<Outcome>> unknown;
  unknown.push_back(AppendLater(*log, commit));
  log.storage().AwaitHeldWrite();
  unknown.push_back(AppendLater(*log, commit));                               // a duplicate
  unknown.push_back(AppendLater(*log, TestCommit({TestAppend("a", 1, 1)})));  // behind it
  std::promise<absl::Status> waiter;
  log->WhenDurable(kOrganization, 3, [&](absl::Status status) { waiter.set_value(status); });
  log.storage().Fail(/*store=*/false);
  log.storage().Release();
  for (auto& outcome : unknown) {
    const absl::Status status = outcome.get().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ReasonOf(status), "LOG_STOPPED");
  }
  EXPECT_EQ(waiter.get_future().get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(fatal.get_future().get().message(), "injected write error");

  EXPECT_EQ(ReasonOf(AppendNow(*log, TestCommit({TestAppend("later", 0, 1)})).status()),
            "LOG_STOPPED");
  EXPECT_EQ(ReasonOf(JoinLater(*log, *commit.request)->get().status()), "LOG_STOPPED");
  EXPECT_EQ(ReasonOf(ReadA(*log)), "LOG_STOPPED") << "nothing unsure is shown";
  EXPECT_THAT(ReadLogOf(*log), SizeIs(1)) << "what is durable stays readable";
  absl::Status late;
  log->WhenDurable(kOrganization, 3, [&](absl::Status status) { late = status; });
  EXPECT_EQ(ReasonOf(late), "LOG_STOPPED");

  log.Restart();
  EXPECT_TRUE(AppendNow(*log, commit).ok()) << "the retry goes through after a restart";
  EXPECT_THAT(ReadLogOf(*log), SizeIs(2));
}

// What a batch needs elsewhere is durable before it is, or it is not written at all.
TEST(FailingStorageTest, WhatABatchNeedsIsWrittenBeforeIt) {
  std::vector<int> writes_before;
  std::vector<int64_t> durable;
  absl::Status keys;
  TestLog* running = nullptr;
  SequencedLogOptions options;
  options.before_write = [&] {
    writes_before.push_back(running->storage().writes());
    return keys;
  };
  options.on_durable = [&](int64_t events) { durable.push_back(events); };
  TestLog log(Engine::kMemory, options);
  running = &log;
  CreateOrganization(*log);
  ASSERT_TRUE(AppendNow(*log, TestCommit({TestAppend("a", 0, 2)})).ok());
  EXPECT_THAT(writes_before, ::testing::ElementsAre(0, 1));
  EXPECT_THAT(durable, ::testing::ElementsAre(0, 2));
  keys = absl::UnavailableError("the keys' disk is gone");
  EXPECT_EQ(ReasonOf(AppendNow(*log, TestCommit({TestAppend("a", 2, 1)})).status()), "LOG_STOPPED");
  EXPECT_EQ(log.storage().writes(), 2);
  EXPECT_THAT(durable, SizeIs(2));
}

// An fsync error may leave the write in place: the retry must find it.
TEST(FailingStorageTest, RetryAfterAFailedSyncIsAReplay) {
  for (const Engine engine : {Engine::kMemory, Engine::kRocksDb}) {
    TestLog log(engine);
    CreateOrganization(*log);
    log.storage().Fail(/*store=*/true);
    Commit commit = TestCommit({TestAppend("a", 0, 1)});
    commit.request = TestRequest("request");
    EXPECT_EQ(ReasonOf(AppendNow(*log, commit).status()), "LOG_STOPPED");
    EXPECT_EQ(ReasonOf(AppendNow(*log, commit).status()), "LOG_STOPPED");
    log.Restart();
    const Outcome retried = AppendNow(*log, commit);
    ASSERT_TRUE(retried.ok()) << retried.status();
    EXPECT_TRUE(retried->replayed);
    EXPECT_THAT(ReadLogOf(*log), SizeIs(1));
  }
}

TEST(FailingStorageTest, FailedCreationLeavesNoOrganizationListed) {
  TestLog log(Engine::kMemory);
  log.storage().Fail(/*store=*/false);
  Commit commit = TestCommit({});
  commit.create_organization = true;
  EXPECT_EQ(ReasonOf(AppendNow(*log, commit).status()), "LOG_STOPPED");
  EXPECT_TRUE(log->ListOrganizations().empty());
}

}  // namespace
}  // namespace crm::eventstore
