// What is visible when: sequenced, durable, waited for, listened to, paged.
// Mutations seen to fail this: WriteLoop that answers before it writes; JoinKnownRequest that
// answers from what is in flight; WhenDurable that looks at what is sequenced; PageReader that cuts
// inside commits; CheckRoom that always finds room.
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using DurabilityContract = EventLogContract;
INSTANTIATE_TEST_SUITE_P(Engines, DurabilityContract,
                         ::testing::Values(Engine::kMemory, Engine::kRocksDb), EngineName);

TEST_P(DurabilityContract, SequencedEventsAreReadBeforeTheyAreDurable) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  log_.storage().Hold();
  auto second = AppendLater(*log_, TestCommit({TestAppend("b", 0, 1), TestAppend("a", 1, 2)}));
  log_.storage().AwaitHeldWrite();
  auto third = AppendLater(*log_, TestCommit({TestAppend("a", 3, 1)}));
  EXPECT_FALSE(IsReady(second));
  EXPECT_THAT(PositionsOf(ReadStreamOf(*log_, TestStream("a"))), ElementsAre(1, 3, 4, 5));
  EXPECT_THAT(VersionsOf(ReadStreamOf(*log_, TestStream("a"), 3)), ElementsAre(3, 4));
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1)) << "the log shows durable events only";
  const absl::StatusOr<Head> head = log_->GetHead(kOrganization);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->sequenced, 5);
  EXPECT_EQ(head->durable, 1);
  log_.storage().Release();
  EXPECT_TRUE(second.get().ok() && third.get().ok());
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1, 2, 3, 4, 5));
  const std::vector<RecordedEvent> events = ReadLogOf(*log_);
  EXPECT_EQ(AsView(log_->GetHead(kOrganization)->hash), absl::string_view(events.back().hash()));
}

TEST_P(DurabilityContract, WhatQueuedWhileTheDiskWasBusyIsOneWrite) {
  log_.storage().Hold();
  auto first = AppendLater(*log_, TestCommit({TestAppend("first", 0, 1)}));
  log_.storage().AwaitHeldWrite();
  const int before = log_.storage().writes();
  std::vector<std::future<Outcome>> outcomes;
  for (int i = 0; i < 20; ++i)
    outcomes.push_back(AppendLater(*log_, TestCommit({TestAppend(absl::StrCat(i), 0, 1)})));
  log_.storage().Release();
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get().ok());
  EXPECT_EQ(log_.storage().writes(), before + 1);
}

TEST_P(DurabilityContract, DuplicateInFlightWaitsForTheFirst) {
  log_.storage().Hold();
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.request = TestRequest("request");
  auto first = AppendLater(*log_, commit);
  log_.storage().AwaitHeldWrite();
  auto duplicate = AppendLater(*log_, commit);
  Commit other = commit;
  other.request = TestRequest("request", "other input");
  auto reused = AppendLater(*log_, other);
  EXPECT_FALSE(IsReady(duplicate));
  EXPECT_FALSE(IsReady(reused));
  auto joined = JoinLater(*log_, *commit.request);
  auto joined_reused = JoinLater(*log_, *other.request);
  ASSERT_TRUE(joined.has_value() && joined_reused.has_value());
  EXPECT_FALSE(IsReady(*joined));
  EXPECT_FALSE(IsReady(*joined_reused)) << "even that the id is taken may be lost yet";
  log_.storage().Release();
  EXPECT_EQ(joined->get()->record.last_position(), 1);
  EXPECT_EQ(ReasonOf(joined_reused->get().status()), "REQUEST_ID_REUSED");
  const Outcome original = first.get();
  const Outcome replay = duplicate.get();
  ASSERT_TRUE(original.ok() && replay.ok());
  EXPECT_FALSE(original->replayed);
  EXPECT_TRUE(replay->replayed);
  EXPECT_EQ(replay->record.SerializeAsString(), original->record.SerializeAsString());
  EXPECT_EQ(ReasonOf(reused.get().status()), "REQUEST_ID_REUSED");
  EXPECT_THAT(ReadLogOf(*log_), SizeIs(1));
}

