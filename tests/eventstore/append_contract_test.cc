// Order, expectations and idempotency.
#include <thread>

#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using AppendContract = EventLogContract;
INSTANTIATE_TEST_SUITE_P(Engines, AppendContract,
                         ::testing::Values(Engine::kMemory, Engine::kRocksDb), EngineName);

TEST_P(AppendContract, PositionsAreGaplessAndVersionsDense) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 2)})).ok());
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 1)})).ok());
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 2, 2)})).ok());
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(PositionsOf(ReadStreamOf(*log_, TestStream("a"))), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(VersionsOf(ReadStreamOf(*log_, TestStream("a"))), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(VersionsOf(ReadStreamOf(*log_, TestStream("a"), 3)), ElementsAre(3, 4));
  EXPECT_THAT(ReadStreamOf(*log_, TestStream("a"), 5), IsEmpty());
  EXPECT_THAT(ReadStreamOf(*log_, TestStream("absent")), IsEmpty());
  EXPECT_EQ(*log_->GetVersion(kOrganization, TestStream("a")), 4);
  EXPECT_EQ(*log_->GetVersion(kOrganization, TestStream("absent")), 0);
  EXPECT_EQ(*log_->GetVersion(TestId("no organization"), TestStream("a")), 0);
}

TEST_P(AppendContract, EnvelopeSaysEverythingTheCommitSaid) {
  Commit commit = TestCommit({TestAppend("a", 0, 1), TestAppend("roster", 0, 1)});
  commit.streams[0].events[0] = {"crm.test.Sealed", "plain", TestId("person"), "sealed bytes"};
  commit.streams[1].bookkeeping = true;
  commit.correlation_id = TestId("trace");
  commit.causation_id = TestId("cause");
  commit.effective_time = kStart - absl::Hours(1);
  const Outcome outcome = AppendNow(*log_, commit);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->record_time, kStart);
  const std::vector<RecordedEvent> events = ReadLogOf(*log_);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].category(), "opportunity");
  EXPECT_EQ(events[0].stream_id(), TestId("a").ToBytes());
  EXPECT_EQ(events[0].type(), "crm.test.Sealed");
  EXPECT_EQ(events[0].data(), "plain");
  EXPECT_EQ(events[0].subject(), TestId("person").ToBytes());
  EXPECT_EQ(events[0].sealed(), "sealed bytes");
  EXPECT_EQ(events[0].actor(), TestId("actor").ToBytes());
  EXPECT_EQ(events[0].organization(), kOrganization.ToBytes());
  EXPECT_EQ(events[0].correlation_id(), TestId("trace").ToBytes());
  EXPECT_EQ(events[0].causation_id(), TestId("cause").ToBytes());
  EXPECT_EQ(events[0].record_time_us(), absl::ToUnixMicros(kStart));
  EXPECT_EQ(events[0].effective_time_us(), absl::ToUnixMicros(kStart - absl::Hours(1)));
  EXPECT_EQ(events[0].commit_size(), 2);
  EXPECT_EQ(events[0].index_in_commit(), 0);
  EXPECT_THAT(events[0].hash(), SizeIs(32));
  // Nothing of the first event leaks into the second.
  EXPECT_EQ(events[1].subject(), "");
  EXPECT_EQ(events[1].sealed(), "");
  EXPECT_EQ(events[1].index_in_commit(), 1);
  EXPECT_EQ(events[1].effective_time_us(), absl::ToUnixMicros(kStart)) << "bookkeeping";
}

TEST_P(AppendContract, OutcomeNamesPositionsAndStreams) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  Commit commit = TestCommit({TestAppend("a", 1, 0), TestAppend("b", 0, 2)});
  const Outcome outcome = AppendNow(*log_, std::move(commit));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_FALSE(outcome->replayed);
  EXPECT_EQ(outcome->record.first_position(), 2);
  EXPECT_EQ(outcome->record.last_position(), 3);
  ASSERT_EQ(outcome->record.streams_size(), 2);
  EXPECT_EQ(outcome->record.streams(0).stream_id(), TestId("a").ToBytes());
  EXPECT_EQ(outcome->record.streams(0).version(), 1);
  EXPECT_EQ(outcome->record.streams(1).version(), 2);
}

