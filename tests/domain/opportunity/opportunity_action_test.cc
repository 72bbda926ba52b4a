// One action on many opportunities, as the command for each.
#include "domain/opportunity/opportunity_action.h"

#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::ItemCommand;
using domain::OpportunityId;
using ::testing::ElementsAre;

using Action = v1::ApplyOpportunityActionRequest;

// The item command of type C for the example opportunity with two labels.
template <class C>
C ItemOf(const Action& action, const domain::OrganizationState& settings = {}) {
  OpportunityScenario scenario;
  auto opened = OpportunityOpenedExample();
  opened.mutable_details()->add_tags("fair");
  opened.mutable_details()->add_tags("urgent");
  scenario.Given(opened);
  const auto item = ItemCommand(action, scenario.Current(), settings);
  EXPECT_THAT(item, IsOk());
  EXPECT_TRUE(std::holds_alternative<C>(*item));
  return std::get<C>(*item);
}

TEST(OpportunityActionTest, TransfersAndKeepsWhatIsNotNamed) {
  Action action;
  action.set_request_id(ExampleRequestId().ToString());
  action.mutable_effective_time()->set_seconds(7);
  action.mutable_transfer()->set_owner(ExampleName<domain::MemberId>(2));
  const auto command = ItemOf<v1::AssignOpportunityRequest>(action);
  EXPECT_EQ(command.name(), ExampleName<OpportunityId>());
  EXPECT_EQ(command.team(), ExampleName<domain::TeamId>());
  EXPECT_EQ(command.owner(), ExampleName<domain::MemberId>(2));
  EXPECT_EQ(command.request_id(), action.request_id());
  EXPECT_EQ(command.effective_time().seconds(), 7);
  action.mutable_transfer()->clear_owner();
  EXPECT_EQ(ItemOf<v1::AssignOpportunityRequest>(action).owner(), ExampleName<domain::MemberId>());
}

// T50: where members belong to one team, the owner decides which; where there are no teams, none.
TEST(OpportunityActionTest, T50ANewOwnerBringsTheTeamAlong) {
  Action action;
  action.mutable_transfer()->set_owner(ExampleName<domain::MemberId>(2));
  domain::OrganizationState settings;
  settings.single_team = true;
  EXPECT_EQ(ItemOf<v1::AssignOpportunityRequest>(action, settings).team(), "");
  settings.single_team = settings.teams_enabled = false;
  EXPECT_EQ(ItemOf<v1::AssignOpportunityRequest>(action, settings).team(), "");
  action.mutable_transfer()->set_team(ExampleName<domain::TeamId>(2));
  EXPECT_EQ(ItemOf<v1::AssignOpportunityRequest>(action, settings).team(),
            ExampleName<domain::TeamId>(2));
  action.mutable_transfer()->clear_team();
  action.mutable_transfer()->clear_owner();
  EXPECT_EQ(ItemOf<v1::AssignOpportunityRequest>(action, settings).team(),
            ExampleName<domain::TeamId>());
}

TEST(OpportunityActionTest, Moves) {
  Action action;
  action.mutable_move()->set_stage(NameOf(ExampleStage(kProposal)));
  action.mutable_move()->set_clear_probability(true);
  const auto command = ItemOf<v1::MoveStageRequest>(action);
  EXPECT_EQ(command.stage(), NameOf(ExampleStage(kProposal)));
  EXPECT_TRUE(command.clear_probability());
}

TEST(OpportunityActionTest, AddsAndRemovesLabels) {
  Action action;
  for (const char* label : {"urgent", "late", "odd"}) action.mutable_tag()->add_add(label);
  for (const char* label : {"fair", "odd"}) action.mutable_tag()->add_remove(label);
  const auto command = ItemOf<v1::UpdateOpportunityRequest>(action);
  EXPECT_THAT(command.opportunity().tags(), ElementsAre("urgent", "late"));
  EXPECT_THAT(command.update_mask().paths(), ElementsAre("tags"));
}

TEST(OpportunityActionTest, RemovingTheLastLabelClearsThem) {
  Action action;
  for (const char* label : {"fair", "urgent"}) action.mutable_tag()->add_remove(label);
  auto opened = OpportunityOpenedExample();
  opened.mutable_details()->add_tags("fair");
  OpportunityScenario scenario;
  scenario.Given(opened);
  const auto item = ItemCommand(action, scenario.Current(), {});
  ASSERT_THAT(item, IsOk());
  scenario.When(std::get<v1::UpdateOpportunityRequest>(*item))
      .ThenShows(::testing::Property(&v1::Opportunity::tags, ::testing::IsEmpty()));
}

TEST(OpportunityActionTest, Loses) {
  Action action;
  action.mutable_lose()->set_loss_reason_id("other");
  action.mutable_lose()->set_text("Budget cut");
  const auto command = ItemOf<v1::LoseOpportunityRequest>(action);
  EXPECT_EQ(command.loss_reason_id(), "other");
  EXPECT_EQ(command.text(), "Budget cut");
}

TEST(OpportunityActionTest, RefusesNoActionAndTooManyLabels) {
  OpportunityScenario scenario(kQualified);
  EXPECT_THAT(ItemCommand(Action(), scenario.Current(), {}), HasReason("ACTION_REQUIRED"));
  Action action;
  for (int i = 0; i < 51; ++i) action.mutable_tag()->add_add(absl::StrCat("label", i));
  EXPECT_THAT(ItemCommand(action, scenario.Current(), {}), HasReason("TAGS_TOO_MANY"));
}

}  // namespace
}  // namespace crm::testing
