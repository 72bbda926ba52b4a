#include "domain/opportunity_group/opportunity_group.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity/opportunity_rules.h"
#include "domain/opportunity_group/group_totals.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using State = OpportunityGroupState;
using Result = OpportunityGroup::Result;
using Events = Decision<OpportunityGroup::Event>;

constexpr size_t kMaxMembers = 100;

void On(State& state, const events::v1::OpportunityGroupCreated& event,
        const EventMetadata& metadata) {
  state.id = OpportunityGroupId(metadata.stream.id);
  state.display_name = event.display_name();
  state.kind = static_cast<v1::GroupKind>(event.kind());
  state.synchronous_stages = event.synchronous_stages();
  const Ownership ownership = OwnershipFrom(event.ownership());
  state.team = ownership.team;
  state.owner = ownership.owner;
}

void On(State& state, const events::v1::OpportunityGroupRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_synchronous_stages()) state.synchronous_stages = event.synchronous_stages();
}

void On(State& state, const events::v1::GroupMemberAdded& event, const EventMetadata&) {
  state.members.push_back(FromBytes<OpportunityId>(event.opportunity_id()));
}

void On(State& state, const events::v1::GroupMemberRemoved& event, const EventMetadata&) {
  const auto member = FromBytes<OpportunityId>(event.opportunity_id());
  std::erase(state.members, member);
  if (state.preferred == member) state.preferred = {};
}

void On(State& state, const events::v1::GroupMemberPreferred& event, const EventMetadata&) {
  state.preferred = FromBytes<OpportunityId>(event.opportunity_id());
}

void On(State& state, const events::v1::OpportunityGroupDissolved&, const EventMetadata&) {
  state.members.clear();
  state.preferred = {};
  state.dissolved = true;
}

absl::Status RequireLive(const State& state) {
  if (!state.dissolved) return absl::OkStatus();
  return Refuse("GROUP_DISSOLVED", "the group is dissolved", {{"group", NameOf(state.id)}});
}

// I2.
absl::Status RequireSynchronizable(v1::GroupKind kind, bool synchronous_stages) {
  if (!synchronous_stages || kind == v1::GROUP_KIND_SUB_PROJECTS) return absl::OkStatus();
  return Invalid("GROUP_NOT_SUB_PROJECTS", "only sub-projects move together");
}

// I1, I4: `opportunity` may join a group of this kind.
absl::Status RequireJoinable(const OpportunityState& opportunity, v1::GroupKind kind) {
  if (!opportunity.group.IsNil()) {
    return Refuse("OPPORTUNITY_ALREADY_GROUPED", "the opportunity belongs to another group",
                  {{"opportunity", NameOf(opportunity.id)}, {"group", NameOf(opportunity.group)}});
  }
  return kind == v1::GROUP_KIND_ALTERNATIVES ? RequireEditable(opportunity)
                                             : RequireNotArchived(opportunity);
}

// I4: none of a group of alternatives is won.
absl::Status RequireUndecided(const State& state, const DecideContext& context) {
  if (state.kind != v1::GROUP_KIND_ALTERNATIVES) return absl::OkStatus();
  for (const OpportunityId& member : state.members) {
    ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Require<Opportunity>(member));
    if (opportunity->phase != v1::OPPORTUNITY_STATE_WON) continue;
    return Refuse("ALTERNATIVE_WON", "one of the group's alternatives is won",
                  {{"group", NameOf(state.id)}, {"winner", NameOf(member)}});
  }
  return absl::OkStatus();
}

// The member's two events, one in each stream.
void Join(const Ref<Opportunity>& opportunity, const OpportunityGroupId& group, Events& decision) {
  events::v1::GroupMemberAdded added;
  added.set_opportunity_id(ToBytes(opportunity.id));
  events::v1::OpportunityGrouped grouped;
  grouped.set_group_id(ToBytes(group));
  *grouped.mutable_at() = SnapshotOf(opportunity.state());
  decision.Add(std::move(added)).Affect(opportunity, std::move(grouped));
}

events::v1::OpportunityUngrouped LeavingOf(const OpportunityState& opportunity,
                                           const OpportunityGroupId& group) {
  events::v1::OpportunityUngrouped ungrouped;
  ungrouped.set_group_id(ToBytes(group));
  *ungrouped.mutable_at() = SnapshotOf(opportunity);
  return ungrouped;
}

}  // namespace

bool OpportunityGroupState::Has(const OpportunityId& opportunity) const {
  return absl::c_linear_search(members, opportunity);
}

State OpportunityGroup::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope OpportunityGroup::ScopeOf(const State& state) {
  return {.team = state.team, .owner = state.owner, .contributors = {}, .shared = false};
}

absl::StatusOr<v1::OpportunityGroup> OpportunityGroup::Render(const Ref<OpportunityGroup>& self,
                                                              const Lookup&) {
  const State& state = self.state();
  v1::OpportunityGroup shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(state.display_name);
  shown.set_kind(state.kind);
  shown.set_synchronous_stages(state.synchronous_stages);
  shown.set_team(NameOf(state.team));
  shown.set_owner(NameOf(state.owner));
  for (const OpportunityId& member : state.members) shown.add_opportunities(NameOf(member));
  shown.set_preferred(NameOf(state.preferred));
  shown.set_dissolved(state.dissolved);
  Stamp(shown, self.head);
  return shown;
}

absl::Status OpportunityGroup::AddTotals(const State& state, const Lookup& lookup,
                                         const Audience& audience, Resource& shown) {
  std::vector<OpenGroupMember> members;
  for (const OpportunityId& id : state.members) {
    ASSIGN_OR_RETURN(const Ref<Opportunity> member, lookup.Find<Opportunity>(id));
    if (!member->IsOpen() || member->archived()) continue;
    if (!audience.Sees(Opportunity::ScopeOf(member.state()))) continue;
    ASSIGN_OR_RETURN(const v1::Opportunity rendered, Opportunity::Render(member, lookup));
    ASSIGN_OR_RETURN(const Probability probability,
                     Probability::FromBasisPoints(rendered.probability_bp()));
    members.push_back({id, member->expected_revenue, probability});
  }
  ASSIGN_OR_RETURN(const std::vector<GroupTotals> totals,
                   GroupTotalsOf(state.kind, members, state.preferred));
  for (const GroupTotals& sum : totals) {
    v1::GroupTotals& added = *shown.add_totals();
    *added.mutable_expected_revenue() = sum.expected_revenue.ToProto();
    *added.mutable_weighted_revenue() = sum.weighted_revenue.ToProto();
    if (sum.exclusive_expectation.has_value()) {
      *added.mutable_exclusive_expectation() = sum.exclusive_expectation->ToProto();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<OpportunityGroupId> OpportunityGroup::TargetOf(
    const v1::UpdateOpportunityGroupRequest& command, const Caller&) {
  return ParseName<OpportunityGroupId>(command.opportunity_group().name());
}

Result OpportunityGroup::Decide(const State&, const v1::CreateOpportunityGroupRequest& command,
                                const DecideContext& context) {
  const v1::OpportunityGroup& input = command.opportunity_group();
  if (input.kind() == v1::GROUP_KIND_UNSPECIFIED) {
    return Invalid("GROUP_KIND_REQUIRED", "say whether they are sub-projects or alternatives");
  }
  RETURN_IF_ERROR(RequireDisplayName(input.display_name()));
  RETURN_IF_ERROR(RequireSynchronizable(input.kind(), input.synchronous_stages()));
  ASSIGN_OR_RETURN(const Ownership ownership,
                   ResolveOwnership(input.team(), input.owner(), context));
  events::v1::OpportunityGroupCreated created;
  created.set_display_name(input.display_name());
  created.set_kind(input.kind());
  created.set_synchronous_stages(input.synchronous_stages());
  *created.mutable_ownership() = ToEvent(ownership);
  Events decision = std::move(created);
  for (const std::string& name : command.opportunities()) {
    ASSIGN_OR_RETURN(const auto id, ParseName<OpportunityId>(name));
    ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Require<Opportunity>(id));
    RETURN_IF_ERROR(RequireJoinable(opportunity.state(), input.kind()));
    Join(opportunity, context.NewId<OpportunityGroupId>(0), decision);
  }
  return decision;
}

Result OpportunityGroup::Decide(const State& state,
                                const v1::UpdateOpportunityGroupRequest& command,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireLive(state));
  const v1::OpportunityGroup& input = command.opportunity_group();
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(input, command.update_mask(), {"display_name", "synchronous_stages"}));
  events::v1::OpportunityGroupRevised revised;
  if (changes.Has("display_name") && input.display_name() != state.display_name) {
    RETURN_IF_ERROR(RequireDisplayName(input.display_name()));
    revised.set_display_name(input.display_name());
  }
  if (changes.Has("synchronous_stages") && input.synchronous_stages() != state.synchronous_stages) {
    RETURN_IF_ERROR(RequireSynchronizable(state.kind, input.synchronous_stages()));
    revised.set_synchronous_stages(input.synchronous_stages());
  }
  if (!revised.has_display_name() && !revised.has_synchronous_stages()) return Events();
  return revised;
}

Result OpportunityGroup::Decide(const State& state, const v1::AddGroupMemberRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const auto id, ParseName<OpportunityId>(command.opportunity()));
  if (state.Has(id)) return Events();
  ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Require<Opportunity>(id));
  RETURN_IF_ERROR(RequireJoinable(opportunity.state(), state.kind));
  RETURN_IF_ERROR(RequireUndecided(state, context));
  if (state.members.size() >= kMaxMembers) {
    return Refuse("GROUP_FULL", "a group has at most 100 members", {{"group", NameOf(state.id)}});
  }
  Events decision;
  Join(opportunity, state.id, decision);
  return decision;
}

Result OpportunityGroup::Decide(const State& state, const v1::RemoveGroupMemberRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireLive(state));
  ASSIGN_OR_RETURN(const auto id, ParseName<OpportunityId>(command.opportunity()));
  if (!state.Has(id)) return Events();
  ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Require<Opportunity>(id));
  events::v1::GroupMemberRemoved removed;
  removed.set_opportunity_id(ToBytes(id));
  Events decision = std::move(removed);
  decision.Affect(opportunity, LeavingOf(opportunity.state(), state.id));
  return decision;
}

Result OpportunityGroup::Decide(const State& state, const v1::PreferGroupMemberRequest& command,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireLive(state));
  if (state.kind != v1::GROUP_KIND_ALTERNATIVES) {
    return Refuse("GROUP_NOT_ALTERNATIVES", "only of alternatives one carries the volume",
                  {{"group", NameOf(state.id)}});
  }
  ASSIGN_OR_RETURN(const auto id, ParseOptionalName<OpportunityId>(command.opportunity()));
  if (!id.IsNil() && !state.Has(id)) {
    return Refuse("NOT_A_GROUP_MEMBER", "the opportunity does not belong to the group",
                  {{"opportunity", NameOf(id)}, {"group", NameOf(state.id)}});
  }
  if (id == state.preferred) return Events();
  events::v1::GroupMemberPreferred preferred;
  preferred.set_opportunity_id(ToBytes(id));
  return preferred;
}

Result OpportunityGroup::Decide(const State& state, const v1::DissolveOpportunityGroupRequest&,
                                const DecideContext& context) {
  if (state.dissolved) return Events();
  Events decision = events::v1::OpportunityGroupDissolved();
  for (const OpportunityId& member : state.members) {
    ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Require<Opportunity>(member));
    decision.Affect(opportunity, LeavingOf(opportunity.state(), state.id));
  }
  return decision;
}

}  // namespace crm::domain
