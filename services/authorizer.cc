#include "services/authorizer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/member/member.h"
#include "domain/role/role.h"
#include "domain/team/team.h"

namespace crm::services {

using domain::Scope;
using domain::TeamId;
using domain::TeamRegisterState;

namespace {

absl::Status Denied(absl::string_view permission) {
  // The same words whether the record is hidden or does not exist.
  return WithReason(
      absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
      absl::StrCat("permission ", permission, " is missing on this record, or it does not exist"),
      {{"permission", std::string(permission)}});
}

// What something else than a role permits: being signed in, the operator's token, a public link.
bool NeedsNoRole(absl::string_view permission) {
  return permission == "authenticated" || permission == "none" || permission == "public";
}

bool ShowsTo(const TeamRegisterState::Entry& team, const domain::MemberId& member) {
  switch (team.privacy) {
    case v1::TEAM_PRIVACY_ALL_SHARED:
      return team.members.contains(member) || team.leaders.contains(member);
    case v1::TEAM_PRIVACY_LEADERS_SEE:
      return team.leaders.contains(member);
    default:
      return false;
  }
}

bool Allows(v1::ReassignPolicy policy, bool leader, bool member) {
  switch (policy) {
    case v1::REASSIGN_POLICY_EVERY_MEMBER:
      return leader || member;
    case v1::REASSIGN_POLICY_LEADERS:
      return leader;
    default:
      return false;
  }
}

// Somebody's leader today: archived teams have none to lead.
bool Leads(const TeamRegisterState& teams, const domain::MemberId& member) {
  return std::any_of(teams.teams.begin(), teams.teams.end(), [&](const auto& team) {
    return team.second.available && team.second.leaders.contains(member);
  });
}

bool IsIn(const TeamRegisterState::Entry& team, const domain::MemberId& member) {
  return team.members.contains(member) || team.leaders.contains(member);
}

// "lead.view" for "lead.edit".
std::string ViewPermissionOf(absl::string_view permission) {
  return absl::StrCat(permission.substr(0, permission.find('.')), ".view");
}

// Whether what teams and the organization share is shared as they set it.
enum class Sharing {
  kAsSet,
  kWithLeaders,  // what a member is paid is the member's own, and the leaders'
};

Sharing SharingOf(absl::string_view view_permission) {
  return absl::StartsWith(view_permission, "commission.") ? Sharing::kWithLeaders : Sharing::kAsSet;
}

// What the settings and teams of today show a member who holds a view permission with `reach`.
domain::Audience AudienceWith(const Actor& actor, v1::Reach reach, Sharing sharing) {
  const bool shared = sharing == Sharing::kAsSet;
  domain::Audience audience;
  audience.member = actor.member;
  audience.nothing = reach == v1::REACH_UNSPECIFIED;
  audience.everything = reach == v1::REACH_ALL || (shared && actor.settings->everything_shared);
  for (const auto& [id, team] : actor.teams->teams) {
    const bool shows = ShowsTo(team, actor.member);
    if (shows && (shared || team.leaders.contains(actor.member))) audience.teams.insert(id);
    if (IsIn(team, actor.member)) audience.own_teams.insert(id);
  }
  return audience;
}

// Whether team and organization let the actor give records to somebody there.
bool MayAssignInto(const Actor& actor, const TeamId& team) {
  const bool leads = Leads(*actor.teams, actor.member);
  if (!Allows(actor.settings->reassign_policy, leads, true)) return false;
  if (team.IsNil()) return true;
  const TeamRegisterState::Entry* entry = actor.teams->Find(team);
  return entry != nullptr && Allows(entry->assigners, entry->leaders.contains(actor.member),
                                    entry->members.contains(actor.member));
}

}  // namespace

v1::Reach Actor::ReachOf(absl::string_view permission) const {
  const auto found = grants.find(permission);
  return found == grants.end() ? v1::REACH_UNSPECIFIED : found->second;
}

absl::StatusOr<std::shared_ptr<const Actor>> Authorizer::ActorOf(
    LogStreams& streams, const domain::OrganizationId& organization,
    const domain::MemberId& member) const {
  if (std::shared_ptr<const Actor> known = FindActor(organization, member)) {
    streams.Recall(known->seen);
    return known;
  }
  const domain::Lookup lookup(streams);
  ASSIGN_OR_RETURN(const domain::Ref<domain::Member> self, lookup.Find<domain::Member>(member));
  if (!self.head.exists()) {
    return WithReason(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                      "the credential names no member");
  }
  if (!self->active) {
    return WithReason(absl::StatusCode::kUnauthenticated, "MEMBER_DEACTIVATED",
                      "this member may not sign in");
  }
  auto actor = std::make_shared<Actor>();
  actor->organization = organization;
  actor->member = member;
  for (const domain::RoleKey& role : self->roles) {
    ASSIGN_OR_RETURN(const std::vector<domain::Grant> grants, domain::GrantsOf(role, lookup));
    for (const domain::Grant& grant : grants) {
      v1::Reach& reach = actor->grants[grant.permission];
      reach = std::max(reach, grant.reach);
    }
  }
  RETURN_IF_ERROR(ReadOrganization(lookup, *actor));
  actor->seen = streams.seen();
  actor->streams = streams.read();
  MutexLock lock(mutex_);
  actors_.Put({organization, member}, actor);
  return actor;
}

std::shared_ptr<const Actor> Authorizer::FindActor(const domain::OrganizationId& organization,
                                                   const domain::MemberId& member) const {
  std::shared_ptr<const Actor> known;
  {
    MutexLock lock(mutex_);
    if (const auto* found = actors_.Find({organization, member})) known = *found;
  }
  if (known == nullptr) return nullptr;
  const bool current =
      std::all_of(known->streams.begin(), known->streams.end(), [&](const auto& stream) {
        return streams_.EndsAt(organization.uuid(), stream.first, stream.second);
      });
  return current ? known : nullptr;
}

absl::StatusOr<std::shared_ptr<const Actor>> Authorizer::SystemActor(
    const domain::OrganizationId& organization) const {
  LogStreams streams(streams_, organization.uuid());
  auto actor = std::make_shared<Actor>();
  actor->organization = organization;
  for (const domain::Grant& grant : domain::FindShippedRole(domain::kAdministratorWord)->grants) {
    actor->grants[grant.permission] = grant.reach;
  }
  RETURN_IF_ERROR(ReadOrganization(domain::Lookup(streams), *actor));
  return actor;
}

absl::StatusOr<std::shared_ptr<const Actor>> Authorizer::LinkHolder(
    LogStreams& streams, const domain::OrganizationId& organization) const {
  auto actor = std::make_shared<Actor>();
  actor->organization = organization;
  RETURN_IF_ERROR(ReadOrganization(domain::Lookup(streams), *actor));
  actor->seen = streams.seen();
  return actor;
}

absl::Status Authorizer::ReadOrganization(const domain::Lookup& lookup, Actor& actor) const {
  ASSIGN_OR_RETURN(const auto settings, lookup.Get<domain::Organization>(actor.organization));
  actor.settings = settings.shared_state;
  ASSIGN_OR_RETURN(const auto teams,
                   lookup.Find<domain::TeamRegister>(domain::TeamRegisterOf(actor.organization)));
  actor.teams = teams.shared_state;
  return absl::OkStatus();
}

absl::Status Authorizer::CheckPermission(const Actor& actor, absl::string_view permission) const {
  if (NeedsNoRole(permission)) return absl::OkStatus();
  if (actor.ReachOf(permission) != v1::REACH_UNSPECIFIED) return absl::OkStatus();
  return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                    absl::StrCat("no role of yours grants ", permission),
                    {{"permission", std::string(permission)}});
}

