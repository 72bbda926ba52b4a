// Opportunity: standby, won, lost, superseded, reopened, archived. Numbers are the
// invariants of domain/opportunity/opportunity.h.
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::OpportunityGroup;
using domain::OpportunityGroupId;
using domain::OpportunityId;
using domain::Organization;
using domain::Pipeline;
using domain::PipelineId;
using ::testing::Property;

using SellTo = domain::Opportunity;

events::v1::OpportunityWon WonIn(int stage, int from = kQualified) {
  events::v1::OpportunityWon won;
  *won.mutable_at() = SnapshotExample(from);
  won.set_stage_id(ToBytes(ExampleStage(stage).stage));
  return won;
}

events::v1::OpportunitySuperseded SupersededBy(int winner) {
  events::v1::OpportunitySuperseded superseded;
  superseded.set_winner_id(ExampleBytes<OpportunityId>(winner));
  *superseded.mutable_at() = SnapshotExample();
  return superseded;
}

v1::ReopenOpportunityRequest Reopen(int n = 1) {
  return ExampleCommand<v1::ReopenOpportunityRequest>(n);
}

// --- Standby ---

TEST(OpportunityLifeCycleTest, I7WaitsUntilADayAfterToday) {
  events::v1::OpportunityPlacedOnStandby placed;
  placed.mutable_reminder()->set_days(20'544);  // 2026-04-01
  *placed.mutable_at() = SnapshotExample();
  events::v1::OpportunityResumed resumed;
  *resumed.mutable_at() = SnapshotExample();
  OpportunityScenario(kQualified)
      .When(PlaceOnStandbyExample())
      .Then(placed)
      .ThenShows(Property(&v1::Opportunity::state, v1::OPPORTUNITY_STATE_STANDBY))
      .When(PlaceOnStandbyExample())
      .ThenNothing()
      .When(MoveStageExample(kProposal))
      .ThenShows(Property(&v1::Opportunity::state, v1::OPPORTUNITY_STATE_STANDBY))
      .When(MoveStageExample(kQualified))
      .When(ExampleCommand<v1::ResumeOpportunityRequest>())
      .Then(resumed)
      .ThenShows(Property(&v1::Opportunity::has_reminder_date, false))
      .When(ExampleCommand<v1::ResumeOpportunityRequest>())
      .ThenNothing();
}

TEST(OpportunityLifeCycleTest, I7CountsDaysInTheOrganizationsZone) {
  auto tomorrow = PlaceOnStandbyExample();
  *tomorrow.mutable_reminder_date() = ExampleDate(2026, 3, 17);
  // 23:30 UTC on the 16th is the 17th in Berlin.
  OpportunityScenario(kQualified)
      .At(kExampleNow + absl::Hours(13) + absl::Minutes(30))
      .When(tomorrow)
      .ThenRejected("REMINDER_NOT_IN_FUTURE");
  OpportunityScenario(kQualified)
      .When(tomorrow)
      .ThenShows(Property(&v1::Opportunity::has_reminder_date, true));
  *tomorrow.mutable_reminder_date() = ExampleDate(2026, 2, 30);
  OpportunityScenario(kQualified).When(tomorrow).ThenRejected("DATE_INVALID");
}

// --- Won ---

TEST(OpportunityLifeCycleTest, I5WinningIsCertainAndEntersTheWonStage) {
  OpportunityScenario(kProposal)
      .When(WinOpportunityExample())
      .Then(WonIn(kWon, kProposal))
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_WON, kWon, 10'000));
}

TEST(OpportunityLifeCycleTest, I5WinsAtAnotherAmount) {
  auto command = WinOpportunityExample();
  *command.mutable_won_revenue() = EuroMoney(9'000);
  events::v1::ExpectedRevenueRevised revised;
  *revised.mutable_from() = Euros(10'000);
  *revised.mutable_to() = Euros(9'000);
  *revised.mutable_at() = SnapshotExample();
  auto won = WonIn(kWon);
  *won.mutable_at()->mutable_expected_revenue() = Euros(9'000);
  OpportunityScenario(kQualified).When(command).Then(revised, won);
  command.mutable_won_revenue()->set_units(-1);
  OpportunityScenario(kQualified).When(command).ThenRejected("AMOUNT_NEGATIVE");
}

TEST(OpportunityLifeCycleTest, I1WinsInTheNearestWonStage) {
  // A second won stage after the first, behind every open one.
  events::v1::StageAdded behind;
  *behind.mutable_stage() = StageExample(19, "Won big", 10'000, v1::STAGE_KIND_WON);
  behind.set_index(5);
  events::v1::StagesReordered reordered;
  for (const int stage : {kQualified, kWon, kProposal, 9, kNegotiation, kLost}) {
    reordered.add_stage_ids(ToBytes(ExampleStage(stage).stage));
  }
  const std::pair<int, int> cases[] = {{kQualified, kWon}, {kProposal, 9}, {kNegotiation, 9}};
  for (const auto& [from, to] : cases) {
    OpportunityScenario(from)
        .GivenStream<Pipeline>(ExampleId<PipelineId>(), behind, reordered)
        .When(WinOpportunityExample())
        .Then(WonIn(to, from));
  }
}

TEST(OpportunityLifeCycleTest, I1WinsWhereItIsWithoutAWonStage) {
  auto pipeline = PipelineCreatedExample(4);
  pipeline.mutable_stages()->DeleteSubrange(3, 2);
  auto opened = OpportunityOpenedExample();
  opened.mutable_opened()->set_pipeline_id(ExampleBytes<PipelineId>(4));
  opened.mutable_opened()->set_stage_id(ToBytes(ExampleStage(kProposal, 4).stage));
  OpportunityScenario scenario;
  scenario.GivenStream<Pipeline>(ExampleId<PipelineId>(4), pipeline)
      .Given(opened)
      .When(WinOpportunityExample())
      .ThenShows(Property(&v1::Opportunity::stage, NameOf(ExampleStage(kProposal, 4))));
}

TEST(OpportunityLifeCycleTest, I2WinsWithTheFieldsTheWonStageRequires) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kWon).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("contact");
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(WinOpportunityExample())
      .ThenRejected("STAGE_FIELDS_MISSING");
}

TEST(OpportunityLifeCycleTest, T53I9WinningSupersedesTheOpenAlternatives) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 4);
  events::v1::OpportunityLost lost;
  *lost.mutable_at() = SnapshotExample();
  events::v1::OpportunityArchived archived;
  scenario.GivenStream<SellTo>(ExampleId<OpportunityId>(3), archived)
      .GivenStream<SellTo>(ExampleId<OpportunityId>(4), lost)
      .When(WinOpportunityExample())
      .Then(WonIn(kWon))
      .ThenAlso<SellTo>(ExampleId<OpportunityId>(2), SupersededBy(1))
      .ThenAlso<SellTo>(ExampleId<OpportunityId>(3), SupersededBy(1))
      .When(WinOpportunityExample(2))
      .ThenRejected("OPPORTUNITY_CLOSED")
      .Naming("state", "SUPERSEDED");
  // Superseded is not lost: a win rate of won / (won + lost) counts the winner only (T63).
  EXPECT_THAT(scenario.CurrentOf<SellTo>(ExampleId<OpportunityId>(2))->phase,
              v1::OPPORTUNITY_STATE_SUPERSEDED);
}

TEST(OpportunityLifeCycleTest, I9WinningASubProjectLeavesTheOthersOpen) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 2, v1::GROUP_KIND_SUB_PROJECTS);
  scenario.When(WinOpportunityExample()).Then(WonIn(kWon));
}

