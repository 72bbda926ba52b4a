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
using crm::testing::IsOk;
using crm::testing::kExampleBefore;
using crm::testing::kExampleNow;
using crm::testing::LeadCapturedFor;
using crm::testing::LeadCommand;
using crm::testing::LeadScenario;
using crm::testing::LeadTakenExample;
using ::testing::SizeIs;

// Keeps the first team out of the rule.
events::v1::TeamSettingsRevised TakesOnly(const std::string& source) {
  events::v1::TeamSettingsRevised event;
  *event.mutable_assignment_filter() = From(source);
  event.set_assignment_filter_replaced(true);
  return event;
}

v1::RouteLeadRequest RouteLead() { return LeadCommand<v1::RouteLeadRequest>(); }

std::string LeftReason(LeadScenario& scenario) {
  EXPECT_THAT(scenario.outcome(), IsOk());
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  return scenario.Shown().assignment().unassigned_reason();
}

TEST(LeadRoutingTest, RoutedToTheMemberWithTheMostRoom) {
  LeadScenario scenario;
  scenario.GivenTaken(1, 3, kExampleBefore)
      .GivenTaken(2, 1, kExampleBefore)
      .GivenTaken(3, 2, kExampleBefore);
  scenario.Captured().When(RouteLead());
  const v1::Lead shown = scenario.Shown();
  EXPECT_EQ(shown.owner(), ExampleName<MemberId>(2));
  EXPECT_EQ(shown.team(), ExampleName<TeamId>(1));
  ASSERT_EQ(shown.assignment().candidates_size(), 3);
  EXPECT_EQ(shown.assignment().candidates(0).member(), ExampleName<MemberId>(2));
  EXPECT_EQ(shown.assignment().candidates(0).remaining_leads(), 29);
  EXPECT_EQ(shown.assignment().candidates(0).maximum_leads(), 30);
  EXPECT_EQ(shown.assignment().candidates(0).last_assign_time().seconds(),
            absl::ToUnixSeconds(kExampleBefore));
  EXPECT_EQ(shown.assignment().candidates(2).member(), ExampleName<MemberId>(1));
  scenario.ThenAlso<Roster>(FirstRoster(), LeadTakenExample(2, 1, kExampleNow));
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadRoutingTest, ALeadThatHasAnOwnerStays) {
  LeadScenario().Given(LeadCapturedFor(1, 1)).When(RouteLead()).ThenNothing();
}

TEST(LeadRoutingTest, ALeadThatHasATeamStaysInIt) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 100);
  scenario.GivenTaken(1, 20, kExampleBefore)
      .GivenTaken(2, 20, kExampleBefore)
      .GivenTaken(3, 20, kExampleBefore);
  scenario.GivenTeam(TakesOnly("nothing")).Given(LeadCapturedFor(1, 0)).When(RouteLead());
  EXPECT_EQ(scenario.Shown().team(), ExampleName<TeamId>(1));
  EXPECT_NE(scenario.Shown().owner(), "");
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, ALeadOfAnArchivedTeamGoesToAnother) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 10);
  events::v1::TeamAvailabilityNoted unavailable;
  unavailable.set_team_id(ExampleBytes<TeamId>(1));
  unavailable.set_available(false);
  scenario.GivenStream<TeamRegister>(TeamRegisterOf(ExampleId<OrganizationId>()), unavailable);
  scenario.Given(LeadCapturedFor(1, 0)).When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(4));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, OnlyTeamsWhoseFilterMatchesTakePart) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 1, "web");
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(4));
  EXPECT_EQ(scenario.Shown().assignment().candidates_size(), 1);
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, LeftUnassignedWithTheReason) {
  LeadScenario no_team;
  no_team.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(no_team), "NO_TEAM_MATCHES");

  LeadScenario full;
  full.GivenTeam(Maximum(1, 2), Maximum(2, 0), Maximum(3, 0))
      .GivenTaken(1, 2, kExampleNow - absl::Hours(1))
      .Captured()
      .When(RouteLead());
  EXPECT_EQ(LeftReason(full), "CAPACITY");
  EXPECT_EQ(full.Shown().assignment().candidates_size(), 3);
  EXPECT_EQ(full.Shown().state(), v1::LEAD_STATE_NEW);

  LeadScenario nobody;
  events::v1::MembershipTerms picky;
  picky.set_maximum_leads(30);
  *picky.mutable_filter() = From("fair");
  nobody.GivenTeam(Terms(1, picky), Terms(2, picky), Terms(3, picky)).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(nobody), "NO_MEMBER_ACCEPTS");
}

