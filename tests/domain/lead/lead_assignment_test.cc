#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lead_examples.h"

namespace crm::domain {
namespace {

using namespace crm::testing;  // NOLINT(google-build-using-namespace): examples by the dozen
using events::v1::LeadAssigned;
using events::v1::LeadLeftUnassigned;
using ::testing::SizeIs;

const absl::Duration kWindow = absl::Hours(30 * 24);

RosterId FirstRoster() { return RosterOf(ExampleId<TeamId>()); }

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

events::v1::MembershipTermsRevised Terms(int member, const events::v1::MembershipTerms& terms) {
  events::v1::MembershipTermsRevised event;
  event.set_member_id(ExampleBytes<MemberId>(member));
  *event.mutable_terms() = terms;
  return event;
}

events::v1::MembershipTermsRevised Maximum(int member, int leads) {
  events::v1::MembershipTerms terms;
  terms.set_maximum_leads(leads);
  return Terms(member, terms);
}

events::v1::Condition From(const std::string& source) {
  events::v1::Condition condition;
  condition.mutable_field_in()->set_field("source");
  condition.mutable_field_in()->add_values(source);
  return condition;
}

// A second team with the fourth member, who takes up to `maximum` leads.
void GiveSecondTeam(LeadScenario& scenario, int maximum, const std::string& filter_source = "") {
  events::v1::TeamCreated team = TeamCreatedExample(2);
  if (!filter_source.empty()) *team.mutable_assignment_filter() = From(filter_source);
  events::v1::MembershipBegan began = MembershipBeganExample(4);
  began.mutable_terms()->set_maximum_leads(maximum);
  scenario.GivenStream<Team>(ExampleId<TeamId>(2), team, began);
  scenario.GivenStream<Member>(ExampleId<MemberId>(4), MemberCreatedExample(4));
  scenario.GivenStream<TeamRegister>(TeamRegisterOf(ExampleId<OrganizationId>()),
                                     TeamRegisteredExample(2), AffiliationNotedExample(2, 4));
}

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

TEST(LeadAssignmentTest, I12EntersTheTeamsFirstStage) {
  LeadScenario scenario;
  scenario.GivenTeam(LeadPipelineGiven()).Captured().When(AssignLeadExample(1, 0));
  EXPECT_THAT(scenario.decided(), SizeIs(2));
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kQualified, kLeadPipeline)));
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadAssignmentTest, RoutedToTheMemberWithTheMostRoom) {
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

TEST(LeadAssignmentTest, ALeadThatHasAnOwnerStays) {
  LeadScenario().Given(LeadCapturedFor(1, 1)).When(RouteLead()).ThenNothing();
}

TEST(LeadAssignmentTest, ALeadThatHasATeamStaysInIt) {
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

TEST(LeadAssignmentTest, ALeadOfAnArchivedTeamGoesToAnother) {
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

TEST(LeadAssignmentTest, OnlyTeamsWhoseFilterMatchesTakePart) {
  LeadScenario scenario;
  GiveSecondTeam(scenario, 1, "web");
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(scenario.Shown().owner(), ExampleName<MemberId>(4));
  EXPECT_EQ(scenario.Shown().assignment().candidates_size(), 1);
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadAssignmentTest, LeftUnassignedWithTheReason) {
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

TEST(LeadAssignmentTest, LeavingItForTheSameReasonsAgainDecidesNothing) {
  LeadScenario scenario;
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(scenario), "NO_TEAM_MATCHES");
  scenario.When(RouteLead()).ThenNothing();
}

TEST(LeadAssignmentTest, TermsOfTheMembershipAreHonoured) {
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

TEST(LeadAssignmentTest, PreferredLeadsAreOfferedFirst) {
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

TEST(LeadAssignmentTest, ByHandTheRulesExplanationIsOverruled) {
  LeadScenario scenario;
  scenario.GivenTeam(TakesOnly("fair")).Captured().When(RouteLead());
  EXPECT_EQ(LeftReason(scenario), "NO_TEAM_MATCHES");
  scenario.When(AssignLeadExample(1, 2));
  EXPECT_FALSE(scenario.Shown().has_assignment());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadAssignmentTest, TheRuleRestsOnTheRostersItRead) {
  LeadScenario scenario;
  scenario.Captured().When(RouteLead());
  scenario.ThenConsulted<Roster>(FirstRoster())
      .ThenConsulted<TeamRegister>(TeamRegisterOf(ExampleId<OrganizationId>()));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadAssignmentTest, T47OneOfThreeThenCapacity) {
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
