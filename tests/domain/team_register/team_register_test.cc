// Invariants I1 and I2 of domain/team_register/team_register.h; TeamTest shows who writes it.
#include "domain/team_register/team_register.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/examples.h"

namespace crm::domain {
namespace {

using testing::AffiliationNotedExample;
using testing::ExampleBytes;
using testing::ExampleId;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TeamRegisterState Fold(std::vector<TeamRegister::Event> events) {
  TeamRegisterState state;
  for (const auto& event : events) state = TeamRegister::Evolve(std::move(state), event, {});
  return state;
}

TEST(TeamRegisterTest, I1KnowsTeamsWithoutMembers) {
  const auto state = Fold({testing::TeamRegisteredExample(1)});
  ASSERT_NE(state.Find(ExampleId<TeamId>(1)), nullptr);
  EXPECT_TRUE(state.Find(ExampleId<TeamId>(1))->available);
  EXPECT_EQ(state.Find(ExampleId<TeamId>(2)), nullptr);
}

TEST(TeamRegisterTest, I2BelongingAndLeadingAreApart) {
  auto leads_only = AffiliationNotedExample(2, 1, /*leader=*/true);
  leads_only.set_member(false);
  auto left = AffiliationNotedExample(3, 1);
  left.set_member(false);
  const auto state = Fold({AffiliationNotedExample(1, 1), leads_only, AffiliationNotedExample(3, 1),
                           left, AffiliationNotedExample(1, 2)});
  const auto member = ExampleId<MemberId>(1);
  EXPECT_THAT(state.TeamsOf(member), UnorderedElementsAre(ExampleId<TeamId>(1)));
  EXPECT_THAT(state.TeamsLedBy(member), UnorderedElementsAre(ExampleId<TeamId>(2)));
  EXPECT_THAT(state.MembersOfSeveralTeams(), IsEmpty());
}

TEST(TeamRegisterTest, FindsMembersOfSeveralTeams) {
  const auto state = Fold({AffiliationNotedExample(1, 1), AffiliationNotedExample(2, 1),
                           AffiliationNotedExample(3, 1), AffiliationNotedExample(1, 2)});
  EXPECT_THAT(state.MembersOfSeveralTeams(), UnorderedElementsAre(ExampleId<MemberId>(1)));
}

TEST(TeamRegisterTest, KeepsAvailabilityAndPolicy) {
  events::v1::TeamAvailabilityNoted gone;
  gone.set_team_id(ExampleBytes<TeamId>());
  events::v1::TeamPolicyNoted policy;
  policy.set_team_id(ExampleBytes<TeamId>());
  policy.set_privacy(v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY);
  policy.set_assigners(v1::REASSIGN_POLICY_LEADERS);
  const auto state = Fold({testing::TeamRegisteredExample(), policy, gone});
  const auto& entry = *state.Find(ExampleId<TeamId>());
  EXPECT_FALSE(entry.available);
  EXPECT_THAT(state.AvailableTeams(), IsEmpty());
  EXPECT_THAT(Fold({testing::TeamRegisteredExample(2), gone}).AvailableTeams(),
              UnorderedElementsAre(ExampleId<TeamId>(2)));
  EXPECT_EQ(entry.privacy, v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY);
  EXPECT_EQ(entry.assigners, v1::REASSIGN_POLICY_LEADERS);
}

}  // namespace
}  // namespace crm::domain