TEST_P(AppendContract, FailedExpectationWritesNothingAnywhere) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  const Outcome stale =
      AppendNow(*log_, TestCommit({TestAppend("b", 0, 1), TestAppend("a", 0, 1)}));
  EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale.status()), "STREAM_CHANGED");
  EXPECT_EQ(ReasonMetadataValue(stale.status(), "expected_version"), "0");
  EXPECT_EQ(ReasonMetadataValue(stale.status(), "actual_version"), "1");
  EXPECT_EQ(AppendNow(*log_, TestCommit({TestAppend("a", 2, 1)})).status().code(),
            absl::StatusCode::kAborted)
      << "an expectation ahead of the stream fails too";
  EXPECT_THAT(ReadStreamOf(*log_, TestStream("b")), IsEmpty());
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1));
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 1)})).ok());
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1, 2)) << "no position was used up";
}

TEST_P(AppendContract, ReadStreamsAreCheckedToo) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
  Commit stale = TestCommit({TestAppend("b", 0, 1)});
  stale.unchanged = {{TestStream("a"), 0}};
  EXPECT_EQ(AppendNow(*log_, stale).status().code(), absl::StatusCode::kAborted);
  Commit checked_only = TestCommit({TestAppend("b", 0, 1), TestAppend("a", 3, 0)});
  EXPECT_EQ(AppendNow(*log_, checked_only).status().code(), absl::StatusCode::kAborted);
  Commit fresh = TestCommit({TestAppend("b", 0, 1), TestAppend("a", 1, 0)});
  fresh.unchanged = {{TestStream("absent"), 0}};
  EXPECT_TRUE(AppendNow(*log_, fresh).ok());
}

TEST_P(AppendContract, RepeatedRequestGetsItsFirstOutcome) {
  Commit commit = TestCommit({TestAppend("a", 0, 2)});
  commit.request = TestRequest("request");
  const Outcome first = AppendNow(*log_, commit);
  ASSERT_TRUE(first.ok());
  for (const bool restarted : {false, true}) {
    if (restarted) log_.Restart();
    Commit repeat = TestCommit({TestAppend("a", 2, 1)}, kStart + absl::Hours(1));
    repeat.request = commit.request;
    const Outcome again = AppendNow(*log_, repeat);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->record.SerializeAsString(), first->record.SerializeAsString());
    EXPECT_EQ(again->record_time, first->record_time);
    auto joined = JoinLater(*log_, *commit.request);
    ASSERT_TRUE(joined.has_value());
    const Outcome known = joined->get();
    ASSERT_TRUE(known.ok()) << known.status();
    EXPECT_TRUE(known->replayed);
    EXPECT_EQ(known->record.last_position(), 2);
  }
  EXPECT_THAT(PositionsOf(ReadLogOf(*log_)), ElementsAre(1, 2));
}

TEST_P(AppendContract, RequestIdWithAnotherInputIsRefused) {
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.request = TestRequest("request", "one");
  ASSERT_TRUE(AppendNow(*log_, commit).ok());
  Commit other = TestCommit({TestAppend("b", 0, 1)});
  other.request = TestRequest("request", "two");
  const Outcome refused = AppendNow(*log_, other);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(refused.status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(ReasonOf(JoinLater(*log_, *other.request)->get().status()), "REQUEST_ID_REUSED");
  other.request->actor = TestId("another actor");
  EXPECT_TRUE(AppendNow(*log_, other).ok()) << "request ids belong to their actor";
}

TEST_P(AppendContract, CommandThatDecidedNothingIsRecorded) {
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 3)})).ok());
  Commit nothing = TestCommit({TestAppend("a", 3, 0)});
  nothing.request = TestRequest("nothing");
  const Outcome outcome = AppendNow(*log_, nothing);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->record.first_position(), 3);
  EXPECT_EQ(outcome->record.last_position(), 3);
  log_.Restart();
  const Outcome found = JoinLater(*log_, *nothing.request)->get();
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->record.streams_size(), 1);
  EXPECT_EQ(found->record.streams(0).version(), 3);
  EXPECT_EQ(log_->GetHead(kOrganization)->durable, 3);
}

TEST_P(AppendContract, UnknownRequestIsNotJoined) {
  EXPECT_FALSE(JoinLater(*log_, TestRequest("never sent")).has_value());
  EXPECT_FALSE(JoinLater(*log_, TestRequest("x"), TestId("nowhere")).has_value());
}

TEST_P(AppendContract, RecordTimeIncreasesThoughTheClockStepsBack) {
  std::vector<int64_t> times;
  for (const int seconds : {10, 10, 5, 60, -100}) {
    Commit commit =
        TestCommit({TestAppend(absl::StrCat(times.size()), 0, 2)}, kStart + absl::Seconds(seconds));
    const Outcome outcome = AppendNow(*log_, commit);
    ASSERT_TRUE(outcome.ok());
    times.push_back(absl::ToUnixMicros(outcome->record_time) - absl::ToUnixMicros(kStart));
    if (times.size() == 3) log_.Restart();
  }
  EXPECT_THAT(times, ElementsAre(10'000'000, 10'000'001, 10'000'002, 60'000'000, 60'000'001));
  const std::vector<RecordedEvent> events = ReadLogOf(*log_);
  EXPECT_EQ(events[0].record_time_us(), events[1].record_time_us()) << "one commit, one time";
  EXPECT_EQ(log_->GetHead(kOrganization)->record_time,
            kStart + absl::Seconds(60) + absl::Microseconds(1));
}