absl::Status Authorizer::CheckBefore(const Actor& actor, absl::string_view permission,
                                     const Scope& scope) const {
  if (NeedsNoRole(permission)) return absl::OkStatus();
  const v1::Reach reach = actor.ReachOf(permission);
  if (reach == v1::REACH_UNSPECIFIED) return Denied(permission);
  const bool viewing = absl::EndsWith(permission, ".view");
  if (scope.shared) {
    // Of the organization: everyone who may view sees it.
    if (viewing || reach == v1::REACH_ALL) return absl::OkStatus();
    return CheckLeader(actor, permission, scope);
  }
  const domain::Audience audience = AudienceOf(actor, permission);
  if (!audience.Sees(scope)) return Denied(permission);
  // Whoever is shown a record changes it only within the reach of the changing.
  const bool within = viewing || reach == v1::REACH_ALL || scope.IsOwn(actor.member) ||
                      (reach == v1::REACH_TEAM && audience.own_teams.contains(scope.team));
  return within ? absl::OkStatus() : Denied(permission);
}

absl::Status Authorizer::CheckLeader(const Actor& actor, absl::string_view permission,
                                     const Scope& scope) const {
  if (actor.ReachOf(permission) != v1::REACH_TEAM) return Denied(permission);
  LogStreams streams(streams_, actor.organization.uuid());
  const domain::Lookup lookup(streams);
  for (const TeamId& led : actor.teams->TeamsLedBy(actor.member)) {
    if (led == scope.team) return absl::OkStatus();
    if (scope.pipeline.IsNil()) continue;
    ASSIGN_OR_RETURN(const domain::Ref<domain::Team> team, lookup.Find<domain::Team>(led));
    const bool uses = team->pipeline == scope.pipeline || team->lead_pipeline == scope.pipeline;
    if (uses && !team->archived()) return absl::OkStatus();
  }
  return Denied(permission);
}