// --- Lost ---

TEST(OpportunityLifeCycleTest, I8LosesForAConfiguredReasonAndStaysWhereItDied) {
  events::v1::OpportunityLost lost;
  *lost.mutable_reason() = LossReasonDefinedExample("price").reason();
  *lost.mutable_at() = SnapshotExample(kProposal);
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample("price"))
      .Then(lost)
      .ThenConsulted<Organization>(ExampleId<domain::OrganizationId>())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_LOST, kProposal, 0));
}

TEST(OpportunityLifeCycleTest, I8RefusesReasonsNotOffered) {
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample("weather"))
      .ThenRejected("LOSS_REASON_UNKNOWN")
      .When(LoseOpportunityExample("gone"))
      .ThenRejected("LOSS_REASON_UNKNOWN")
      .When(LoseOpportunityExample("other", " "))
      .ThenRejected("LOSS_TEXT_REQUIRED")
      .When(LoseOpportunityExample("other", "They moved abroad"))
      .ThenShows(Property(&v1::Opportunity::loss_text, "They moved abroad"));
}

// --- Reopened ---

TEST(OpportunityLifeCycleTest, ReopensWhereItWasBeforeItWasWon) {
  events::v1::OpportunityReopened reopened;
  reopened.set_stage_id(ToBytes(ExampleStage(kProposal).stage));
  *reopened.mutable_at() = SnapshotExample(kWon);
  reopened.set_probability_source(events::v1::PROBABILITY_SOURCE_STAGE);
  reopened.set_probability_bp(5'000);
  OpportunityScenario(kProposal)
      .When(WinOpportunityExample())
      .When(Reopen())
      .Then(reopened)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kProposal, 5'000))
      .ThenShows(Property(&v1::Opportunity::has_close_time, false))
      .When(Reopen())
      .ThenNothing();
}

TEST(OpportunityLifeCycleTest, I5ReopeningBringsTheEnteredProbabilityBack) {
  auto entered = ExampleCommand<v1::ReviseProbabilityRequest>();
  entered.set_probability_bp(4'200);
  OpportunityScenario(kProposal)
      .When(entered)
      .When(LoseOpportunityExample())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_LOST, kProposal, 0))
      .When(Reopen())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kProposal, 4'200))
      .ThenShows(Property(&v1::Opportunity::has_loss_reason, false));
}

