#include "domain/team/team_effects.h"

#include <utility>

#include "domain/organization/organization.h"

namespace crm::domain {

absl::StatusOr<Ref<TeamRegister>> RegisterOf(const DecideContext& context) {
  return context.Find<TeamRegister>(TeamRegisterOf(context.caller().organization));
}

void Note(const Ref<TeamRegister>& teams, const TeamId& team, const MemberId& member,
          Affiliation affiliation, TeamDecision& decision) {
  events::v1::AffiliationNoted noted;
  noted.set_team_id(ToBytes(team));
  noted.set_member_id(ToBytes(member));
  noted.set_member(affiliation.member);
  noted.set_leader(affiliation.leader);
  decision.Affect(teams, std::move(noted));
}

void NotePolicy(const Ref<TeamRegister>& teams, const TeamId& team,
                const events::v1::TeamCreated& settings, TeamDecision& decision) {
  events::v1::TeamPolicyNoted noted;
  noted.set_team_id(ToBytes(team));
  noted.set_privacy(settings.privacy());
  noted.set_assigners(settings.assigners());
  decision.Affect(teams, std::move(noted));
}

absl::Status NoteAvailability(const TeamId& team, bool available, const DecideContext& context,
                              TeamDecision& decision) {
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams, RegisterOf(context));
  events::v1::TeamAvailabilityNoted noted;
  noted.set_team_id(ToBytes(team));
  noted.set_available(available);
  decision.Affect(teams, std::move(noted));
  return absl::OkStatus();
}

absl::Status EndOtherMemberships(const MemberId& member, const TeamId& joined,
                                 const Ref<TeamRegister>& teams, const DecideContext& context,
                                 TeamDecision& decision) {
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Find<Organization>(context.caller().organization));
  if (!organization->single_team) return absl::OkStatus();
  for (const TeamId& other : teams->TeamsOf(member)) {
    if (other == joined) continue;
    ASSIGN_OR_RETURN(const Ref<Team> left, context.Find<Team>(other));
    auto ended = About<events::v1::MembershipEnded>(member);
    ended.set_successor_team_id(ToBytes(joined));
    decision.Affect(left, std::move(ended));
    Note(teams, other, member, {.member = false, .leader = left->IsLeader(member)}, decision);
  }
  return absl::OkStatus();
}

}  // namespace crm::domain