TEST_P(AppendContract, EffectiveTimeLaterThanRecordTimeIsRefused) {
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.effective_time = kStart + absl::Microseconds(1);
  EXPECT_EQ(ReasonOf(AppendNow(*log_, commit).status()), "EFFECTIVE_TIME_IN_FUTURE");
  EXPECT_EQ(log_->GetHead(kOrganization)->sequenced, 0);
}

// Mutation seen to fail: CheckEffectiveTimes without its loop.
TEST_P(AppendContract, StreamsOfOneCommitMayBeTrueAtTimesOfTheirOwn) {
  Commit commit = TestCommit({TestAppend("payment", 0, 1), TestAppend("commission", 0, 2),
                              TestAppend("book", 0, 1), TestAppend("earlier", 0, 1)});
  commit.effective_time = kStart - absl::Hours(2);
  commit.streams[1].effective_time = kStart - absl::Hours(1);
  commit.streams[2].bookkeeping = true;
  commit.streams[3].effective_time = kStart - absl::Hours(3);
  ASSERT_TRUE(AppendNow(*log_, commit).ok());
  std::vector<int64_t> hours_ago;
  for (const RecordedEvent& event : ReadLogOf(*log_)) {
    hours_ago.push_back((event.record_time_us() - event.effective_time_us()) / 3'600'000'000);
  }
  EXPECT_THAT(hours_ago, ElementsAre(2, 1, 1, 0, 3));

  Commit later =
      TestCommit({TestAppend("b", 0, 1), TestAppend("c", 0, 1)}, kStart + absl::Hours(1));
  later.streams[1].effective_time = later.now + absl::Microseconds(1);
  EXPECT_EQ(ReasonOf(AppendNow(*log_, later).status()), "EFFECTIVE_TIME_IN_FUTURE");
  later.streams[1].effective_time = kStart;
  later.streams[1].bookkeeping = true;
  EXPECT_EQ(ReasonOf(AppendNow(*log_, later).status()), "COMMIT_MALFORMED") << "dated bookkeeping";
  EXPECT_EQ(log_->GetHead(kOrganization)->sequenced, 5);
}

TEST_P(AppendContract, OrganizationsAreIsolated) {
  const Uuid other = TestId("other organization");
  CreateOrganization(*log_, other);
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.request = TestRequest("request");
  ASSERT_TRUE(AppendNow(*log_, commit).ok());
  commit.organization = other;
  const Outcome outcome = AppendNow(*log_, commit);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_FALSE(outcome->replayed);
  EXPECT_EQ(outcome->record.first_position(), 1);
  EXPECT_THAT(ReadLogOf(*log_), SizeIs(1));
  EXPECT_THAT(ReadStreamOf(*log_, TestStream("a"), 1, other), SizeIs(1));
  EXPECT_EQ(ReadLogOf(*log_, 1, {}, other)[0].organization(), other.ToBytes());
  log_.Restart();
  EXPECT_THAT(log_->ListOrganizations(), ElementsAre(kOrganization, other));
}

TEST_P(AppendContract, OrganizationsMustExistAndExistOnce) {
  Commit commit = TestCommit({TestAppend("a", 0, 1)});
  commit.create_organization = true;
  EXPECT_EQ(AppendNow(*log_, commit).status().code(), absl::StatusCode::kAlreadyExists);
  commit.organization = TestId("nowhere");
  commit.create_organization = false;
  EXPECT_EQ(AppendNow(*log_, commit).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(log_->GetHead(commit.organization).status().code(), absl::StatusCode::kNotFound);
  commit.create_organization = true;
  commit.request = TestRequest("create");
  EXPECT_TRUE(AppendNow(*log_, commit).ok());
  const Outcome again = AppendNow(*log_, commit);
  ASSERT_TRUE(again.ok()) << "a repeated creation is a repeat, not a conflict";
  EXPECT_TRUE(again->replayed);
}

TEST_P(AppendContract, OversizedCommitsAreRefused) {
  const int too_many = static_cast<int>(kMaxCommitEvents) + 1;
  const Outcome many = AppendNow(*log_, TestCommit({TestAppend("a", 0, too_many)}));
  EXPECT_EQ(ReasonOf(many.status()), "COMMIT_TOO_LARGE");
  EXPECT_EQ(ReasonMetadataValue(many.status(), "actual"), absl::StrCat(too_many));
  Commit fat = TestCommit({TestAppend("a", 0, 1)});
  fat.streams[0].events[0].data.assign(static_cast<size_t>(kMaxCommitBytes), 'x');
  EXPECT_EQ(ReasonOf(AppendNow(*log_, fat).status()), "COMMIT_TOO_LARGE");
  fat.streams[0].events[0].data.resize(static_cast<size_t>(kMaxCommitBytes) - 4096);
  EXPECT_TRUE(AppendNow(*log_, fat).ok());
  EXPECT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, too_many - 1)})).ok());
  EXPECT_EQ(log_->GetHead(kOrganization)->durable, too_many);
}