TEST(LeadRoutingTest, LeavingItForTheSameReasonsAgainDecidesNothing) {
  LeadScenario scenario;
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(scenario), "NO_TEAM_MATCHES");
  scenario.When(RouteLead()).ThenNothing();
}

TEST(LeadRoutingTest, TermsOfTheMembershipAreHonoured) {
  events::v1::MembershipTerms paused;
  paused.set_maximum_leads(30);
  paused.set_paused_until_us(absl::ToUnixMicros(kExampleNow + absl::Seconds(1)));
  events::v1::MembershipTerms paced;
  paced.set_maximum_leads(30);
  paced.set_daily_leads(1);
  LeadScenario scenario;
  scenario.GivenTeam(Terms(1, paused), Terms(2, paced))
      .GivenTaken(2, 1, kExampleNow - absl::Hours(24))
      .GivenTaken(3, 5, kExampleBefore)
      .Captured()
      .When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(3));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();

  // A moment later the pause is over.
  paused.set_paused_until_us(absl::ToUnixMicros(kExampleNow));
  LeadScenario over;
  over.GivenTeam(Terms(1, paused))
      .GivenTaken(2, 1, kExampleBefore)
      .GivenTaken(3, 5, kExampleBefore);
  over.Captured().When(RouteLead());
  EXPECT_EQ(over.Shown().owner(), ExampleName<MemberId>(1));
  EXPECT_THAT(over.outcome(), IsOk());
  over.Settled();
}

TEST(LeadRoutingTest, PreferredLeadsAreOfferedFirst) {
  events::v1::MembershipTerms prefers;
  prefers.set_maximum_leads(30);
  *prefers.mutable_preferred_filter() = From("WEB");
  LeadScenario scenario;
  scenario.GivenTeam(Terms(3, prefers))
      .GivenTaken(3, 29, kExampleBefore)
      .Captured()
      .When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(3));
  EXPECT_TRUE(scenario.Shown().assignment().candidates(0).preferred());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, ByHandTheRulesExplanationIsOverruled) {
  LeadScenario scenario;
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(scenario), "NO_TEAM_MATCHES");
  scenario.When(AssignLeadExample(1, 2));
  EXPECT_FALSE(scenario.Shown().has_assignment());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, TheRuleRestsOnTheRostersItRead) {
  LeadScenario scenario;
  scenario.Captured().When(RouteLead());
  scenario.ThenConsulted<Roster>(FirstRoster())
      .ThenConsulted<TeamRegister>(TeamRegisterOf(ExampleId<OrganizationId>()));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadRoutingTest, T47OneOfThreeThenCapacity) {
  LeadScenario scenario;
  scenario.GivenTeam(Maximum(1, 30), Maximum(2, 0), Maximum(3, 0))
      .GivenTaken(1, 29, kExampleNow - absl::Hours(1))
      .Captured()
      .When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(1));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
  // The same roster, full, for the two leads after it.
  for (int n = 2; n <= 3; ++n) {
    LeadScenario next;
    next.GivenTeam(Maximum(1, 30), Maximum(2, 0), Maximum(3, 0))
        .GivenTaken(1, 30, kExampleNow - absl::Hours(1))
        .Captured()
        .When(RouteLead());
    EXPECT_EQ(LeftReason(next), "CAPACITY");
  }
}

}  // namespace
}  // namespace crm::domain
