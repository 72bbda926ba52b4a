// Invariants I1..I9 of domain/team/team.h, worked case T50, and what TeamRegister hears of them.
#include "domain/team/team.h"

#include "tests/domain/team/team_scenario.h"
#include "tests/support/born.h"

namespace crm::domain {
namespace {

using testing::AffiliationNotedExample;
using testing::Born;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using ::testing::Field;
using testing::From;
using ::testing::IsEmpty;
using testing::TeamCreatedExample;

TEST_F(TeamTest, I7BirthRegistersTheTeamAndItsFounders) {
  v1::CreateTeamRequest command;
  *command.mutable_team() = From<v1::Team>(R"(
    display_name: "North" color_index: 3 monthly_target { currency_code: "EUR" units: 1000 }
    assignment_filter { field_in { field: "region_code" values: "DE" } }
    privacy: TEAM_PRIVACY_ALL_SHARED)");
  command.add_leaders(ExampleName<MemberId>(1));
  command.add_leaders(ExampleName<MemberId>(2));
  *command.add_memberships() = From<v1::Membership>("maximum_leads: 5");
  command.mutable_memberships(0)->set_member(ExampleName<MemberId>(2));
  *command.add_memberships() = From<v1::Membership>("maximum_leads: 6");
  command.mutable_memberships(1)->set_member(ExampleName<MemberId>(3));

  const auto team = Born<TeamId>();
  events::v1::TeamRegistered registered;
  registered.set_team_id(ToBytes(team));
  scenario_.When(command)
      .Then(From<events::v1::TeamCreated>(R"(
              display_name: "North" color_index: 3 privacy: 3 assigners: 3 target_measure: 3
              monthly_target { currency_code: "EUR" minor: 100000 }
              assignment_filter { field_in { field: "region_code" values: "DE" } })"),
            About<events::v1::LeaderAppointed>(1), About<events::v1::LeaderAppointed>(2),
            About<events::v1::OverrideLeaderNamed>(1), Began(2, 5), Began(3, 6))
      .ThenAlso<TeamRegister>(
          kRegister, registered,
          PolicyNoted(team, v1::TEAM_PRIVACY_ALL_SHARED, v1::REASSIGN_POLICY_EVERY_MEMBER),
          Noted(team, 2, true, true), Noted(team, 3, true, false), Noted(team, 1, false, true));
  const v1::Team shown = scenario_.Shown();
  EXPECT_THAT(shown.leaders(), ElementsAre(ExampleName<MemberId>(1), ExampleName<MemberId>(2)));
  EXPECT_EQ(shown.override_leader(), ExampleName<MemberId>(1));
  EXPECT_EQ(shown.memberships_size(), 2);
  EXPECT_EQ(shown.memberships(1).maximum_leads(), 6);
  EXPECT_EQ(shown.monthly_target().units(), 1000);
  EXPECT_EQ(shown.assignment_filter().field_in().values(0), "DE");
}

TEST_F(TeamTest, I1BirthRefusesTheSameMemberTwice) {
  v1::CreateTeamRequest command;
  command.mutable_team()->set_display_name("North");
  command.add_memberships()->set_member(ExampleName<MemberId>(2));
  command.add_memberships()->set_member(ExampleName<MemberId>(2));
  scenario_.When(command).ThenRejected("MEMBERSHIP_EXISTS");
}

TEST_F(TeamTest, I1AMemberJoinsOnce) {
  GivenTeam()
      .When(AddMember(2))
      .Then(Began(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, true, false))
      .When(AddMember(2))
      .ThenRejected("MEMBERSHIP_EXISTS")
      .Naming("member", ExampleName<MemberId>(2))
      .When(AddMember(9))
      .ThenRejected("REFERENCE_NOT_FOUND");
}

TEST_F(TeamTest, I1T50SeveralTeamsMayShareAMember) {
  scenario_.GivenStream<Team>(ExampleId<TeamId>(2), TeamCreatedExample(2), Began(2))
      .GivenStream<TeamRegister>(kRegister, AffiliationNotedExample(2, 2));
  GivenTeam()
      .When(AddMember(2))
      .Then(Began(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, true, false));
}

TEST_F(TeamTest, I1T50InSingleTeamModeJoiningEndsTheOtherMembership) {
  GivenSingleTeam();
  scenario_
      .GivenStream<Team>(ExampleId<TeamId>(2), TeamCreatedExample(2), Began(2),
                         About<events::v1::LeaderAppointed>(2), events::v1::TeamArchived())
      .GivenStream<TeamRegister>(kRegister, AffiliationNotedExample(2, 2, /*leader=*/true),
                                 AffiliationNotedExample(3, 3));
  auto ended = About<events::v1::MembershipEnded>(2);
  ended.set_successor_team_id(ExampleBytes<TeamId>(1));
  GivenTeam()
      .When(AddMember(2))
      .Then(Began(2))
      .ThenAlso<Team>(ExampleId<TeamId>(2), ended)
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(1), 2, true, false),
                              Noted(ExampleId<TeamId>(2), 2, false, true));
  EXPECT_THAT(scenario_.CurrentOf<TeamRegister>(kRegister)->TeamsOf(ExampleId<MemberId>(2)),
              ElementsAre(ExampleId<TeamId>(1)));
}

