#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/domain/lead/assignment_world.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::AssignLeadExample;
using crm::testing::ExampleBytes;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::ExampleStage;
using crm::testing::HasReason;
using crm::testing::IsOk;
using crm::testing::kExampleBefore;
using crm::testing::kExampleNow;
using crm::testing::kLeadPipeline;
using crm::testing::kQualified;
using crm::testing::LeadCapturedFor;
using crm::testing::LeadPipelineGiven;
using crm::testing::LeadReleasedExample;
using crm::testing::LeadScenario;
using crm::testing::LeadTakenExample;
using crm::testing::LoseLeadExample;
using events::v1::LeadAssigned;
using ::testing::SizeIs;

const absl::Duration kWindow = absl::Hours(30 * 24);

events::v1::Ownership Owned(int team, int member) {
  events::v1::Ownership ownership;
  ownership.set_team_id(team == 0 ? "" : ExampleBytes<TeamId>(team));
  ownership.set_owner_id(member == 0 ? "" : ExampleBytes<MemberId>(member));
  return ownership;
}

LeadAssigned Assigned(const events::v1::Ownership& from, const events::v1::Ownership& to) {
  LeadAssigned event;
  *event.mutable_from() = from;
  *event.mutable_to() = to;
  event.set_assign_time_us(absl::ToUnixMicros(kExampleNow));
  return event;
}

TEST(LeadAssignmentTest, I7ByHandTheOwnersRosterCountsTheLead) {
  LeadScenario()
      .Captured()
      .When(AssignLeadExample(1, 2))
      .Then(Assigned(Owned(0, 0), Owned(1, 2)))
      .ThenAlso<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleNow));
}

TEST(LeadAssignmentTest, T44ReassigningMovesTheCount) {
  LeadScenario scenario;
  scenario.GivenStream<Roster>(FirstRoster(), LeadTakenExample(1, 1, kExampleBefore))
      .Given(LeadCapturedFor(1, 1))
      .When(AssignLeadExample(1, 2))
      .Then(Assigned(Owned(1, 1), Owned(1, 2)))
      .ThenAlso<Roster>(FirstRoster(), LeadReleasedExample(1, 1),
                        LeadTakenExample(2, 1, kExampleNow));
  const Ref<Roster> roster = scenario.CurrentOf<Roster>(FirstRoster());
  EXPECT_EQ(roster->LoadOf(ExampleId<MemberId>(1), kExampleNow, kWindow), 0);
  EXPECT_EQ(roster->LoadOf(ExampleId<MemberId>(2), kExampleNow, kWindow), 1);
}

TEST(LeadAssignmentTest, I7AnotherTeamsRosterTakesTheCountOver) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 10);
  scenario.Given(LeadCapturedFor(1, 1))
      .When(AssignLeadExample(2, 4))
      .Then(Assigned(Owned(1, 1), Owned(2, 4)))
      .ThenAlso<Roster>(FirstRoster(), LeadReleasedExample(1, 1))
      .ThenAlso<Roster>(RosterOf(ExampleId<TeamId>(2)), LeadTakenExample(4, 1, kExampleNow));
}

TEST(LeadAssignmentTest, I7GivenBackToNobodyTheCountGoes) {
  LeadScenario()
      .Given(LeadCapturedFor(1, 1))
      .When(AssignLeadExample(1, 0))
      .Then(Assigned(Owned(1, 1), Owned(1, 0)))
      .ThenAlso<Roster>(FirstRoster(), LeadReleasedExample(1, 1));
}

TEST(LeadAssignmentTest, AssigningTheSameDecidesNothing) {
  LeadScenario().Given(LeadCapturedFor(1, 1)).When(AssignLeadExample(1, 1)).ThenNothing();
}

TEST(LeadAssignmentTest, WithoutATeamNoRosterCounts) {
  LeadScenario().Captured().When(AssignLeadExample(0, 2)).Then(Assigned(Owned(0, 0), Owned(0, 2)));
}

TEST(LeadAssignmentTest, I8ByHandRefusedBeyondTheMaximum) {
  LeadScenario()
      .GivenTaken(2, 30, kExampleNow - absl::Hours(1))
      .Captured()
      .Denying("lead.exceed_capacity")
      .When(AssignLeadExample(1, 2))
      .ThenRejected("CAPACITY")
      .Naming("member", ExampleName<MemberId>(2))
      .Naming("maximum", "30")
      .Naming("count", "30");
}

TEST(LeadAssignmentTest, I8TheLastPlaceIsFree) {
  LeadScenario scenario;
  scenario.GivenTaken(2, 29, kExampleNow - absl::Hours(1)).Captured();
  scenario.Denying("lead.exceed_capacity").When(AssignLeadExample(1, 2));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadAssignmentTest, I8WithThePermissionItIsExceededAndCounted) {
  LeadScenario()
      .GivenTaken(2, 30, kExampleNow - absl::Hours(1))
      .Captured()
      .When(AssignLeadExample(1, 2))
      .Then(Assigned(Owned(0, 0), Owned(1, 2)))
      .ThenAlso<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleNow));
}

