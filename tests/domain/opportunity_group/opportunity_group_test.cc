// OpportunityGroup. Numbers are the invariants of domain/opportunity_group/opportunity_group.h.
#include "domain/opportunity_group/opportunity_group.h"

#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::Opportunity;
using domain::OpportunityGroup;
using domain::OpportunityGroupId;
using domain::OpportunityId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Property;

template <class Command>
Command OnGroup() {
  Command command;
  command.set_name(ExampleName<OpportunityGroupId>());
  return command;
}

v1::AddGroupMemberRequest Add(int n) {
  auto command = OnGroup<v1::AddGroupMemberRequest>();
  command.set_opportunity(ExampleName<OpportunityId>(n));
  return command;
}

v1::RemoveGroupMemberRequest Remove(int n) {
  auto command = OnGroup<v1::RemoveGroupMemberRequest>();
  command.set_opportunity(ExampleName<OpportunityId>(n));
  return command;
}

v1::PreferGroupMemberRequest Prefer(int n) {
  auto command = OnGroup<v1::PreferGroupMemberRequest>();
  if (n > 0) command.set_opportunity(ExampleName<OpportunityId>(n));
  return command;
}

v1::CreateOpportunityGroupRequest Create(v1::GroupKind kind, const std::vector<int>& members) {
  v1::CreateOpportunityGroupRequest command;
  command.mutable_opportunity_group()->set_display_name("Offices");
  command.mutable_opportunity_group()->set_kind(kind);
  command.mutable_opportunity_group()->set_team(ExampleName<domain::TeamId>());
  command.mutable_opportunity_group()->set_owner(ExampleName<domain::MemberId>());
  for (const int n : members) command.add_opportunities(ExampleName<OpportunityId>(n));
  return command;
}

events::v1::OpportunityUngrouped Ungrouped() {
  events::v1::OpportunityUngrouped event;
  event.set_group_id(ExampleBytes<OpportunityGroupId>());
  *event.mutable_at() = SnapshotExample();
  return event;
}

// A group of `members` open alternatives, and one opportunity more that belongs to none.
GroupScenario& GiveAlternatives(GroupScenario& scenario, int members = 2) {
  GiveGroup(scenario, members);
  scenario.GivenStream<Opportunity>(ExampleId<OpportunityId>(members + 1),
                                    OpportunityOpenedExample());
  return scenario;
}

TEST(OpportunityGroupTest, I1CreatesAGroupWithMembers) {
  GroupScenario scenario;
  scenario.GivenStream<Opportunity>(ExampleId<OpportunityId>(1), OpportunityOpenedExample())
      .When(Create(v1::GROUP_KIND_ALTERNATIVES, {1}))
      .Then(OpportunityGroupCreatedExample(), GroupMemberAddedExample(1));
  const domain::Ref<OpportunityGroup> group = scenario.Current();
  auto grouped = OpportunityGroupedExample();
  grouped.set_group_id(ToBytes(group.id));
  scenario.ThenAlso<Opportunity>(ExampleId<OpportunityId>(1), grouped)
      .ThenShows(Property(&v1::OpportunityGroup::opportunities,
                          ElementsAre(ExampleName<OpportunityId>(1))));
  EXPECT_EQ(scenario.CurrentOf<Opportunity>(ExampleId<OpportunityId>(1))->group, group.id);
}

TEST(OpportunityGroupTest, I6HasANameAndAKind) {
  GroupScenario().When(Create(v1::GROUP_KIND_UNSPECIFIED, {})).ThenRejected("GROUP_KIND_REQUIRED");
  auto nameless = Create(v1::GROUP_KIND_SUB_PROJECTS, {});
  nameless.mutable_opportunity_group()->clear_display_name();
  GroupScenario().When(nameless).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(OpportunityGroupTest, I2OnlySubProjectsMoveTogether) {
  auto command = Create(v1::GROUP_KIND_ALTERNATIVES, {});
  command.mutable_opportunity_group()->set_synchronous_stages(true);
  GroupScenario().When(command).ThenRejected("GROUP_NOT_SUB_PROJECTS");
  command.mutable_opportunity_group()->set_kind(v1::GROUP_KIND_SUB_PROJECTS);
  GroupScenario().When(command).Then(
      OpportunityGroupCreatedExample(v1::GROUP_KIND_SUB_PROJECTS, true));

  v1::UpdateOpportunityGroupRequest update;
  update.mutable_opportunity_group()->set_name(ExampleName<OpportunityGroupId>());
  update.mutable_opportunity_group()->set_synchronous_stages(true);
  GroupScenario scenario;
  GiveAlternatives(scenario).When(update).ThenRejected("GROUP_NOT_SUB_PROJECTS");
}

TEST(OpportunityGroupTest, RevisesExactlyTheChangedFields) {
  v1::UpdateOpportunityGroupRequest update;
  update.mutable_opportunity_group()->set_name(ExampleName<OpportunityGroupId>());
  update.mutable_opportunity_group()->set_display_name("Branches");
  events::v1::OpportunityGroupRevised revised;
  revised.set_display_name("Branches");
  GroupScenario scenario;
  GiveAlternatives(scenario).When(update).Then(revised).When(update).ThenNothing();
  update.mutable_opportunity_group()->clear_display_name();
  update.mutable_update_mask()->add_paths("display_name");
  scenario.When(update).ThenRejected("DISPLAY_NAME_REQUIRED");
  update.mutable_update_mask()->set_paths(0, "kind");
  scenario.When(update).ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(OpportunityGroupTest, I1AddsAMemberOnce) {
  GroupScenario scenario;
  GiveAlternatives(scenario)
      .When(Add(3))
      .Then(GroupMemberAddedExample(3))
      .ThenAlso<Opportunity>(ExampleId<OpportunityId>(3), OpportunityGroupedExample())
      .When(Add(3))
      .ThenNothing()
      .When(Create(v1::GROUP_KIND_SUB_PROJECTS, {3}))
      .ThenRejected("OPPORTUNITY_ALREADY_GROUPED")
      .Naming("group", ExampleName<OpportunityGroupId>());
}

TEST(OpportunityGroupTest, I4AlternativesAreJoinedWhileOpen) {
  events::v1::OpportunityLost lost;
  GroupScenario alternatives;
  GiveAlternatives(alternatives)
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(3), lost)
      .When(Add(3))
      .ThenRejected("OPPORTUNITY_CLOSED");
  GroupScenario archived;
  GiveAlternatives(archived)
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(3), events::v1::OpportunityArchived())
      .When(Add(3))
      .ThenRejected("OPPORTUNITY_ARCHIVED");
  // What is done already is part of the project all the same.
  GroupScenario projects;
  GiveGroup(projects, 1, v1::GROUP_KIND_SUB_PROJECTS);
  projects.GivenStream<Opportunity>(ExampleId<OpportunityId>(2), OpportunityOpenedExample(), lost)
      .When(Add(2))
      .Then(GroupMemberAddedExample(2))
      .ThenAlso<Opportunity>(ExampleId<OpportunityId>(2), OpportunityGroupedExample());
}