absl::Status Authorizer::CheckAfter(const Actor& actor, absl::string_view permission,
                                    const Scope* before, const Scope& after) const {
  if (NeedsNoRole(permission)) return absl::OkStatus();
  if (actor.ReachOf(permission) == v1::REACH_ALL) return absl::OkStatus();
  if (before != nullptr && *before == after) return absl::OkStatus();  // checked before
  if (after.shared) {
    return before == nullptr ? CheckBefore(actor, permission, after) : absl::OkStatus();
  }
  // A record that is one's own, or nobody's, may be left in a team one belongs to; anything else is
  // assigning.
  const bool keeps_owner = after.IsOwn(actor.member) ||
                           (before == nullptr ? after.owner.IsNil() : before->owner == after.owner);
  const TeamRegisterState::Entry* team = actor.teams->Find(after.team);
  const bool belongs = after.team.IsNil() || (team != nullptr && IsIn(*team, actor.member));
  const bool keeps_team = before != nullptr ? before->team == after.team : belongs;
  if (keeps_owner && keeps_team) return absl::OkStatus();
  if (MayAssignInto(actor, after.team)) return absl::OkStatus();
  return WithReason(
      absl::StatusCode::kPermissionDenied, "ASSIGNMENT_DENIED", "you may not assign records there",
      {{"team", domain::NameOf(after.team)}, {"permission", std::string(permission)}});
}

domain::Audience Authorizer::AudienceOf(const Actor& actor, absl::string_view permission) const {
  const std::string viewing =
      absl::EndsWith(permission, ".view") ? std::string(permission) : ViewPermissionOf(permission);
  return AudienceWith(actor, actor.ReachOf(viewing), SharingOf(viewing));
}

domain::RecordAudiences Authorizer::RecordAudiencesOf(const Actor& actor,
                                                      absl::string_view permission) const {
  const bool reports = permission == "report.view";
  const auto seen = [&](absl::string_view view_permission) {
    const v1::Reach reach = actor.ReachOf(view_permission);
    return AudienceWith(actor, reports ? std::min(reach, actor.ReachOf(permission)) : reach,
                        SharingOf(view_permission));
  };
  return {.contacts = seen("contact.view"),
          .customers = seen("customer.view"),
          .invoices = seen("invoice.view"),
          .leads = seen("lead.view"),
          .opportunities = seen("opportunity.view"),
          .payments = seen("payment.view")};
}

}  // namespace crm::services