TEST(LeadAssignmentTest, I8AMaximumOfZeroClosesTheRuleNotTheHand) {
  LeadScenario()
      .GivenTeam(Maximum(2, 0))
      .Captured()
      .Denying("lead.exceed_capacity")
      .When(AssignLeadExample(1, 2))
      .Then(Assigned(Owned(0, 0), Owned(1, 2)))
      .ThenAlso<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleNow));
}

TEST(LeadAssignmentTest, T44TheWindowIs30Times24HoursAndItsEdgeInside) {
  // 12:00 UTC on 2026-03-31; the clocks of Berlin changed on the 29th, which moves nothing.
  const absl::Time now = absl::FromUnixSeconds(1'774'958'400);
  const auto attempt = [&](absl::Time taken) {
    LeadScenario scenario;
    scenario.GivenTeam(Maximum(2, 1)).GivenTaken(2, 1, taken).Captured();
    scenario.Denying("lead.exceed_capacity").At(now).When(AssignLeadExample(1, 2));
    const absl::Status outcome = scenario.outcome();
    scenario.Settled();
    return outcome;
  };
  const absl::Time edge = absl::FromUnixSeconds(1'772'366'400);  // 2026-03-01 12:00 UTC
  ASSERT_EQ(now - edge, kWindow);
  EXPECT_THAT(attempt(edge), HasReason("CAPACITY"));
  EXPECT_THAT(attempt(edge - absl::Seconds(1)), IsOk());
}

TEST(LeadAssignmentTest, T44LosingALeadFreesNothing) {
  LeadScenario scenario;
  scenario.GivenTeam(Maximum(2, 1))
      .GivenStream<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleBefore))
      .Given(LeadCapturedFor(1, 2))
      .When(LoseLeadExample());
  EXPECT_THAT(scenario.outcome(), IsOk());
  EXPECT_TRUE(scenario.effects().empty());
  EXPECT_EQ(scenario.CurrentOf<Roster>(FirstRoster())
                ->LoadOf(ExampleId<MemberId>(2), kExampleNow, kWindow),
            1);
}

TEST(LeadAssignmentTest, OnlyThoseInTheTeamOwnItsLeads) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 10);
  scenario.Captured()
      .When(AssignLeadExample(1, 4))
      .ThenRejected("MEMBER_NOT_IN_TEAM")
      .Naming("team", ExampleName<TeamId>(1));
}

TEST(LeadAssignmentTest, LeadersMayOwnTheLeadsOfTheirTeam) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 10);
  events::v1::LeaderAppointed appointed;
  appointed.set_member_id(ExampleBytes<MemberId>(4));
  scenario.GivenTeam(appointed)
      .Captured()
      .When(AssignLeadExample(1, 4))
      .Then(Assigned(Owned(0, 0), Owned(1, 4)))
      .ThenAlso<Roster>(FirstRoster(), LeadTakenExample(4, 1, kExampleNow));
}

TEST(LeadAssignmentTest, ArchivedTeamsAndDeactivatedMembersTakeNothing) {
  LeadScenario()
      .GivenTeam(events::v1::TeamArchived())
      .Captured()
      .When(AssignLeadExample(1, 2))
      .ThenRejected("TEAM_ARCHIVED");
  LeadScenario scenario;
  scenario.GivenStream<Member>(ExampleId<MemberId>(2), events::v1::MemberDeactivated());
  scenario.Captured().When(AssignLeadExample(1, 2)).ThenRejected("MEMBER_INACTIVE");
}

TEST(LeadAssignmentTest, T50InSingleTeamOrganizationsTheOwnerBringsTheTeam) {
  events::v1::MembershipPolicySwitched single;
  single.set_single_team(true);
  LeadScenario()
      .GivenOrganization(single)
      .Captured()
      .When(AssignLeadExample(0, 2))
      .Then(Assigned(Owned(0, 0), Owned(1, 2)))
      .ThenAlso<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleNow));
}

TEST(LeadAssignmentTest, NobodyIsAssignedIntoATeamWhereTeamsAreNotUsed) {
  events::v1::OrganizationSettingsRevised revised;
  revised.set_teams_enabled(false);
  LeadScenario()
      .GivenOrganization(revised)
      .Captured()
      .When(AssignLeadExample(1, 2))
      .ThenRejected("TEAMS_NOT_USED")
      .When(AssignLeadExample(0, 2))
      .Then(Assigned(Owned(0, 0), Owned(0, 2)));
}

TEST(LeadAssignmentTest, I12EntersTheTeamsFirstStage) {
  LeadScenario scenario;
  scenario.GivenTeam(LeadPipelineGiven()).Captured().When(AssignLeadExample(1, 0));
  EXPECT_THAT(scenario.decided(), SizeIs(2));
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kQualified, kLeadPipeline)));
  EXPECT_THAT(scenario.outcome(), IsOk());
}

}  // namespace
}  // namespace crm::domain