TEST(OpportunityLifeCycleTest, ReopensInTheStageNamedOfItsPipeline) {
  auto command = Reopen();
  command.set_stage(NameOf(ExampleStage(kNegotiation)));
  OpportunityScenario(kQualified)
      .When(LoseOpportunityExample())
      .When(command)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kNegotiation, 8'000));
  command.set_stage(NameOf(ExampleStage(kNegotiation, 2)));
  OpportunityScenario(kQualified)
      .When(LoseOpportunityExample())
      .When(command)
      .ThenRejected("STAGE_NOT_IN_PIPELINE");
  command.set_stage(NameOf(ExampleStage(kWon)));
  OpportunityScenario(kQualified)
      .When(LoseOpportunityExample())
      .When(command)
      .ThenRejected("STAGE_CLOSED_KIND");
}

TEST(OpportunityLifeCycleTest, ReopensWhereAnArchivedStagesRecordsWent) {
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), StageArchivedExample(kProposal, kNegotiation))
      .When(Reopen())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kNegotiation, 8'000));
}

TEST(OpportunityLifeCycleTest, I2ReopeningInItsOwnStageAsksForNothingNew) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kProposal).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("contact");
  auto elsewhere = Reopen();
  elsewhere.set_stage(NameOf(ExampleStage(kProposal)));
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(Reopen())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kProposal, 5'000));
  OpportunityScenario(kQualified)
      .When(LoseOpportunityExample())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(elsewhere)
      .ThenRejected("STAGE_FIELDS_MISSING");
}

TEST(OpportunityLifeCycleTest, I2ReopensAsItIsWhereAnArchivedStagesRecordsWent) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kNegotiation).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("contact");
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding,
                             StageArchivedExample(kProposal, kNegotiation),
                             events::v1::PipelineArchived())
      .When(Reopen())
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kNegotiation, 8'000));
}

TEST(OpportunityLifeCycleTest, I9DoesNotReopenBesideAWinner) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 3);
  scenario.When(LoseOpportunityExample("price", "", 3))
      .When(WinOpportunityExample(1))
      .ThenAlso<SellTo>(ExampleId<OpportunityId>(2), SupersededBy(1))
      .When(Reopen(2))
      .ThenRejected("ALTERNATIVE_WON")
      .Naming("winner", ExampleName<OpportunityId>(1))
      .When(Reopen(3))
      .ThenRejected("ALTERNATIVE_WON")
      .When(Reopen(1))
      .ThenShows(Property(&v1::Opportunity::state, v1::OPPORTUNITY_STATE_OPEN))
      .When(Reopen(2))
      .ThenShows(Property(&v1::Opportunity::superseded_by, ""));
}

