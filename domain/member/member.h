// Member: a person or machine that works in the organization.
//
//   created -> active <-> deactivated -> erased (a person's data, see person.h)
//
// Invariants
//   I1  An e-mail address belongs to one member of the organization, deactivated ones included: its
//       claim is held from birth until the address changes or the member is erased.
//   I2  Roles are shipped ones or custom ones that exist and, when newly given, are not archived.
//   I3  The organization always has an active administrator: the last one can neither lose the role
//       nor be deactivated. The AdministratorRegister, written in the same commits, counts them.
//   I4  Deactivation ends the right to sign in and nothing else: records, teams and tokens stay
//       (tokens are refused while their member is deactivated).
//   I5  An erased member stays deactivated and is never changed again.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/member_service.pb.h"
#include "domain/decide_context.h"
#include "domain/role/role_key.h"

namespace crm::domain {

struct MemberState {
  std::string display_name;  // empty when erased, as is the address
  std::string email;         // as entered
  std::vector<RoleKey> roles;
  bool active = false;
  bool erased = false;
  std::vector<TeamId> favorite_teams;  // in order of marking

  bool IsActiveAdministrator() const;
};

struct Member {
  using Id = MemberId;
  using State = MemberState;
  using Event = std::variant<events::v1::MemberCreated, events::v1::MemberDetailsRevised,
                             events::v1::MemberEmailRevised, events::v1::MemberRolesAssigned,
                             events::v1::MemberDeactivated, events::v1::MemberReactivated,
                             events::v1::TeamFavored, events::v1::TeamUnfavored>;
  using Resource = v1::Member;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Member>& self, const Lookup& lookup);

  static absl::StatusOr<MemberId> TargetOf(const v1::UpdateMemberRequest&, const Caller&);
  // The caller, and the caller's own favourites.
  static absl::StatusOr<MemberId> TargetOf(const v1::GetCurrentMemberRequest&, const Caller&);
  static absl::StatusOr<MemberId> TargetOf(const v1::FavorTeamRequest&, const Caller&);
  static absl::StatusOr<MemberId> TargetOf(const v1::UnfavorTeamRequest&, const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, EMAIL_INVALID, MEMBER_EMAIL_TAKEN, INVALID_NAME or
  // REFERENCE_NOT_FOUND of a role, ROLE_ARCHIVED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateMemberRequest&,
                                                const DecideContext&);
  // Refuses the same, and MEMBER_ERASED (as all below).
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateMemberRequest&,
                                                const DecideContext&);
  // Refuses LAST_ADMINISTRATOR, ROLE_ARCHIVED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AssignRolesRequest&,
                                                const DecideContext&);
  // Refuses LAST_ADMINISTRATOR.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::DeactivateMemberRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReactivateMemberRequest&,
                                                const DecideContext&);
  // Refuses TEAM_ARCHIVED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::FavorTeamRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UnfavorTeamRequest&,
                                                const DecideContext&);
};

// The member, who must exist and be active: else REFERENCE_NOT_FOUND or FAILED_PRECONDITION
// MEMBER_INACTIVE.
absl::StatusOr<Ref<Member>> RequireActiveMember(const MemberId& id, const DecideContext& context);

}  // namespace crm::domain
