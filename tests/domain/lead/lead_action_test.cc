#include "domain/lead/lead_action.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::ExampleBytes;
using crm::testing::ExampleName;
using crm::testing::ExampleStage;
using crm::testing::HasReason;
using crm::testing::IsOk;
using crm::testing::kLeadPipeline;
using crm::testing::LeadCapturedExample;
using crm::testing::LeadScenario;
using ::testing::ElementsAre;

template <class Command>
Command Item(const v1::ApplyLeadActionRequest& batch, const OrganizationState& settings = {},
             int team = 0) {
  LeadScenario scenario;
  auto captured = LeadCapturedExample();
  if (team > 0) captured.mutable_ownership()->set_team_id(ExampleBytes<TeamId>(team));
  scenario.Given(captured);
  const auto command = ItemCommand(batch, scenario.Current(), settings);
  EXPECT_THAT(command, IsOk());
  if (!command.ok() || !std::holds_alternative<Command>(*command)) {
    ADD_FAILURE() << "another command";
    return Command();
  }
  return std::get<Command>(*command);
}

TEST(LeadActionTest, EachActionIsACommandOnTheLead) {
  v1::ApplyLeadActionRequest batch;
  batch.mutable_assign()->set_team(ExampleName<TeamId>());
  batch.mutable_assign()->set_owner(ExampleName<MemberId>());
  const auto assign = Item<v1::AssignLeadRequest>(batch);
  EXPECT_EQ(assign.name(), ExampleName<LeadId>());
  EXPECT_EQ(assign.team(), ExampleName<TeamId>());
  EXPECT_EQ(assign.owner(), ExampleName<MemberId>());

  batch.mutable_move()->set_stage(NameOf(ExampleStage(1, kLeadPipeline)));
  EXPECT_EQ(Item<v1::MoveLeadStageRequest>(batch).stage(), batch.move().stage());

  batch.mutable_lose()->set_loss_reason_id("price");
  batch.mutable_lose()->set_text("too dear");
  EXPECT_EQ(Item<v1::LoseLeadRequest>(batch).loss_reason_id(), "price");
  EXPECT_EQ(Item<v1::LoseLeadRequest>(batch).text(), "too dear");

  batch.mutable_junk()->set_reason("advertises");
  EXPECT_EQ(Item<v1::JunkLeadRequest>(batch).reason(), "advertises");

  batch.mutable_route();
  EXPECT_EQ(Item<v1::RouteLeadRequest>(batch).name(), ExampleName<LeadId>());
}

TEST(LeadActionTest, T50ALeadStaysInItsTeamUnlessTheOwnerBringsOne) {
  v1::ApplyLeadActionRequest batch;
  batch.mutable_assign()->set_owner(ExampleName<MemberId>(2));
  OrganizationState settings;
  EXPECT_EQ(Item<v1::AssignLeadRequest>(batch, settings, 1).team(), ExampleName<TeamId>());
  settings.single_team = true;
  EXPECT_EQ(Item<v1::AssignLeadRequest>(batch, settings, 1).team(), "");
  batch.mutable_assign()->clear_owner();
  EXPECT_EQ(Item<v1::AssignLeadRequest>(batch, settings, 1).team(), ExampleName<TeamId>());
}

TEST(LeadActionTest, LabelsAreAddedToThoseTheLeadHas) {
  v1::ApplyLeadActionRequest batch;
  batch.mutable_tag()->add_add("vip");
  batch.mutable_tag()->add_add("desks");
  batch.mutable_tag()->add_add("vip");
  batch.mutable_tag()->add_remove("chairs");
  const auto command = Item<v1::UpdateLeadRequest>(batch);
  EXPECT_THAT(command.lead().tags(), ElementsAre("desks", "vip"));
  EXPECT_THAT(command.update_mask().paths(), ElementsAre("tags"));
  batch.mutable_tag()->clear_add();
  batch.mutable_tag()->add_remove("desks");
  EXPECT_TRUE(Item<v1::UpdateLeadRequest>(batch).lead().tags().empty());
}

TEST(LeadActionTest, LabelsThatChangeNothingDecideNothing) {
  v1::ApplyLeadActionRequest batch;
  batch.mutable_tag()->add_add("desks");
  LeadScenario().Captured().When(Item<v1::UpdateLeadRequest>(batch)).ThenNothing();
}

TEST(LeadActionTest, ALeadHasAtMostFiftyLabels) {
  v1::ApplyLeadActionRequest batch;
  for (int n = 0; n < 50; ++n) batch.mutable_tag()->add_add(absl::StrCat("label", n));
  LeadScenario scenario;
  scenario.Captured();
  EXPECT_THAT(ItemCommand(batch, scenario.Current(), {}), HasReason("TAGS_TOO_MANY"));
}

TEST(LeadActionTest, ABatchSaysWhatToDo) {
  LeadScenario scenario;
  scenario.Captured();
  EXPECT_THAT(ItemCommand({}, scenario.Current(), {}), HasReason("ACTION_REQUIRED"));
}

}  // namespace
}  // namespace crm::domain
