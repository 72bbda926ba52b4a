#include "domain/member/member.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/administrator_register/administrator_register.h"
#include "domain/claim/claim.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/role/role.h"
#include "domain/team/team.h"
#include "domain/text.h"
#include "domain/types/email.h"

namespace crm::domain {
namespace {

std::vector<RoleKey> RolesFrom(const google::protobuf::RepeatedPtrField<std::string>& stored) {
  std::vector<RoleKey> roles;
  for (const std::string& role : stored) roles.push_back(RoleKey::FromStored(role));
  return roles;
}

MemberState On(MemberState state, const events::v1::MemberCreated& event) {
  state.display_name = event.display_name();
  state.email = event.email();
  state.roles = RolesFrom(event.role_ids());
  state.active = true;
  return state;
}

MemberState On(MemberState state, const events::v1::MemberDetailsRevised& event) {
  if (event.has_display_name()) state.display_name = event.display_name();
  return state;
}

MemberState On(MemberState state, const events::v1::MemberEmailRevised& event) {
  state.email = event.email();
  return state;
}

MemberState On(MemberState state, const events::v1::MemberRolesAssigned& event) {
  state.roles = RolesFrom(event.role_ids());
  return state;
}

MemberState On(MemberState state, const events::v1::MemberDeactivated&) {
  state.active = false;
  return state;
}

MemberState On(MemberState state, const events::v1::MemberReactivated&) {
  state.active = true;
  return state;
}

MemberState On(MemberState state, const events::v1::TeamFavored& event) {
  state.favorite_teams.push_back(FromBytes<TeamId>(event.team_id()));
  return state;
}

MemberState On(MemberState state, const events::v1::TeamUnfavored& event) {
  std::erase(state.favorite_teams, FromBytes<TeamId>(event.team_id()));
  return state;
}

bool IsAdministrator(const std::vector<RoleKey>& roles) {
  return std::any_of(roles.begin(), roles.end(),
                     [](const RoleKey& role) { return role.IsAdministrator(); });
}

absl::Status RequireNotErased(const MemberState& state, const MemberId& id) {
  if (!state.erased) return absl::OkStatus();
  return Refuse("MEMBER_ERASED", absl::StrCat(NameOf(id), " was erased"), {{"member", NameOf(id)}});
}

// The roles by name, each once. Those not held before must be there to be given.
absl::StatusOr<std::vector<RoleKey>> ResolveRoles(
    const google::protobuf::RepeatedPtrField<std::string>& names, const std::vector<RoleKey>& held,
    const DecideContext& context) {
  std::vector<RoleKey> roles;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(RoleKey key, RoleKey::ParseName(name));
    if (std::find(roles.begin(), roles.end(), key) != roles.end()) continue;
    const bool is_held = std::find(held.begin(), held.end(), key) != held.end();
    if (key.shipped() == nullptr && !is_held) {
      ASSIGN_OR_RETURN(const Ref<Role> role, context.Require<Role>(key.custom()));
      if (role->archived()) return RoleIsArchived(key);
    }
    roles.push_back(std::move(key));
  }
  return roles;
}

absl::Status ClaimEmail(const std::string& email, const MemberId& id, const DecideContext& context,
                        Decision<Member::Event>& decision) {
  const ClaimId claim_id =
      ClaimOf(context.caller().organization, kMemberEmailClaim, EmailKey(email));
  ASSIGN_OR_RETURN(const Ref<Claim> claim, context.Find<Claim>(claim_id));
  if (claim->held) {
    return Taken("MEMBER_EMAIL_TAKEN", "another member has this e-mail address",
                 {{"member", NameOf(MemberId(claim->holder.id))}});
  }
  decision.Affect(claim, ClaimedBy(kMemberEmailClaim, StreamOf(id)));
  return absl::OkStatus();
}

absl::Status ReleaseEmail(const std::string& email, const DecideContext& context,
                          Decision<Member::Event>& decision) {
  const ClaimId claim_id =
      ClaimOf(context.caller().organization, kMemberEmailClaim, EmailKey(email));
  ASSIGN_OR_RETURN(const Ref<Claim> claim, context.Find<Claim>(claim_id));
  if (claim->held) decision.Affect(claim, events::v1::ValueReleased());
  return absl::OkStatus();
}

// Keeps the AdministratorRegister in step, and the last administrator in place.
absl::Status NoteAdministrator(bool before, bool after, const MemberId& id,
                               const DecideContext& context, Decision<Member::Event>& decision) {
  if (before == after) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const Ref<AdministratorRegister> administrators,
      context.Find<AdministratorRegister>(AdministratorRegisterOf(context.caller().organization)));
  const bool others =
      std::any_of(administrators->administrators.begin(), administrators->administrators.end(),
                  [&](const MemberId& administrator) { return administrator != id; });
  if (!after && !others) {
    return Refuse("LAST_ADMINISTRATOR",
                  absl::StrCat(NameOf(id), " is the only active administrator"),
                  {{"member", NameOf(id)}});
  }
  events::v1::AdministratorNoted noted;
  noted.set_member_id(ToBytes(id));
  noted.set_active(after);
  decision.Affect(administrators, std::move(noted));
  return absl::OkStatus();
}

}  // namespace

