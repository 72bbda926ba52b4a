// Invariants I1..I5 of domain/goal/goal.h.
#include "domain/goal/goal.h"

#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"
#include "tests/support/setup_examples.h"

namespace crm::domain {
namespace {

using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::Scenario;

constexpr char kQuarter[] =
    "first_date { year: 2017 month: 1 day: 1 } last_date { year: 2017 month: 3 day: 31 } ";
constexpr char kEuros[] = "target { currency_code: 'EUR' units: 75000 } ";

v1::CreateGoalRequest Create(absl::string_view fields) {
  return From<v1::CreateGoalRequest>(
      absl::StrCat("goal { display_name: ' Q1 ' ", kQuarter, fields, " }"));
}
v1::CreateGoalRequest CreateIncome(absl::string_view fields = "") {
  return Create(absl::StrCat("kind: GOAL_KIND_INCOME ", kEuros, fields));
}
v1::UpdateGoalRequest Update(absl::string_view fields) {
  return From<v1::UpdateGoalRequest>(
      absl::StrCat("goal { name: '", ExampleName<GoalId>(), "' ", fields, " }"));
}
template <class Command>
Command ForGoal() {
  return From<Command>(absl::StrCat("name: '", ExampleName<GoalId>(), "'"));
}

events::v1::GoalCreated Income() {
  events::v1::GoalCreated created;
  created.set_display_name("Q1");
  events::v1::GoalTerms& terms = *created.mutable_terms();
  terms.set_kind(v1::GOAL_KIND_INCOME);
  terms.set_comparison(v1::GOAL_COMPARISON_AT_LEAST);
  terms.mutable_target()->set_currency_code("EUR");
  terms.mutable_target()->set_minor(7'500'000);
  terms.mutable_first()->set_days(17'167);
  terms.mutable_last()->set_days(17'256);
  created.mutable_ownership();
  return created;
}

// An organization with teams, of which the example member is in one.
Scenario<Goal>& GivenTeam(Scenario<Goal>& scenario) {
  events::v1::TeamRegistered registered;
  registered.set_team_id(ExampleBytes<TeamId>());
  events::v1::AffiliationNoted noted;
  noted.set_team_id(ExampleBytes<TeamId>());
  noted.set_member_id(ExampleBytes<MemberId>());
  noted.set_member(true);
  return scenario
      .GivenStream<Organization>(ExampleId<OrganizationId>(), testing::OrganizationCreatedExample())
      .GivenStream<Member>(ExampleId<MemberId>(), testing::MemberCreatedExample())
      .GivenStream<Team>(ExampleId<TeamId>(), testing::TeamCreatedExample())
      .GivenStream<TeamRegister>(TeamRegisterOf(ExampleId<OrganizationId>()), registered, noted);
}

TEST(GoalTest, CreatedAsSent) {
  Scenario<Goal> scenario;
  auto told = Income();
  told.set_achieved_noticed(true);
  scenario.When(CreateIncome("achieved_noticed: true")).Then(told);
  const v1::Goal shown = scenario.Shown();
  EXPECT_EQ(shown.display_name(), "Q1");
  EXPECT_EQ(shown.kind(), v1::GOAL_KIND_INCOME);
  EXPECT_EQ(shown.comparison(), v1::GOAL_COMPARISON_AT_LEAST) << "the default";
  EXPECT_EQ(shown.target().units(), 75'000);
  EXPECT_EQ(shown.last_date().day(), 31);
  EXPECT_TRUE(shown.achieved_noticed());
  EXPECT_FALSE(shown.missed_noticed());
  EXPECT_EQ(shown.etag(), "\"1\"");
}

TEST(GoalTest, I1HasANameAKindAndAPeriod) {
  auto nameless = CreateIncome();
  nameless.mutable_goal()->set_display_name(" ");
  Scenario<Goal>().When(nameless).ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<Goal>().When(Create("target_count: 1")).ThenRejected("GOAL_KIND_REQUIRED");
  auto backward = CreateIncome();
  backward.mutable_goal()->mutable_last_date()->set_year(2016);
  Scenario<Goal>().When(backward).ThenRejected("PERIOD_INVALID");
  auto nowhere = CreateIncome();
  nowhere.mutable_goal()->mutable_last_date()->set_month(2);
  Scenario<Goal>().When(nowhere).ThenRejected("DATE_INVALID");
  auto one_day = CreateIncome();
  *one_day.mutable_goal()->mutable_last_date() = one_day.goal().first_date();
  auto told = Income();
  told.mutable_terms()->mutable_last()->set_days(17'167);
  Scenario<Goal>().When(one_day).Then(told);
}

TEST(GoalTest, I1AFilterFitsTheKind) {
  Scenario<Goal>().When(CreateIncome("contract_type: 'x'")).ThenRejected("GOAL_FILTER_MISMATCH");
  Scenario<Goal>().When(CreateIncome("activity_type: 'x'")).ThenRejected("GOAL_FILTER_MISMATCH");
  auto told = Income();
  told.mutable_terms()->set_kind(v1::GOAL_KIND_CONTRACT_VALUE);
  told.mutable_terms()->set_contract_type("maintenance");
  Scenario<Goal>()
      .When(Create(
          absl::StrCat("kind: GOAL_KIND_CONTRACT_VALUE contract_type: 'maintenance' ", kEuros)))
      .Then(told);
}

// T57, last sentence.
TEST(GoalTest, I2ATargetIsMoreThanNothing) {
  for (const char* target :
       {"", "target { currency_code: 'EUR' }", "target { currency_code: 'EUR' units: -5 }"}) {
    Scenario<Goal>()
        .When(Create(absl::StrCat("kind: GOAL_KIND_INCOME ", target)))
        .ThenRejected("TARGET_NOT_POSITIVE");
  }
  Scenario<Goal>()
      .When(Create("kind: GOAL_KIND_NEW_CUSTOMERS"))
      .ThenRejected("TARGET_NOT_POSITIVE");
  Scenario<Goal>()
      .When(Create("kind: GOAL_KIND_INCOME target { currency_code: 'EUX' units: 1 }"))
      .ThenRejected("CURRENCY_UNKNOWN");
}

TEST(GoalTest, I2MoneyIsMeasuredByAnAmountAndRecordsByANumber) {
  using Kind = v1::GoalKind;
  for (const Kind kind : {v1::GOAL_KIND_INCOME, v1::GOAL_KIND_CONTRACT_VALUE,
                          v1::GOAL_KIND_INVOICES_ISSUED, v1::GOAL_KIND_MARGIN}) {
    auto command = CreateIncome("target_count: 1");
    command.mutable_goal()->set_kind(kind);
    Scenario<Goal>().When(command).ThenRejected("TARGET_KIND_MISMATCH");
  }
  for (const Kind kind : {v1::GOAL_KIND_CONVERTED_LEADS, v1::GOAL_KIND_NEW_CUSTOMERS,
                          v1::GOAL_KIND_ACCEPTED_PROPOSALS, v1::GOAL_KIND_ACTIVITIES,
                          v1::GOAL_KIND_OPPORTUNITIES_WON}) {
    auto command = CreateIncome("target_count: 1");
    command.mutable_goal()->set_kind(kind);
    Scenario<Goal>().When(command).ThenRejected("TARGET_KIND_MISMATCH");
    command.mutable_goal()->clear_target();
    auto told = Income();
    told.mutable_terms()->set_kind(kind);
    told.mutable_terms()->clear_target();
    told.mutable_terms()->set_target_count(1);
    Scenario<Goal>().When(command).Then(told);
  }
}

TEST(GoalTest, I3AMembersGoalIsInTheMembersTeam) {
  Scenario<Goal> scenario;
  auto told = Income();
  told.mutable_terms()->set_member_id(ExampleBytes<MemberId>());
  told.mutable_ownership()->set_owner_id(ExampleBytes<MemberId>());
  told.mutable_ownership()->set_team_id(ExampleBytes<TeamId>());
  GivenTeam(scenario)
      .When(CreateIncome(absl::StrCat("member: '", ExampleName<MemberId>(), "'")))
      .Then(told);
  EXPECT_EQ(scenario.Shown().member(), ExampleName<MemberId>());
  EXPECT_EQ(scenario.Shown().team(), "") << "it is not the team's goal";
}

TEST(GoalTest, I3ATeamsGoalIsTheTeams) {
  Scenario<Goal> scenario;
  auto told = Income();
  told.mutable_terms()->set_team_id(ExampleBytes<TeamId>());
  told.mutable_ownership()->set_team_id(ExampleBytes<TeamId>());
  GivenTeam(scenario)
      .When(CreateIncome(absl::StrCat("team: '", ExampleName<TeamId>(), "'")))
      .Then(told);
  Scenario<Goal>()
      .When(CreateIncome(absl::StrCat("team: '", ExampleName<TeamId>(), "' member: '",
                                      ExampleName<MemberId>(), "'")))
      .ThenRejected("GOAL_SUBJECT_AMBIGUOUS");
}

TEST(GoalTest, I4OnlyNameAndNoticesChange) {
  auto none = Update("");
  none.mutable_update_mask()->add_paths("achieved_noticed");
  auto terms = Update("target_count: 3");
  terms.mutable_update_mask()->add_paths("target_count");
  Scenario<Goal>()
      .Given(Income())
      .When(Update("display_name: ' Spring ' achieved_noticed: true missed_noticed: true"))
      .Then(From<events::v1::GoalRevised>(
          "display_name: 'Spring' achieved_noticed: true missed_noticed: true"))
      .When(Update("display_name: 'Spring' achieved_noticed: true"))
      .ThenNothing()
      .When(none)
      .Then(From<events::v1::GoalRevised>("achieved_noticed: false"))
      .When(Update("display_name: ' '"))
      .ThenRejected("DISPLAY_NAME_REQUIRED")
      .When(terms)
      .ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(GoalTest, I4AnArchivedGoalDoesNotChange) {
  Scenario<Goal>()
      .Given(Income())
      .When(ForGoal<v1::ArchiveGoalRequest>())
      .Then(events::v1::GoalArchived())
      .When(ForGoal<v1::ArchiveGoalRequest>())
      .ThenNothing()
      .When(Update("display_name: 'x'"))
      .ThenRejected("GOAL_ARCHIVED")
      .When(ForGoal<v1::RestoreGoalRequest>())
      .Then(events::v1::GoalRestored())
      .When(ForGoal<v1::RestoreGoalRequest>())
      .ThenNothing();
}

// What Goal::Notice decides, folded into `state`: the names of the events.
std::string NoticedAs(GoalRecord& state, v1::GoalState now, bool historic = false) {
  events::v1::GoalStanding standing;
  standing.set_current(7);
  std::string names;
  const auto decision = Goal::Notice(state, now, standing, historic);
  for (const Goal::Event& event : decision.events()) {
    std::visit(
        [&](const auto& e) {
          absl::StrAppend(&names, e.GetDescriptor()->name(), " ");
          if constexpr (requires { e.standing(); }) {
            EXPECT_EQ(e.standing().current(), 7);
            EXPECT_EQ(e.historic(), historic);
          }
        },
        event);
    state = Goal::Evolve(std::move(state), event, EventMetadata());
  }
  return names;
}

// T61, the notices: one of each crossing.
TEST(GoalTest, I5NoticedOnceUntilItFellBelow) {
  GoalRecord state;
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_OPEN), "");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_REACHED), "GoalAchieved ");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_REACHED), "");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_OPEN), "GoalFellBelow ");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_OPEN), "");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_REACHED), "GoalAchieved ");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_MISSED, true), "GoalFellBelow GoalMissed ");
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_MISSED), "");
}

TEST(GoalTest, I5NothingIsNoticedOfAnArchivedGoal) {
  GoalRecord state;
  state.archive_time = absl::UnixEpoch();
  EXPECT_EQ(NoticedAs(state, v1::GOAL_STATE_REACHED), "");
}

}  // namespace
}  // namespace crm::domain