TEST_F(TeamTest, I1T50FoundersLeaveTheirTeamsToo) {
  GivenSingleTeam();
  scenario_.GivenStream<Team>(ExampleId<TeamId>(2), TeamCreatedExample(2), Began(2))
      .GivenStream<TeamRegister>(kRegister, AffiliationNotedExample(2, 2));
  v1::CreateTeamRequest command;
  command.mutable_team()->set_display_name("North");
  command.add_memberships()->set_member(ExampleName<MemberId>(2));
  const auto born = Born<TeamId>();
  scenario_.When(command);
  ASSERT_THAT(scenario_.outcome(), testing::IsOk());
  EXPECT_THAT(scenario_.CurrentOf<TeamRegister>(kRegister)->TeamsOf(ExampleId<MemberId>(2)),
              ElementsAre(born));
  EXPECT_THAT(scenario_.CurrentOf<Team>(ExampleId<TeamId>(2))->memberships, IsEmpty());
  scenario_.Settled();
}

TEST_F(TeamTest, I2OnlyActiveMembersJoinOrLead) {
  GivenMember(2, events::v1::MemberDeactivated());
  v1::CreateTeamRequest create;
  create.mutable_team()->set_display_name("North");
  create.add_leaders(ExampleName<MemberId>(2));
  GivenTeam()
      .When(AddMember(2))
      .ThenRejected("MEMBER_INACTIVE")
      .When(Naming<v1::AppointLeaderRequest>(2))
      .ThenRejected("MEMBER_INACTIVE")
      .When(create)
      .ThenRejected("MEMBER_INACTIVE");
}

TEST_F(TeamTest, I2LeadersNeedNotBelong) {
  GivenTeam()
      .When(Naming<v1::AppointLeaderRequest>(2))
      .Then(About<events::v1::LeaderAppointed>(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, false, true))
      .When(Naming<v1::AppointLeaderRequest>(2))
      .ThenNothing()
      .When(AddMember(2))
      .Then(Began(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, true, true))
      .When(Naming<v1::DismissLeaderRequest>(2))
      .Then(About<events::v1::LeaderDismissed>(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, true, false))
      .When(Naming<v1::DismissLeaderRequest>(2))
      .ThenRejected("NOT_A_LEADER");
}

TEST_F(TeamTest, I3TheOverrideLeaderLeads) {
  GivenTeam(About<events::v1::LeaderAppointed>(2))
      .When(Naming<v1::NameOverrideLeaderRequest>(3))
      .ThenRejected("NOT_A_LEADER")
      .Naming("member", ExampleName<MemberId>(3))
      .When(Naming<v1::NameOverrideLeaderRequest>(2))
      .Then(About<events::v1::OverrideLeaderNamed>(2))
      .When(Naming<v1::NameOverrideLeaderRequest>(2))
      .ThenNothing()
      .When(Naming<v1::DismissLeaderRequest>(2))
      .Then(events::v1::OverrideLeaderNamed(), About<events::v1::LeaderDismissed>(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, false, false))
      .ThenState(Field(&TeamState::override_leader, MemberId()));
}

TEST_F(TeamTest, I3NobodyMayReceiveOverrides) {
  GivenTeam(About<events::v1::LeaderAppointed>(2), About<events::v1::OverrideLeaderNamed>(2))
      .When(Named<v1::NameOverrideLeaderRequest>())
      .Then(events::v1::OverrideLeaderNamed());
}

