// What a team's decisions do to other streams in the same commit: the organization's TeamRegister,
// and in single-team organizations the teams that members leave. Used by Team only. Pure and
// thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/decide_context.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"

namespace crm::domain {

using TeamDecision = Decision<Team::Event>;

// An event that is about one member of a team.
template <class E>
E About(const MemberId& member) {
  E event;
  event.set_member_id(ToBytes(member));
  return event;
}

// The register of the caller's organization.
absl::StatusOr<Ref<TeamRegister>> RegisterOf(const DecideContext& context);

// What a member is in a team from now on.
struct Affiliation {
  bool member = false;
  bool leader = false;
};

// The register learns that `member` is this in `team`.
void Note(const Ref<TeamRegister>& teams, const TeamId& team, const MemberId& member,
          Affiliation affiliation, TeamDecision& decision);
// ...the team's privacy and assigners.
void NotePolicy(const Ref<TeamRegister>& teams, const TeamId& team,
                const events::v1::TeamCreated& settings, TeamDecision& decision);
// ...that the team is archived or restored.
absl::Status NoteAvailability(const TeamId& team, bool available, const DecideContext& context,
                              TeamDecision& decision);

// In single-team organizations: the member leaves every other team for `joined` (T50).
absl::Status EndOtherMemberships(const MemberId& member, const TeamId& joined,
                                 const Ref<TeamRegister>& teams, const DecideContext& context,
                                 TeamDecision& decision);

}  // namespace crm::domain