TEST(OpportunityLifeCycleTest, I9LeavingTheGroupDoesNotUndoTheWin) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 2);
  v1::RemoveGroupMemberRequest leave;
  leave.set_name(ExampleName<OpportunityGroupId>());
  leave.set_opportunity(ExampleName<OpportunityId>(2));
  scenario.When(WinOpportunityExample(1))
      .ThenAlso<SellTo>(ExampleId<OpportunityId>(2), SupersededBy(1));
  EXPECT_THAT(scenario.world().Run<OpportunityGroup>(leave), IsOk());
  scenario.When(Reopen(2)).ThenRejected("ALTERNATIVE_WON");
}

// --- Closed and archived ---

TEST(OpportunityLifeCycleTest, I6ClosedOpportunitiesDoNotChange) {
  const auto closed = [](const auto& command) {
    OpportunityScenario(kProposal)
        .When(LoseOpportunityExample())
        .When(command)
        .ThenRejected("OPPORTUNITY_CLOSED")
        .Naming("state", "LOST");
  };
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(ExampleName<OpportunityId>());
  closed(update);
  closed(ExampleCommand<v1::ReviseExpectedRevenueRequest>());
  closed(ExampleCommand<v1::ReviseProbabilityRequest>());
  closed(MoveStageExample(kQualified));
  closed(AssignOpportunityExample(1, 2));
  closed(CreditContributorsExample({1}));
  closed(PlaceOnStandbyExample());
  closed(ExampleCommand<v1::ResumeOpportunityRequest>());
  closed(WinOpportunityExample());
  closed(LoseOpportunityExample());
}

TEST(OpportunityLifeCycleTest, I6ArchivedOpportunitiesDoNotChange) {
  const auto archived = [](const auto& command) {
    OpportunityScenario(kProposal)
        .When(ExampleCommand<v1::ArchiveOpportunityRequest>())
        .When(command)
        .ThenRejected("OPPORTUNITY_ARCHIVED");
  };
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(ExampleName<OpportunityId>());
  archived(update);
  archived(ExampleCommand<v1::ReviseExpectedRevenueRequest>());
  archived(ExampleCommand<v1::ReviseProbabilityRequest>());
  archived(MoveStageExample(kQualified));
  archived(AssignOpportunityExample(1, 2));
  archived(CreditContributorsExample({1}));
  archived(PlaceOnStandbyExample());
  archived(ExampleCommand<v1::ResumeOpportunityRequest>());
  archived(WinOpportunityExample());
  archived(LoseOpportunityExample());
  archived(Reopen());
}

TEST(OpportunityLifeCycleTest, ArchivesAndRestoresInAnyPhase) {
  events::v1::OpportunityArchived archived;
  *archived.mutable_at() = SnapshotExample(kProposal);
  events::v1::OpportunityRestored restored;
  *restored.mutable_at() = SnapshotExample(kProposal);
  OpportunityScenario(kProposal)
      .When(LoseOpportunityExample())
      .When(ExampleCommand<v1::RestoreOpportunityRequest>())
      .ThenNothing()
      .When(ExampleCommand<v1::ArchiveOpportunityRequest>())
      .Then(archived)
      .ThenShows(Property(&v1::Opportunity::has_archive_time, true))
      .When(ExampleCommand<v1::ArchiveOpportunityRequest>())
      .ThenNothing()
      .When(ExampleCommand<v1::RestoreOpportunityRequest>())
      .Then(restored)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_LOST, kProposal, 0));
}

TEST(OpportunityLifeCycleTest, RestoresWhereAnArchivedStagesRecordsWent) {
  events::v1::OpportunityRestored restored;
  *restored.mutable_at() = SnapshotExample(kProposal);
  events::v1::StageMoved moved;
  moved.set_to_pipeline_id(ToBytes(ExampleStage(kNegotiation).pipeline));
  moved.set_to_stage_id(ToBytes(ExampleStage(kNegotiation).stage));
  *moved.mutable_at() = SnapshotExample(kProposal);
  moved.set_probability_source(events::v1::PROBABILITY_SOURCE_STAGE);
  moved.set_probability_bp(8'000);
  OpportunityScenario(kProposal)
      .When(ExampleCommand<v1::ArchiveOpportunityRequest>())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), StageArchivedExample(kProposal, kNegotiation))
      .When(ExampleCommand<v1::RestoreOpportunityRequest>())
      .Then(restored, moved)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kNegotiation, 8'000));
}

}  // namespace
}  // namespace crm::testing
