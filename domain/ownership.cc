#include "domain/ownership.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"

namespace crm::domain {
namespace {

// The team a member brings along: in single-team organizations their own, when it is not archived.
absl::StatusOr<TeamId> OwnTeamOf(const MemberId& owner, const DecideContext& context) {
  const OrganizationId& organization = context.caller().organization;
  ASSIGN_OR_RETURN(const Ref<Organization> settings, context.Find<Organization>(organization));
  if (!settings->single_team) return TeamId();
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams,
                   context.Find<TeamRegister>(TeamRegisterOf(organization)));
  for (const TeamId& team : teams->TeamsOf(owner)) {
    if (teams->Find(team)->available) return team;
  }
  return TeamId();
}

absl::Status MemberNotInTeam(const MemberId& member, const TeamId& team) {
  return Refuse("MEMBER_NOT_IN_TEAM",
                absl::StrCat(NameOf(member), " does not belong to ", NameOf(team)),
                {{"member", NameOf(member)}, {"team", NameOf(team)}});
}

}  // namespace

events::v1::Ownership ToEvent(const Ownership& ownership) {
  events::v1::Ownership stored;
  stored.set_team_id(ToBytes(ownership.team));
  stored.set_owner_id(ToBytes(ownership.owner));
  return stored;
}

Ownership OwnershipFrom(const events::v1::Ownership& stored) {
  return {FromBytes<TeamId>(stored.team_id()), FromBytes<MemberId>(stored.owner_id())};
}

Scope ScopeFrom(const events::v1::Ownership& stored) {
  Scope scope = {.team = FromBytes<TeamId>(stored.team_id()),
                 .owner = FromBytes<MemberId>(stored.owner_id()),
                 .contributors = {}};
  for (const std::string& id : stored.contributor_ids()) {
    scope.contributors.push_back(FromBytes<MemberId>(id));
  }
  return scope;
}

absl::StatusOr<Ownership> ResolveOwnership(absl::string_view team, absl::string_view owner,
                                           const DecideContext& context) {
  Ownership resolved;
  ASSIGN_OR_RETURN(resolved.team, ParseOptionalName<TeamId>(team));
  ASSIGN_OR_RETURN(resolved.owner, ParseOptionalName<MemberId>(owner));
  if (!resolved.owner.IsNil()) {
    RETURN_IF_ERROR(RequireActiveMember(resolved.owner, context).status());
    if (resolved.team.IsNil()) {
      ASSIGN_OR_RETURN(resolved.team, OwnTeamOf(resolved.owner, context));
      return resolved;
    }
  }
  if (resolved.team.IsNil()) return resolved;
  RETURN_IF_ERROR(RequireTeamsUsed(context));
  ASSIGN_OR_RETURN(const Ref<Team> named, context.Require<Team>(resolved.team));
  if (named->archived()) return TeamIsArchived(named.id);
  const bool belongs = resolved.owner.IsNil() || named->Find(resolved.owner) != nullptr ||
                       named->IsLeader(resolved.owner);
  if (!belongs) return MemberNotInTeam(resolved.owner, resolved.team);
  return resolved;
}

}  // namespace crm::domain