bool MemberState::IsActiveAdministrator() const { return active && IsAdministrator(roles); }

absl::StatusOr<Ref<Member>> RequireActiveMember(const MemberId& id, const DecideContext& context) {
  ASSIGN_OR_RETURN(Ref<Member> member, context.Require<Member>(id));
  if (!member->active) {
    return Refuse("MEMBER_INACTIVE", absl::StrCat(NameOf(id), " is deactivated"),
                  {{"member", NameOf(id)}});
  }
  return member;
}

absl::StatusOr<MemberId> Member::TargetOf(const v1::UpdateMemberRequest& command, const Caller&) {
  return ParseName<MemberId>(command.member().name());
}

absl::StatusOr<MemberId> Member::TargetOf(const v1::GetCurrentMemberRequest&,
                                          const Caller& caller) {
  return caller.actor;
}

absl::StatusOr<MemberId> Member::TargetOf(const v1::FavorTeamRequest&, const Caller& caller) {
  return caller.actor;
}

absl::StatusOr<MemberId> Member::TargetOf(const v1::UnfavorTeamRequest&, const Caller& caller) {
  return caller.actor;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State&,
                                                       const v1::CreateMemberRequest& command,
                                                       const DecideContext& context) {
  const auto id = context.NewId<MemberId>(0);
  RETURN_IF_ERROR(RequireDisplayName(command.member().display_name()));
  ASSIGN_OR_RETURN(const std::string email, NormalizeEmail(command.member().email()));
  ASSIGN_OR_RETURN(const std::vector<RoleKey> roles,
                   ResolveRoles(command.member().roles(), {}, context));
  events::v1::MemberCreated created;
  created.set_display_name(command.member().display_name());
  created.set_email(email);
  for (const RoleKey& role : roles) created.add_role_ids(role.stored());
  Decision<Event> decision(std::move(created));
  RETURN_IF_ERROR(ClaimEmail(email, id, context, decision));
  RETURN_IF_ERROR(
      NoteAdministrator(/*before=*/false, IsAdministrator(roles), id, context, decision));
  return decision;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::UpdateMemberRequest& command,
                                                       const DecideContext& context) {
  ASSIGN_OR_RETURN(const MemberId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireNotErased(state, id));
  const v1::Member& wanted = command.member();
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(wanted, command.update_mask(), {"display_name", "email"}));
  Decision<Event> decision;
  if (changes.Has("display_name") && wanted.display_name() != state.display_name) {
    RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
    events::v1::MemberDetailsRevised revised;
    revised.set_display_name(wanted.display_name());
    decision.Add(std::move(revised));
  }
  if (!changes.Has("email")) return decision;
  ASSIGN_OR_RETURN(const std::string email, NormalizeEmail(wanted.email()));
  if (email == state.email) return decision;
  if (EmailKey(email) != EmailKey(state.email)) {
    RETURN_IF_ERROR(ReleaseEmail(state.email, context, decision));
    RETURN_IF_ERROR(ClaimEmail(email, id, context, decision));
  }
  events::v1::MemberEmailRevised revised;
  revised.set_email(email);
  decision.Add(std::move(revised));
  return decision;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::AssignRolesRequest& command,
                                                       const DecideContext& context) {
  ASSIGN_OR_RETURN(const MemberId id, ParseName<MemberId>(command.name()));
  RETURN_IF_ERROR(RequireNotErased(state, id));
  ASSIGN_OR_RETURN(const std::vector<RoleKey> roles,
                   ResolveRoles(command.roles(), state.roles, context));
  if (roles == state.roles) return Decision<Event>();
  events::v1::MemberRolesAssigned assigned;
  for (const RoleKey& role : roles) assigned.add_role_ids(role.stored());
  Decision<Event> decision(std::move(assigned));
  RETURN_IF_ERROR(NoteAdministrator(state.IsActiveAdministrator(),
                                    state.active && IsAdministrator(roles), id, context, decision));
  return decision;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::DeactivateMemberRequest& command,
                                                       const DecideContext& context) {
  if (!state.active) return Decision<Event>();
  ASSIGN_OR_RETURN(const MemberId id, ParseName<MemberId>(command.name()));
  Decision<Event> decision((events::v1::MemberDeactivated()));
  RETURN_IF_ERROR(
      NoteAdministrator(state.IsActiveAdministrator(), /*after=*/false, id, context, decision));
  return decision;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::ReactivateMemberRequest& command,
                                                       const DecideContext& context) {
  if (state.active) return Decision<Event>();
  ASSIGN_OR_RETURN(const MemberId id, ParseName<MemberId>(command.name()));
  RETURN_IF_ERROR(RequireNotErased(state, id));
  Decision<Event> decision((events::v1::MemberReactivated()));
  RETURN_IF_ERROR(
      NoteAdministrator(/*before=*/false, IsAdministrator(state.roles), id, context, decision));
  return decision;
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::FavorTeamRequest& command,
                                                       const DecideContext& context) {
  ASSIGN_OR_RETURN(const TeamId team_id, ParseName<TeamId>(command.team()));
  const auto& favorites = state.favorite_teams;
  if (std::find(favorites.begin(), favorites.end(), team_id) != favorites.end()) {
    return Decision<Event>();
  }
  ASSIGN_OR_RETURN(const Ref<Team> team, context.Require<Team>(team_id));
  if (team->archived()) return TeamIsArchived(team_id);
  events::v1::TeamFavored favored;
  favored.set_team_id(ToBytes(team_id));
  return Decision<Event>(std::move(favored));
}

absl::StatusOr<Decision<Member::Event>> Member::Decide(const State& state,
                                                       const v1::UnfavorTeamRequest& command,
                                                       const DecideContext&) {
  ASSIGN_OR_RETURN(const TeamId team, ParseName<TeamId>(command.team()));
  const auto& favorites = state.favorite_teams;
  if (std::find(favorites.begin(), favorites.end(), team) == favorites.end()) {
    return Decision<Event>();
  }
  events::v1::TeamUnfavored unfavored;
  unfavored.set_team_id(ToBytes(team));
  return Decision<Event>(std::move(unfavored));
}

Member::State Member::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  state.erased = state.erased || metadata.erased;
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

absl::StatusOr<v1::Member> Member::Render(const Ref<Member>& self, const Lookup&) {
  v1::Member resource;
  resource.set_name(NameOf(self.id));
  resource.set_display_name(self->display_name);
  resource.set_email(self->email);
  for (const RoleKey& role : self->roles) resource.add_roles(role.name());
  resource.set_state(self->active ? v1::MEMBER_STATE_ACTIVE : v1::MEMBER_STATE_DEACTIVATED);
  for (const TeamId& team : self->favorite_teams) resource.add_favorite_teams(NameOf(team));
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain
