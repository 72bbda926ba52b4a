// Who works on a lead: by hand and by rule, on the rosters of the teams.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/lead/assignment_rule.h"
#include "domain/lead/lead.h"
#include "domain/lead/lead_details.h"
#include "domain/lead/lead_draft.h"
#include "domain/member/member.h"
#include "domain/rejection.h"
#include "domain/roster/roster.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"

namespace crm::domain {
namespace {

using LeadDecision = absl::StatusOr<Decision<Lead::Event>>;

events::v1::LeadAssigned Assigned(const Ownership& from, const Ownership& to, absl::Time time) {
  events::v1::LeadAssigned assigned;
  *assigned.mutable_from() = ToEvent(from);
  *assigned.mutable_to() = ToEvent(to);
  assigned.set_assign_time_us(absl::ToUnixMicros(time));
  return assigned;
}

bool Accepts(const std::optional<events::v1::Condition>& filter, const RecordTraits& lead) {
  return !filter.has_value() || Matches(*filter, lead);
}

absl::StatusOr<MemberStanding> StandingOf(const Membership& membership, const RosterState& roster,
                                          const RecordTraits& lead, const DecideContext& context) {
  const absl::Time now = context.effective_time();
  const MembershipTerms& terms = membership.terms;
  ASSIGN_OR_RETURN(const Ref<Member> member, context.Find<Member>(membership.member));
  MemberStanding standing;
  standing.member = membership.member;
  standing.maximum_leads = terms.maximum_leads;
  standing.daily_leads = terms.daily_leads;
  standing.taken_in_window = roster.LoadOf(membership.member, now, kCapacityWindow);
  standing.taken_in_day = roster.LoadOf(membership.member, now, kPacingWindow);
  standing.last_assign_time = roster.LastAssignTimeOf(membership.member);
  standing.last_assign_ordinal = roster.LastAssignOrdinalOf(membership.member);
  standing.active = member->active;
  standing.paused = now < terms.paused_until;
  standing.accepts = Accepts(terms.filter, lead);
  standing.prefers = terms.preferred_filter.has_value() && Matches(*terms.preferred_filter, lead);
  return standing;
}

absl::StatusOr<TeamStanding> StandingOf(const Ref<Team>& team, const RecordTraits& lead,
                                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Roster> roster, context.Find<Roster>(RosterOf(team.id)));
  TeamStanding standing;
  standing.team = team.id;
  for (const Membership& membership : team->memberships) {
    ASSIGN_OR_RETURN(MemberStanding member, StandingOf(membership, roster.state(), lead, context));
    standing.members.push_back(std::move(member));
  }
  return standing;
}

// The teams the rule may choose among: the lead's own while it is available, else every available
// team whose filter matches.
absl::StatusOr<std::vector<TeamStanding>> TeamsFor(const LeadState& state,
                                                   const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams,
                   context.Find<TeamRegister>(TeamRegisterOf(context.caller().organization)));
  const TeamRegisterState::Entry* own = teams->Find(state.ownership.team);
  const bool stays = own != nullptr && own->available;
  const RecordTraits lead = TraitsOf(state.details);
  std::vector<TeamStanding> standings;
  for (const auto& [id, entry] : teams->teams) {
    if (!entry.available || (stays && id != state.ownership.team)) continue;
    ASSIGN_OR_RETURN(const Ref<Team> team, context.Find<Team>(id));
    const bool begun = team.head.first_effective_time <= context.effective_time();
    if (!begun || (!stays && !Accepts(team->assignment_filter, lead))) continue;
    ASSIGN_OR_RETURN(TeamStanding standing, StandingOf(team, lead, context));
    standings.push_back(std::move(standing));
  }
  return standings;
}

bool IsSame(const events::v1::AssignmentExplanation& a,
            const events::v1::AssignmentExplanation& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// Nothing when the rule already left it for exactly these reasons: a run over hanging leads that
// finds nothing new writes nothing.
void LeaveUnassigned(AssignmentChoice choice, LeadDraft& draft) {
  const LeadState& state = draft.state();
  if (state.unassigned_reason == choice.unassigned_reason && state.explanation.has_value() &&
      IsSame(*state.explanation, choice.explanation)) {
    return;
  }
  events::v1::LeadLeftUnassigned left;
  left.set_reason(choice.unassigned_reason);
  *left.mutable_explanation() = std::move(choice.explanation);
  *left.mutable_ownership() = ToEvent(state.ownership);
  draft.Add(std::move(left));
}

}  // namespace

absl::Status RequireCapacity(const Ownership& to, const DecideContext& context) {
  if (to.team.IsNil() || to.owner.IsNil()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Team> team, context.Find<Team>(to.team));
  const Membership* membership = team->Find(to.owner);
  const int maximum = membership == nullptr ? 0 : membership->terms.maximum_leads;
  if (maximum == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Roster> roster, context.Find<Roster>(RosterOf(to.team)));
  const int count = roster->LoadOf(to.owner, context.effective_time(), kCapacityWindow);
  if (count < maximum) return absl::OkStatus();
  const Scope scope = {.team = to.team, .owner = to.owner, .contributors = {}, .shared = false};
  ASSIGN_OR_RETURN(const bool may_exceed, context.Permits("lead.exceed_capacity", scope));
  if (may_exceed) return absl::OkStatus();
  return Refuse(
      "CAPACITY",
      absl::StrCat(NameOf(to.owner), " has ", count, " of at most ", maximum, " leads in 30 days"),
      {{"member", NameOf(to.owner)},
       {"team", NameOf(to.team)},
       {"maximum", absl::StrCat(maximum)},
       {"count", absl::StrCat(count)}});
}

absl::Status MoveCount(const Ownership& from, const Ownership& to, LeadDraft& draft) {
  const std::string lead = ToBytes(draft.state().id);
  if (!from.team.IsNil() && !from.owner.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Roster> roster, draft.context().Find<Roster>(RosterOf(from.team)));
    events::v1::LeadReleased released;
    released.set_member_id(ToBytes(from.owner));
    released.set_lead_id(lead);
    draft.Affect(roster, std::move(released));
  }
  if (!to.team.IsNil() && !to.owner.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Roster> roster, draft.context().Find<Roster>(RosterOf(to.team)));
    events::v1::LeadTaken taken;
    taken.set_member_id(ToBytes(to.owner));
    taken.set_lead_id(lead);
    taken.set_assign_time_us(absl::ToUnixMicros(draft.context().effective_time()));
    draft.Affect(roster, std::move(taken));
  }
  return absl::OkStatus();
}

absl::Status Route(LeadDraft& draft) {
  const Ownership from = draft.state().ownership;
  if (!from.owner.IsNil()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<TeamStanding> teams, TeamsFor(draft.state(), draft.context()));
  AssignmentChoice choice = ChooseMember(std::move(teams));
  if (choice.member.IsNil()) {
    LeaveUnassigned(std::move(choice), draft);
    return absl::OkStatus();
  }
  const Ownership to = {choice.team, choice.member};
  events::v1::LeadAssigned assigned = Assigned(from, to, draft.context().effective_time());
  *assigned.mutable_explanation() = std::move(choice.explanation);
  draft.Add(std::move(assigned));
  return MoveCount(from, to, draft);
}

LeadDecision Lead::Decide(const State& state, const v1::AssignLeadRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == state.ownership) return Decision<Event>();
  RETURN_IF_ERROR(RequireCapacity(to, context));
  LeadDraft draft(state, context);
  draft.Add(Assigned(state.ownership, to, context.effective_time()));
  RETURN_IF_ERROR(MoveCount(state.ownership, to, draft));
  RETURN_IF_ERROR(EnterFirstStage(draft));
  return draft.Take();
}

LeadDecision Lead::Decide(const State& state, const v1::RouteLeadRequest&,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  LeadDraft draft(state, context);
  RETURN_IF_ERROR(Route(draft));
  RETURN_IF_ERROR(EnterFirstStage(draft));
  return draft.Take();
}

}  // namespace crm::domain