// A request that decided nothing moves no position, and is waited for all the same.
TEST_P(DurabilityContract, DuplicateOfANoOpInFlightWaitsForItToo) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  log_.storage().Hold();
  Commit nothing = TestCommit({TestAppend("a", 1, 0)});
  nothing.request = TestRequest("nothing");
  auto first = AppendLater(*log_, nothing);
  log_.storage().AwaitHeldWrite();
  auto joined = JoinLater(*log_, *nothing.request);
  ASSERT_TRUE(joined.has_value());
  EXPECT_FALSE(IsReady(*joined));
  log_.storage().Release();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(joined->get()->replayed);
}

TEST_P(DurabilityContract, WhenDurableRunsAfterTheSync) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  absl::Status at_once = absl::UnknownError("not called");
  log_->WhenDurable(kOrganization, 1, [&](absl::Status status) { at_once = std::move(status); });
  EXPECT_TRUE(at_once.ok());
  log_.storage().Hold();
  std::atomic<int> called{0};
  std::promise<absl::Status> two;
  std::promise<absl::Status> three;
  auto append = AppendLater(*log_, TestCommit({TestAppend("b", 0, 1)}));
  log_->WhenDurable(kOrganization, 3, [&](absl::Status status) {
    ++called;
    three.set_value(status);
  });
  log_->WhenDurable(kOrganization, 2, [&](absl::Status status) {
    ++called;
    two.set_value(status);
  });
  EXPECT_EQ(called, 0);
  log_.storage().Release();
  EXPECT_TRUE(two.get_future().get().ok());
  EXPECT_TRUE(append.get().ok());
  EXPECT_EQ(called, 1);
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("c", 0, 1)})).ok());
  EXPECT_TRUE(three.get_future().get().ok());
  absl::Status nowhere;
  log_->WhenDurable(TestId("nowhere"), 1, [&](absl::Status status) { nowhere = status; });
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kNotFound);
}

TEST_P(DurabilityContract, ClosingAnswersThoseWhoWait) {
  std::promise<absl::Status> never;
  log_->WhenDurable(kOrganization, 99, [&](absl::Status status) { never.set_value(status); });
  log_.storage().Hold();
  auto append = AppendLater(*log_, TestCommit({TestAppend("a", 0, 1)}));
  log_.storage().AwaitHeldWrite();
  auto queued = AppendLater(*log_, TestCommit({TestAppend("b", 0, 1)}));
  log_.storage().Release();
  log_.Close();
  EXPECT_TRUE(append.get().ok());
  EXPECT_TRUE(queued.get().ok()) << "what was sequenced is written before the log closes";
  EXPECT_EQ(never.get_future().get().code(), absl::StatusCode::kUnavailable);
  log_.Open();
  EXPECT_THAT(ReadLogOf(*log_), SizeIs(2));
}

TEST_P(DurabilityContract, ListenersHearEachAdvanceOnce) {
  const Uuid other = TestId("other organization");
  CreateOrganization(*log_, other);
  std::vector<std::pair<Uuid, Position>> heard;
  std::promise<void> all_heard;
  const int64_t handle = log_->Listen([&](const Uuid& organization, Position durable) {
    if (durable == 0) return;  // the creation, whose caller is answered before listeners are
    heard.emplace_back(organization, durable);
    if (heard.size() == 3) all_heard.set_value();
  });
  log_.storage().Hold();
  auto first = AppendLater(*log_, TestCommit({TestAppend("a", 0, 2)}));
  log_.storage().AwaitHeldWrite();
  for (const char* name : {"b", "c", "d"})
    AppendLater(*log_, TestCommit({TestAppend(name, 0, 1)})).wait_for(std::chrono::seconds(0));
  Commit elsewhere = TestCommit({TestAppend("a", 0, 1)});
  elsewhere.organization = other;
  auto last = AppendLater(*log_, elsewhere);
  log_.storage().Release();
  all_heard.get_future().wait();
  log_->Unlisten(handle);
  ASSERT_THAT(heard, SizeIs(3));
  EXPECT_THAT(heard[0], Pair(kOrganization, 2));
  heard.erase(heard.begin());
  EXPECT_THAT(heard, ::testing::UnorderedElementsAre(Pair(kOrganization, 5), Pair(other, 1)));
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("e", 0, 1)})).ok());
  EXPECT_THAT(heard, SizeIs(2)) << "an unlistened listener hears nothing";
}

