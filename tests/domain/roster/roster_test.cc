// Invariants I1..I3 of domain/roster/roster.h, and worked case T44.
#include "domain/roster/roster.h"

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using testing::ExampleId;
using testing::kExampleNow;

class RosterTest : public ::testing::Test {
 protected:
  void Take(int lead, absl::Time at, int member = 1) {
    events::v1::LeadTaken taken;
    taken.set_member_id(ToBytes(ExampleId<MemberId>(member)));
    taken.set_lead_id(ToBytes(ExampleId<LeadId>(lead)));
    taken.set_assign_time_us(absl::ToUnixMicros(at));
    state_ = Roster::Evolve(std::move(state_), taken, {});
  }
  void Release(int lead, int member = 1) {
    events::v1::LeadReleased released;
    released.set_member_id(ToBytes(ExampleId<MemberId>(member)));
    released.set_lead_id(ToBytes(ExampleId<LeadId>(lead)));
    state_ = Roster::Evolve(std::move(state_), released, {});
  }
  int Load(absl::Time at, int member = 1, absl::Duration window = kCapacityWindow) {
    return state_.LoadOf(ExampleId<MemberId>(member), at, window);
  }

  RosterState state_;
};

TEST_F(RosterTest, T44CountsFromThirtyTimes24HoursAgo) {
  const absl::Time now = absl::FromCivil(absl::CivilSecond(2026, 3, 31, 12), absl::UTCTimeZone());
  const absl::Time edge = absl::FromCivil(absl::CivilSecond(2026, 3, 1, 12), absl::UTCTimeZone());
  Take(1, edge);
  EXPECT_EQ(Load(now), 1);
  Take(1, edge - absl::Seconds(1));
  EXPECT_EQ(Load(now), 0);
}

TEST_F(RosterTest, I2ReleaseMovesTheCount) {
  Take(1, kExampleNow);
  Take(2, kExampleNow);
  Release(1);
  Take(1, kExampleNow, 2);
  EXPECT_EQ(Load(kExampleNow, 1), 1);
  EXPECT_EQ(Load(kExampleNow, 2), 1);
  Release(9);
  EXPECT_EQ(Load(kExampleNow, 1), 1) << "releasing what was never taken changes nothing";
  EXPECT_EQ(state_.LastAssignTimeOf(ExampleId<MemberId>(1)), kExampleNow);
}

TEST_F(RosterTest, TakingALeadTwiceCountsOnce) {
  Take(1, kExampleNow);
  Take(1, kExampleNow + absl::Hours(1));
  EXPECT_EQ(Load(kExampleNow + absl::Hours(1)), 1);
}

TEST_F(RosterTest, ALateEntryMeetsTheFullestWindowItWouldFill) {
  const absl::Duration day = absl::Hours(24);
  Take(1, kExampleNow);
  Take(2, kExampleNow + day);
  Take(3, kExampleNow + 3 * day);
  EXPECT_EQ(Load(kExampleNow - day, 1, kPacingWindow), 1);
  EXPECT_EQ(Load(kExampleNow, 1, kPacingWindow), 2) << "the window that ends a day later";
  EXPECT_EQ(Load(kExampleNow + 2 * day, 1, kPacingWindow), 1);
  EXPECT_EQ(Load(kExampleNow - 2 * day, 1, kPacingWindow), 0);
  EXPECT_EQ(Load(kExampleNow, 1, 3 * day), 3);
}

TEST_F(RosterTest, TheFullestWindowNeedNotBeTheLast) {
  Take(1, kExampleNow - absl::Hours(23));
  Take(2, kExampleNow - absl::Hours(22));
  Take(3, kExampleNow + absl::Hours(20));
  EXPECT_EQ(Load(kExampleNow, 1, kPacingWindow), 2);
}

TEST_F(RosterTest, I3ForgetsOnlyWhatNoWindowReaches) {
  Take(1, kExampleNow - absl::Hours(31 * 24));
  Take(2, kExampleNow - absl::Hours(31 * 24) - absl::Seconds(1), 2);
  Take(3, kExampleNow);
  EXPECT_EQ(state_.members.at(ExampleId<MemberId>(1)).takes.size(), 2u);
  EXPECT_TRUE(state_.members.at(ExampleId<MemberId>(2)).takes.empty());
  EXPECT_EQ(state_.LastAssignTimeOf(ExampleId<MemberId>(2)),
            kExampleNow - absl::Hours(31 * 24) - absl::Seconds(1))
      << "the order of assignment survives";
}

TEST_F(RosterTest, NobodyHasTakenNothing) {
  EXPECT_EQ(Load(kExampleNow), 0);
  EXPECT_EQ(state_.LastAssignTimeOf(ExampleId<MemberId>()), absl::InfinitePast());
}

}  // namespace
}  // namespace crm::domain
