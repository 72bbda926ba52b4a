// The clock's work over a log in memory: once per due instant, in order, one failure at a time.
// With a whole server: tests/scenarios/schedule_test.cc.
#include "services/schedule_runner.h"

#include <string>
#include <vector>

#include "domain/rejection.h"
#include "tests/services/schedule_runner_fixture.h"

namespace crm::services {
namespace {

using domain::DueInstant;
using domain::InvoiceId;
using domain::OpportunityId;
using eventstore::TestId;
using ::testing::ElementsAre;

class ScheduleRunnerTest : public ScheduleRunnerFixture {
 protected:
  ScheduleRunnerTest() : ScheduleRunnerFixture(Midnight(3, 1) + absl::Hours(9)) {}

  static StreamId Opportunity(absl::string_view name) {
    return domain::StreamOf(OpportunityId(TestId(name)));
  }
  void Wait(absl::string_view name, int month, int day) {
    events::v1::OpportunityPlacedOnStandby placed;
    *placed.mutable_reminder() = domain::StoredDay(absl::CivilDay(2026, month, day));
    Give(Opportunity(name), placed);
  }
  void Issue(absl::string_view name, int month, int day) {
    const StreamId stream = domain::StreamOf(InvoiceId(TestId(name)));
    Give(stream, events::v1::InvoiceDrafted());
    events::v1::InvoiceIssued issued;
    *issued.mutable_due() = domain::StoredDay(absl::CivilDay(2026, month, day));
    issued.mutable_content()->set_total_minor(10'000);
    Give(stream, issued);
  }

  // Does the same, unless the opportunity is the bad one, which fails while it `fails_`.
  std::vector<ScheduledWork> WorkThatFails(absl::string_view bad) {
    std::vector<ScheduledWork> work = AllScheduledWork(pipeline_);
    for (ScheduledWork& each : work) {
      each.perform = [this, perform = each.perform, id = TestId(bad)](
                         const Call& call, const DueInstant& instant) -> absl::StatusOr<bool> {
        if (instant.subject.id == id && fails_) return domain::Refuse("OUT_OF_ORDER", "no");
        return perform(call, instant);
      };
    }
    return work;
  }

  std::atomic<bool> fails_{true};
};

TEST_F(ScheduleRunnerTest, WhatIsDueHappensOnceAtItsInstantHoweverOftenItIsStarted) {
  Wait("first", 4, 1);
  Wait("second", 4, 2);
  Start();
  clock_.Set(Midnight(4, 1) + absl::Hours(3));
  EXPECT_THAT(EffectiveTimes(Await("OpportunityReminded", 1)), ElementsAre(Midnight(4, 1)));
  Restart();
  Restart();
  clock_.Set(Midnight(4, 2));
  EXPECT_THAT(EffectiveTimes(Await("OpportunityReminded", 2)),
              ElementsAre(Midnight(4, 1), Midnight(4, 2)));
  EXPECT_EQ(Read("DueSettled").size(), 0U);
}

// After a month of sleep: everything at its own instant, in order, recorded now.
TEST_F(ScheduleRunnerTest, AfterAMonthOfSleepWhatWasMissedIsMadeGoodInOrder) {
  Issue("chairs", 3, 1);
  Wait("big", 3, 10);
  Wait("small", 3, 22);
  clock_.Set(Midnight(4, 3) + absl::Hours(10));
  Start();
  const auto reminded = Await("Reminded", 6);
  EXPECT_THAT(EffectiveTimes(reminded),
              ElementsAre(Midnight(3, 8), Midnight(3, 10), Midnight(3, 15), Midnight(3, 22),
                          Midnight(3, 22), Midnight(3, 29)));
  for (const auto& event : reminded) {
    EXPECT_GE(absl::FromUnixMicros(event.record_time_us()), clock_.Now());
  }
}

TEST_F(ScheduleRunnerTest, WhatFailsHoldsNobodyUpAndIsTriedAgainLaterAndLater) {
  work_ = WorkThatFails("bad");
  Wait("bad", 4, 1);
  Wait("good", 4, 1);
  Wait("later", 4, 1);
  Start();
  clock_.Set(Midnight(4, 1));
  EXPECT_EQ(Await("OpportunityReminded", 2).size(), 2U);
  Await("DueFailed", 1);
  // Record times creep on by microseconds while the clock stands still: a second more.
  clock_.Advance(absl::Minutes(1) + absl::Seconds(1));
  Await("DueFailed", 2);
  fails_ = false;
  clock_.Advance(absl::Minutes(2) + absl::Seconds(1));
  const auto reminded = Await("OpportunityReminded", 3);
  ASSERT_EQ(reminded.size(), 3U);
  EXPECT_EQ(reminded[2].stream_id(), TestId("bad").ToBytes());
  // It is still true at the instant it was due.
  EXPECT_EQ(EffectiveTime(reminded[2]), Midnight(4, 1));
  std::vector<int> attempts;
  for (const auto& recorded : Read("DueFailed")) {
    events::v1::DueFailed failed;
    ASSERT_TRUE(failed.ParseFromString(recorded.data()));
    EXPECT_EQ(failed.reason(), "OUT_OF_ORDER");
    attempts.push_back(failed.attempt());
  }
  EXPECT_THAT(attempts, ElementsAre(1, 2));
}

TEST_F(ScheduleRunnerTest, WhatHappenedMeanwhileLeavesNothingToDo) {
  // Somebody takes it up between the look at the view and the command.
  for (ScheduledWork& each : work_) {
    each.perform = [this, perform = each.perform](const Call& call, const DueInstant& instant) {
      Give(instant.subject, events::v1::OpportunityResumed());
      return perform(call, instant);
    };
  }
  Wait("big", 4, 1);
  Start();
  clock_.Set(Midnight(4, 1));
  Await("DueSettled", 1);
  EXPECT_EQ(Read("OpportunityReminded").size(), 0U);
}

// Something was entered about the record since it was due: a stream never goes back in time.
TEST_F(ScheduleRunnerTest, IsTrueAsEarlyAsLaterFactsAllow) {
  Wait("big", 4, 1);
  clock_.Set(Midnight(4, 1) + absl::Hours(1));
  Give(Opportunity("big"), events::v1::ExpectedRevenueRevised());
  Start();
  EXPECT_THAT(EffectiveTimes(Await("OpportunityReminded", 1)),
              ElementsAre(Midnight(4, 1) + absl::Hours(1)));
}

}  // namespace
}  // namespace crm::services