TEST_P(DurabilityContract, PagesNeverSplitACommit) {
  for (const char* name : {"a", "b", "c"})
    ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend(name, 0, 3)})).ok());
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_, 1, {1, 1 << 20})), ElementsAre(1, 2, 3))
      << "a page holds at least one commit";
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_, 1, {5, 1 << 20})), ElementsAre(1, 2, 3));
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_, 4, {6, 1 << 20})), ElementsAre(4, 5, 6, 7, 8, 9));
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_, 1, {100, 1})), ElementsAre(1, 2, 3));
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_, 7, {100, 1 << 20})), ElementsAre(7, 8, 9));
  for (const Position from : {1, 4, 7}) {
    for (const int64_t events : {1, 5, 6, 100}) {
      EXPECT_EQ(PositionsOf(ReadLogOf(*log_, from, {events, 1 << 20, true})),
                PositionsOf(ReadLogOf(*log_, from, {events, 1 << 20})))
          << "who shares a page gets the same, from " << from << " at most " << events;
    }
  }
  EXPECT_THAT(ReadLogOf(*log_, 10), IsEmpty());
  EXPECT_EQ(
      log_->ReadLog(TestId("nowhere"), 1, {}, [](const RecordedEvent&) { return absl::OkStatus(); })
          .code(),
      absl::StatusCode::kNotFound);
}

TEST_P(DurabilityContract, VisitorsCanStop) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 3)})).ok());
  int seen = 0;
  const auto stop_at_two = [&](const RecordedEvent&) -> absl::Status {
    return ++seen == 2 ? absl::OutOfRangeError("enough") : absl::OkStatus();
  };
  EXPECT_EQ(log_->ReadStream(kOrganization, TestStream("a"), 1, stop_at_two).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(seen, 2);
  seen = 0;
  EXPECT_EQ(log_->ReadLog(kOrganization, 1, {}, stop_at_two).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(seen, 2);
}

TEST_P(DurabilityContract, EverythingSurvivesARestart) {
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("long", 2 * i, 2)})).ok());
  const Head before = *log_->GetHead(kOrganization);
  const auto texts = [&] {
    std::string all;
    for (const RecordedEvent& event : ReadStreamOf(*log_, TestStream("long")))
      all += event.SerializeAsString();
    return all;
  };
  const std::string written = texts();
  log_.Restart();
  EXPECT_EQ(texts(), written);
  const Head after = *log_->GetHead(kOrganization);
  EXPECT_EQ(after.durable, 200);
  EXPECT_EQ(after.hash, before.hash);
  EXPECT_EQ(after.record_time, before.record_time);
  EXPECT_EQ(AppendNow(*log_, TestCommit({TestAppend("long", 0, 1)})).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(AppendNow(*log_, TestCommit({TestAppend("long", 200, 1)})).ok());
}

TEST(FlowControlTest, FullQueueRefusesAndSequencesNothing) {
  TestLog log(Engine::kMemory, {.max_queued_bytes = 4096, .max_cached_heads = 8});
  CreateOrganization(*log);
  log.storage().Hold();
  std::vector<std::future<Outcome>> accepted;
  absl::Status refused;
  int count = 0;
  for (; refused.ok() && count < 100; ++count) {
    auto outcome = AppendLater(*log, TestCommit({TestAppend(absl::StrCat(count), 0, 1)}));
    if (IsReady(outcome)) {
      refused = outcome.get().status();
    } else {
      accepted.push_back(std::move(outcome));
    }
  }
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "LOG_OVERLOADED");
  EXPECT_EQ(log->GetHead(kOrganization)->sequenced, static_cast<Position>(accepted.size()));
  log.storage().Release();
  for (auto& outcome : accepted) EXPECT_TRUE(outcome.get().ok());
  EXPECT_TRUE(AppendNow(*log, TestCommit({TestAppend(absl::StrCat(count - 1), 0, 1)})).ok())
      << "the refused stream does not exist and there is room again";
}

}  // namespace
}  // namespace crm::eventstore