TEST(OpportunityGroupTest, I4NobodyJoinsAWinner) {
  events::v1::OpportunityWon won;
  won.set_stage_id(ToBytes(ExampleStage(kWon).stage));
  GroupScenario scenario;
  GiveAlternatives(scenario)
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(2), won)
      .When(Add(3))
      .ThenRejected("ALTERNATIVE_WON")
      .Naming("winner", ExampleName<OpportunityId>(2));
}

TEST(OpportunityGroupTest, I6TakesAHundredMembers) {
  GroupScenario scenario;
  GiveAlternatives(scenario, 100).When(Add(101)).ThenRejected("GROUP_FULL");
}

TEST(OpportunityGroupTest, I1RemovesAMember) {
  events::v1::GroupMemberRemoved removed;
  removed.set_opportunity_id(ExampleBytes<OpportunityId>(1));
  GroupScenario scenario;
  GiveAlternatives(scenario)
      .When(Prefer(1))
      .When(Remove(1))
      .Then(removed)
      .ThenAlso<Opportunity>(ExampleId<OpportunityId>(1), Ungrouped())
      .ThenShows(Property(&v1::OpportunityGroup::preferred, ""))  // I3
      .When(Remove(1))
      .ThenNothing();
  EXPECT_TRUE(scenario.CurrentOf<Opportunity>(ExampleId<OpportunityId>(1))->group.IsNil());
}

TEST(OpportunityGroupTest, I3PrefersAMemberOfAlternatives) {
  events::v1::GroupMemberPreferred preferred;
  preferred.set_opportunity_id(ExampleBytes<OpportunityId>(2));
  GroupScenario scenario;
  GiveAlternatives(scenario)
      .When(Prefer(2))
      .Then(preferred)
      .When(Prefer(2))
      .ThenNothing()
      .When(Prefer(3))
      .ThenRejected("NOT_A_GROUP_MEMBER")
      .When(Prefer(0))
      .Then(events::v1::GroupMemberPreferred());
  GroupScenario projects;
  GiveGroup(projects, 1, v1::GROUP_KIND_SUB_PROJECTS);
  projects.When(Prefer(1)).ThenRejected("GROUP_NOT_ALTERNATIVES");
}

TEST(OpportunityGroupTest, I5DissolvingFreesEveryMember) {
  v1::UpdateOpportunityGroupRequest update;
  update.mutable_opportunity_group()->set_name(ExampleName<OpportunityGroupId>());
  const auto dissolve = OnGroup<v1::DissolveOpportunityGroupRequest>();
  GroupScenario scenario;
  GiveAlternatives(scenario)
      .When(dissolve)
      .Then(events::v1::OpportunityGroupDissolved())
      .ThenAlso<Opportunity>(ExampleId<OpportunityId>(1), Ungrouped())
      .ThenAlso<Opportunity>(ExampleId<OpportunityId>(2), Ungrouped())
      .ThenShows(Property(&v1::OpportunityGroup::opportunities, IsEmpty()))
      .When(dissolve)
      .ThenNothing()
      .When(update)
      .ThenRejected("GROUP_DISSOLVED")
      .When(Add(1))
      .ThenRejected("GROUP_DISSOLVED")
      .When(Remove(1))
      .ThenRejected("GROUP_DISSOLVED")
      .When(Prefer(0))
      .ThenRejected("GROUP_DISSOLVED");
}

}  // namespace
}  // namespace crm::testing
