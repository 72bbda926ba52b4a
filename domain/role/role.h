// Role: a custom combination of permissions. Shipped roles (shipped_roles.h) are no aggregates:
// they have no stream and cannot be changed.
//
//   created -> revised* -> archived
//
// Invariants
//   I1  It grants only known permissions, each once.
//   I2  An archived role does not change and is given to nobody; who has it keeps it.
// Whoever may edit members may also give roles, the administrator's included: "member.edit" in a
// custom role is as strong as the administrator role. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/role_service.pb.h"
#include "domain/decide_context.h"
#include "domain/role/role_key.h"
#include "domain/role/shipped_roles.h"

namespace crm::domain {

struct RoleState {
  std::string display_name;
  std::vector<Grant> grants;
  std::optional<absl::Time> archive_time;  // given to nobody any more

  bool archived() const { return archive_time.has_value(); }
};

struct Role {
  using Id = RoleId;
  using State = RoleState;
  using Event =
      std::variant<events::v1::RoleCreated, events::v1::RoleRevised, events::v1::RoleArchived>;
  using Resource = v1::Role;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Role>& self, const Lookup& lookup);

  // Refuse ROLE_SHIPPED when the name is that of a shipped role.
  static absl::StatusOr<RoleId> TargetOf(const v1::UpdateRoleRequest&, const Caller&);
  static absl::StatusOr<RoleId> TargetOf(const v1::ArchiveRoleRequest&, const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, PERMISSION_UNKNOWN, PERMISSION_REPEATED,
  // REACH_REQUIRED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateRoleRequest&,
                                                const DecideContext&);
  // The same, and ROLE_ARCHIVED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateRoleRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveRoleRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION ROLE_ARCHIVED.
absl::Status RoleIsArchived(const RoleKey& key);

// A shipped role as the API shows it; it has no etag.
v1::Role RenderShipped(const ShippedRole& role);

// What a role grants, archived or not. NOT_FOUND for a custom role that does not exist.
absl::StatusOr<std::vector<Grant>> GrantsOf(const RoleKey& key, const Lookup& lookup);

}  // namespace crm::domain