TEST_F(TeamTest, TermsAreReplacedWhole) {
  const auto revise = [](absl::string_view terms, int member = 2) {
    auto command = Named<v1::ReviseMembershipRequest>();
    *command.mutable_membership() = From<v1::Membership>(terms);
    command.mutable_membership()->set_member(ExampleName<MemberId>(member));
    return command;
  };
  auto revised = About<events::v1::MembershipTermsRevised>(2);
  *revised.mutable_terms() = From<events::v1::MembershipTerms>(R"(
    maximum_leads: 5 daily_leads: 2 paused_until_us: 3000000
    filter { field_in { field: "source" values: "web" } }
    preferred_filter { field_in { field: "tag" values: "vip" } })");
  const auto terms = R"(
    maximum_leads: 5 daily_leads: 2 paused_until_time { seconds: 3 }
    filter { field_in { field: "source" values: "web" } }
    preferred_filter { field_in { field: "tag" values: "vip" } })";
  GivenTeam(Began(2))
      .When(revise("", 3))
      .ThenRejected("NOT_A_TEAM_MEMBER")
      .When(revise("maximum_leads: 30"))
      .ThenNothing()
      .When(revise(terms))
      .Then(revised)
      .When(revise(terms))
      .ThenNothing()
      .When(revise("filter { }"))
      .ThenRejected("FILTER_EMPTY")
      .When(revise("paused_until_time { nanos: -1 }"))
      .ThenRejected("TIMESTAMP_INVALID");
  const v1::Membership shown = scenario_.Shown().memberships(0);
  EXPECT_EQ(shown.daily_leads(), 2);
  EXPECT_EQ(shown.paused_until_time().seconds(), 3);
  EXPECT_EQ(shown.preferred_filter().field_in().values(0), "vip");
}

TEST_F(TeamTest, AMemberLeaves) {
  GivenTeam(Began(2), About<events::v1::LeaderAppointed>(2))
      .When(Naming<v1::RemoveTeamMemberRequest>(2))
      .Then(About<events::v1::MembershipEnded>(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, false, true))
      .When(Naming<v1::RemoveTeamMemberRequest>(2))
      .ThenRejected("NOT_A_TEAM_MEMBER");
}

TEST_F(TeamTest, I6AnArchivedTeamOnlyLetsGo) {
  events::v1::TeamAvailabilityNoted gone;
  gone.set_team_id(ExampleBytes<TeamId>());
  auto back = gone;
  back.set_available(true);
  GivenTeam(Began(2), About<events::v1::LeaderAppointed>(3))
      .When(Named<v1::RestoreTeamRequest>())
      .ThenNothing()
      .When(Named<v1::ArchiveTeamRequest>())
      .Then(events::v1::TeamArchived())
      .ThenAlso<TeamRegister>(kRegister, gone)
      .When(Named<v1::ArchiveTeamRequest>())
      .ThenNothing()
      .When(AddMember(1))
      .ThenRejected("TEAM_ARCHIVED")
      .When(Update("color_index: 1"))
      .ThenRejected("TEAM_ARCHIVED")
      .When(AssignAlias("x", v1::ALIAS_POLICY_EVERYONE))
      .ThenRejected("TEAM_ARCHIVED")
      .When(Naming<v1::AppointLeaderRequest>(1))
      .ThenRejected("TEAM_ARCHIVED")
      .When(Naming<v1::NameOverrideLeaderRequest>(3))
      .ThenRejected("TEAM_ARCHIVED")
      .When(Named<v1::ReviseMembershipRequest>())
      .ThenRejected("TEAM_ARCHIVED")
      .When(Naming<v1::RemoveTeamMemberRequest>(2))
      .Then(About<events::v1::MembershipEnded>(2))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 2, false, false))
      .When(Naming<v1::DismissLeaderRequest>(3))
      .Then(About<events::v1::LeaderDismissed>(3))
      .ThenAlso<TeamRegister>(kRegister, Noted(ExampleId<TeamId>(), 3, false, false))
      .When(Named<v1::RestoreTeamRequest>())
      .Then(events::v1::TeamRestored())
      .ThenAlso<TeamRegister>(kRegister, back);
}

TEST_F(TeamTest, ItsScopeIsItsOwnAndShared) {
  GivenTeam();
  const Scope scope = Team::ScopeOf(scenario_.Current().state());
  EXPECT_TRUE(scope.shared);
  EXPECT_EQ(scope.team, ExampleId<TeamId>());
}

TEST_F(TeamTest, I9NoneIsCreatedOrRestoredWhereTeamsAreNotUsed) {
  scenario_.GivenStream<Organization>(
      kOrganization, From<events::v1::OrganizationSettingsRevised>("teams_enabled: false"));
  v1::CreateTeamRequest command;
  command.mutable_team()->set_display_name("North");
  scenario_.When(command).ThenRejected("TEAMS_NOT_USED");
  GivenTeam(events::v1::TeamArchived())
      .When(Named<v1::RestoreTeamRequest>())
      .ThenRejected("TEAMS_NOT_USED")
      .When(AddMember(2))
      .ThenRejected("TEAM_ARCHIVED");
}

}  // namespace
}  // namespace crm::domain