TEST_P(AppendContract, MalformedCommitsAreRefused) {
  std::vector<Commit> malformed;
  malformed.push_back(TestCommit({TestAppend("a", 0, 1), TestAppend("a", 1, 1)}));
  malformed.push_back(TestCommit({TestAppend("a", -1, 1)}));
  malformed.push_back(TestCommit({TestAppend("a", 0, 1)}, absl::InfinitePast()));
  malformed.push_back(TestCommit({{{"Not a category", TestId("a")}, 0, TestEvents(1), false}}));
  malformed.push_back(TestCommit({TestAppend("a", 0, 1)}));
  malformed.back().streams[0].events[0].type.clear();
  malformed.push_back(TestCommit({TestAppend("a", 0, 1)}));
  malformed.back().organization = Uuid{};
  for (const Commit& commit : malformed) {
    const Outcome outcome = AppendNow(*log_, commit);
    EXPECT_EQ(ReasonOf(outcome.status()), "COMMIT_MALFORMED") << outcome.status();
  }
  EXPECT_EQ(log_->GetHead(kOrganization)->sequenced, 0);
}

// Counts up one stream from many threads: with a plain append most attempts would lose.
TEST_P(AppendContract, ExclusiveAppendsNeverConflict) {
  constexpr int kThreads = 8;
  constexpr int kAppends = 50;
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kAppends; ++i) {
        std::promise<Outcome> outcome;
        log_->AppendExclusively(
            [&]() -> absl::StatusOr<Commit> {
              const auto events = ReadStreamOf(*log_, TestStream("counter"));
              return TestCommit({TestAppend("counter", static_cast<Version>(events.size()), 1)});
            },
            [&](Outcome result) { outcome.set_value(std::move(result)); });
        if (!outcome.get_future().get().ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_THAT(ReadStreamOf(*log_, TestStream("counter")), SizeIs(kThreads * kAppends));
}

TEST_P(AppendContract, ExclusiveBuildMayRefuse) {
  std::promise<Outcome> outcome;
  log_->AppendExclusively([]() -> absl::StatusOr<Commit> { return absl::OutOfRangeError("no"); },
                          [&](Outcome result) { outcome.set_value(std::move(result)); });
  EXPECT_EQ(outcome.get_future().get().status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 1)})).ok());
}

// Heads that fell out of memory are read from storage, those in flight from the tail.
TEST(SequencerTest, ForgottenHeadsAreStillChecked) {
  for (const Engine engine : {Engine::kMemory, Engine::kRocksDb}) {
    TestLog log(engine, {.max_cached_heads = 1});
    CreateOrganization(*log);
    ASSERT_TRUE(AppendNow(*log, TestCommit({TestAppend("a", 0, 1)})).ok());
    log.storage().Hold();
    auto b = AppendLater(*log, TestCommit({TestAppend("b", 0, 1)}));
    auto c = AppendLater(*log, TestCommit({TestAppend("c", 0, 1)}));
    EXPECT_EQ(AppendNow(*log, TestCommit({TestAppend("a", 0, 1)})).status().code(),
              absl::StatusCode::kAborted);
    EXPECT_EQ(AppendNow(*log, TestCommit({TestAppend("b", 0, 1)})).status().code(),
              absl::StatusCode::kAborted);
    auto b2 = AppendLater(*log, TestCommit({TestAppend("b", 1, 1)}));
    log.storage().Release();
    EXPECT_TRUE(b.get().ok() && c.get().ok() && b2.get().ok());
    EXPECT_THAT(VersionsOf(ReadStreamOf(*log, TestStream("b"))), ElementsAre(1, 2));
  }
}

}  // namespace
}  // namespace crm::eventstore
