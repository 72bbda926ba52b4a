// Opportunity: from stage to stage, alone and with its group. Numbers are the invariants of
// domain/opportunity/opportunity.h.
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::OpportunityGroup;
using domain::OpportunityGroupId;
using domain::OpportunityId;
using domain::Pipeline;
using domain::PipelineId;

using SellTo = domain::Opportunity;

events::v1::StageMoved MovedTo(int stage, int bp, int from = kQualified, int pipeline = 1) {
  events::v1::StageMoved moved;
  moved.set_to_pipeline_id(ToBytes(ExampleStage(stage, pipeline).pipeline));
  moved.set_to_stage_id(ToBytes(ExampleStage(stage, pipeline).stage));
  *moved.mutable_at() = SnapshotExample(from);
  moved.set_probability_source(events::v1::PROBABILITY_SOURCE_STAGE);
  moved.set_probability_bp(bp);
  return moved;
}

TEST(OpportunityStageTest, I1MovesBetweenOpenStages) {
  OpportunityScenario(kQualified)
      .When(MoveStageExample(kProposal))
      .Then(MovedTo(kProposal, 5'000))
      .ThenConsulted<Pipeline>(ExampleId<PipelineId>())
      .When(MoveStageExample(kProposal))
      .ThenNothing();
}

TEST(OpportunityStageTest, I1MovesToAnotherPipeline) {
  OpportunityScenario(kQualified)
      .When(MoveStageExample(kProposal, 2))
      .Then(MovedTo(kProposal, 5'000, kQualified, 2));
}

TEST(OpportunityStageTest, I1DoesNotMoveWhereItMayNotBe) {
  OpportunityScenario(kQualified)
      .When(MoveStageExample(kWon))
      .ThenRejected("STAGE_CLOSED_KIND")
      .When(MoveStageExample(kLost))
      .ThenRejected("STAGE_CLOSED_KIND")
      .When(MoveStageExample(kProposal, 3))
      .ThenRejected("PIPELINE_KIND_MISMATCH")
      .When(MoveStageExample(kProposal, 4))
      .ThenRejected("REFERENCE_NOT_FOUND")
      .When(MoveStageExample(9))
      .ThenRejected("STAGE_NOT_IN_PIPELINE");
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(2), events::v1::PipelineArchived())
      .When(MoveStageExample(kProposal, 2))
      .ThenRejected("PIPELINE_ARCHIVED");
}

TEST(OpportunityStageTest, I1SaysWhereAnArchivedStageWent) {
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), StageArchivedExample(kProposal, kNegotiation))
      .When(MoveStageExample(kProposal))
      .ThenRejected("STAGE_ARCHIVED")
      .Naming("target", NameOf(ExampleStage(kNegotiation)));
}

TEST(OpportunityStageTest, I2EntersAStageWithItsRequiredFieldsOnly) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kProposal).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("customer");
  demanding.add_required_fields("expected_close_date");
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .When(MoveStageExample(kProposal))
      .ThenRejected("STAGE_FIELDS_MISSING")
      .Naming("fields", "expected_close_date")
      .When(MoveStageExample(kNegotiation))
      .Then(MovedTo(kNegotiation, 8'000));
}

TEST(OpportunityStageTest, I1MovesOnInAnArchivedPipeline) {
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), events::v1::PipelineArchived())
      .When(MoveStageExample(kProposal))
      .Then(MovedTo(kProposal, 5'000));
}

TEST(OpportunityStageTest, I2LeavesAnArchivedStageForItsTargetAsItIs) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kProposal).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("contact");
  auto elsewhere = demanding;
  elsewhere.set_stage_id(ToBytes(ExampleStage(kNegotiation).stage));
  OpportunityScenario(kQualified)
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding, elsewhere,
                             StageArchivedExample(kQualified, kProposal))
      .When(MoveStageExample(kNegotiation))
      .ThenRejected("STAGE_FIELDS_MISSING")
      .When(MoveStageExample(kProposal))
      .Then(MovedTo(kProposal, 5'000));
}

TEST(OpportunityStageTest, I11LeavesAnArchivedStageAlone) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 2, v1::GROUP_KIND_SUB_PROJECTS, true);
  scenario
      .GivenStream<Pipeline>(ExampleId<PipelineId>(), StageArchivedExample(kQualified, kProposal))
      .GivenStream<SellTo>(ExampleId<OpportunityId>(2), MovedTo(kNegotiation, 8'000))
      .When(MoveStageExample(kProposal))
      .Then(MovedTo(kProposal, 5'000));
}

TEST(OpportunityStageTest, I4KeepsAnEnteredProbabilityUntilCleared) {
  auto zero = ExampleCommand<v1::ReviseProbabilityRequest>();
  zero.set_probability_bp(0);
  auto clearing = MoveStageExample(kNegotiation);
  clearing.set_clear_probability(true);
  OpportunityScenario(kQualified)
      .When(zero)
      .When(MoveStageExample(kProposal))
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kProposal, 0))
      .When(clearing)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kNegotiation, 8'000));
}

TEST(OpportunityStageTest, I4ClearsAProbabilityWithoutMoving) {
  auto entered = ExampleCommand<v1::ReviseProbabilityRequest>();
  entered.set_probability_bp(9'000);
  auto clearing = MoveStageExample(kQualified);
  clearing.set_clear_probability(true);
  OpportunityScenario(kQualified)
      .When(entered)
      .When(clearing)
      .ThenShows(Shows(v1::OPPORTUNITY_STATE_OPEN, kQualified, 1'000))
      .When(clearing)
      .ThenNothing();
}

TEST(OpportunityStageTest, T42ReturningToAStageBeginsAnewAndEditingDoesNot) {
  OpportunityScenario scenario(kQualified);
  auto revenue = ExampleCommand<v1::ReviseExpectedRevenueRequest>();
  *revenue.mutable_expected_revenue() = EuroMoney(1);
  scenario.When(revenue);
  EXPECT_EQ(scenario.Current()->stage_enter_time, kExampleBefore);
  scenario.When(MoveStageExample(kProposal)).When(MoveStageExample(kQualified));
  EXPECT_EQ(scenario.Current()->stage_enter_time, kExampleNow);
}

TEST(OpportunityStageTest, I11MovesSynchronousSubProjectsTogether) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 5, v1::GROUP_KIND_SUB_PROJECTS, true);
  events::v1::StageMoved elsewhere = MovedTo(kProposal, 5'000, kQualified, 2);
  events::v1::OpportunityLost lost;
  *lost.mutable_at() = SnapshotExample();
  events::v1::StageMoved followed = MovedTo(kProposal, 5'000);
  followed.set_followed_opportunity_id(ExampleBytes<OpportunityId>());
  scenario.GivenStream<SellTo>(ExampleId<OpportunityId>(3), elsewhere)
      .GivenStream<SellTo>(ExampleId<OpportunityId>(4), lost)
      .GivenStream<SellTo>(ExampleId<OpportunityId>(5), events::v1::OpportunityArchived())
      .When(MoveStageExample(kProposal))
      .Then(MovedTo(kProposal, 5'000))
      .ThenAlso<SellTo>(ExampleId<OpportunityId>(2), followed)
      .ThenConsulted<OpportunityGroup>(ExampleId<OpportunityGroupId>());
}

TEST(OpportunityStageTest, I11RefusesWhenOneCannotFollow) {
  events::v1::StageDetailsRevised demanding;
  demanding.set_stage_id(ToBytes(ExampleStage(kProposal).stage));
  demanding.set_required_fields_replaced(true);
  demanding.add_required_fields("expected_revenue");
  events::v1::ExpectedRevenueRevised unknown;
  OpportunityScenario scenario;
  GiveGroup(scenario, 2, v1::GROUP_KIND_SUB_PROJECTS, true);
  scenario.GivenStream<Pipeline>(ExampleId<PipelineId>(), demanding)
      .GivenStream<SellTo>(ExampleId<OpportunityId>(2), unknown)
      .When(MoveStageExample(kProposal))
      .ThenRejected("STAGE_FIELDS_MISSING")
      .Naming("opportunity", ExampleName<OpportunityId>(2));
}

TEST(OpportunityStageTest, I11OtherGroupsMoveOneByOne) {
  for (const auto kind : {v1::GROUP_KIND_SUB_PROJECTS, v1::GROUP_KIND_ALTERNATIVES}) {
    OpportunityScenario scenario;
    GiveGroup(scenario, 2, kind);
    scenario.When(MoveStageExample(kProposal)).Then(MovedTo(kProposal, 5'000));
  }
}

}  // namespace
}  // namespace crm::testing
