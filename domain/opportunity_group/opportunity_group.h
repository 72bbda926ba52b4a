// OpportunityGroup: opportunities that belong together, either sub-projects, which sum up, or
// alternatives, of which one can be won.
//
//   created -> dissolved          opportunity: added -> removed
//
// Invariants
//   I1  An opportunity belongs to one group at most; its own stream is written in the same commit.
//   I2  Only sub-projects have synchronous stages.
//   I3  The preferred member is a member of a group of alternatives, or nobody.
//   I4  Who joins is not archived, and joins alternatives only while open and before one is won:
//       with opportunity.h I9, alternatives are open together or closed by one winner.
//   I5  Dissolving frees every member; a dissolved group does not change.
//   I6  It has a name, a kind for life, and at most 100 members: winning and moving touch them all
//       in one commit.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "domain/audience.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct OpportunityGroupState {
  OpportunityGroupId id;  // nil before the first event
  std::string display_name;
  v1::GroupKind kind = v1::GROUP_KIND_UNSPECIFIED;
  bool synchronous_stages = false;
  TeamId team;                         // nil: none
  MemberId owner;                      // nil: nobody
  std::vector<OpportunityId> members;  // in order of joining
  OpportunityId preferred;             // nil: the largest open one
  bool dissolved = false;

  bool Has(const OpportunityId& opportunity) const;
};

struct OpportunityGroup {
  using Id = OpportunityGroupId;
  using State = OpportunityGroupState;
  using Event =
      std::variant<events::v1::OpportunityGroupCreated, events::v1::OpportunityGroupRevised,
                   events::v1::GroupMemberAdded, events::v1::GroupMemberRemoved,
                   events::v1::GroupMemberPreferred, events::v1::OpportunityGroupDissolved>;
  using Resource = v1::OpportunityGroup;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Without totals: those depend on who asks.
  static absl::StatusOr<Resource> Render(const Ref<OpportunityGroup>& self, const Lookup& lookup);
  // What the open members that `audience` sees are worth (group_totals.h), added to `shown`.
  static absl::Status AddTotals(const State& state, const Lookup& lookup, const Audience& audience,
                                Resource& shown);

  // The update's target is named inside the resource.
  static absl::StatusOr<OpportunityGroupId> TargetOf(const v1::UpdateOpportunityGroupRequest&,
                                                     const Caller&);

  // Refuses GROUP_KIND_REQUIRED, DISPLAY_NAME_REQUIRED, GROUP_NOT_SUB_PROJECTS, what
  // ResolveOwnership (domain/ownership.h) refuses, and members as AddGroupMember does.
  static Result Decide(const State&, const v1::CreateOpportunityGroupRequest&,
                       const DecideContext&);
  // This and all below but Dissolve refuse GROUP_DISSOLVED. Refuses FIELD_UNKNOWN,
  // FIELD_NOT_UPDATABLE, DISPLAY_NAME_REQUIRED, GROUP_NOT_SUB_PROJECTS.
  static Result Decide(const State&, const v1::UpdateOpportunityGroupRequest&,
                       const DecideContext&);
  // Refuses OPPORTUNITY_ALREADY_GROUPED, OPPORTUNITY_ARCHIVED, OPPORTUNITY_CLOSED,
  // ALTERNATIVE_WON, GROUP_FULL. Adding a member again decides nothing.
  static Result Decide(const State&, const v1::AddGroupMemberRequest&, const DecideContext&);
  // Removing who is not a member decides nothing.
  static Result Decide(const State&, const v1::RemoveGroupMemberRequest&, const DecideContext&);
  // Refuses GROUP_NOT_ALTERNATIVES, NOT_A_GROUP_MEMBER.
  static Result Decide(const State&, const v1::PreferGroupMemberRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::DissolveOpportunityGroupRequest&,
                       const DecideContext&);
};

}  // namespace crm::domain
