#include "domain/role/role.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_set.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

std::vector<Grant> GrantsFrom(
    const google::protobuf::RepeatedPtrField<events::v1::PermissionGrant>& stored) {
  std::vector<Grant> grants;
  for (const events::v1::PermissionGrant& grant : stored) {
    grants.push_back({grant.permission(), static_cast<v1::Reach>(grant.reach())});
  }
  return grants;
}

RoleState On(RoleState state, const events::v1::RoleCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
  state.grants = GrantsFrom(event.grants());
  return state;
}

RoleState On(RoleState state, const events::v1::RoleRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.grants_replaced()) state.grants = GrantsFrom(event.grants());
  return state;
}

RoleState On(RoleState state, const events::v1::RoleArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
  return state;
}

absl::StatusOr<std::vector<Grant>> CheckedGrants(const v1::Role& role) {
  absl::btree_set<std::string> seen;
  std::vector<Grant> grants;
  for (const v1::Grant& grant : role.grants()) {
    if (!IsKnownPermission(grant.permission())) {
      return Invalid("PERMISSION_UNKNOWN",
                     absl::StrCat("there is no permission '", grant.permission(), "'"),
                     {{"permission", grant.permission()}});
    }
    if (!seen.insert(grant.permission()).second) {
      return Invalid("PERMISSION_REPEATED",
                     absl::StrCat("'", grant.permission(), "' is granted twice"),
                     {{"permission", grant.permission()}});
    }
    if (grant.reach() == v1::REACH_UNSPECIFIED) {
      return Invalid("REACH_REQUIRED",
                     absl::StrCat("the grant of '", grant.permission(), "' needs a reach"),
                     {{"permission", grant.permission()}});
    }
    grants.push_back({grant.permission(), grant.reach()});
  }
  return grants;
}

template <class RoleEvent>
void AddGrants(const std::vector<Grant>& grants, RoleEvent& event) {
  for (const Grant& grant : grants) {
    events::v1::PermissionGrant& stored = *event.add_grants();
    stored.set_permission(grant.permission);
    stored.set_reach(grant.reach);
  }
}

void ShowGrants(const std::vector<Grant>& grants, v1::Role& resource) {
  for (const Grant& grant : grants) {
    v1::Grant& shown = *resource.add_grants();
    shown.set_permission(grant.permission);
    shown.set_reach(grant.reach);
  }
}

absl::StatusOr<RoleId> CustomRoleNamed(absl::string_view name) {
  ASSIGN_OR_RETURN(const RoleKey key, RoleKey::ParseName(name));
  if (key.shipped() != nullptr) {
    return Refuse("ROLE_SHIPPED", absl::StrCat(name, " comes with the product"),
                  {{"role", key.name()}});
  }
  return key.custom();
}

}  // namespace

absl::Status RoleIsArchived(const RoleKey& key) {
  return Refuse("ROLE_ARCHIVED", absl::StrCat(key.name(), " is archived"), {{"role", key.name()}});
}

absl::StatusOr<RoleId> Role::TargetOf(const v1::UpdateRoleRequest& command, const Caller&) {
  return CustomRoleNamed(command.role().name());
}

absl::StatusOr<RoleId> Role::TargetOf(const v1::ArchiveRoleRequest& command, const Caller&) {
  return CustomRoleNamed(command.name());
}

absl::StatusOr<Decision<Role::Event>> Role::Decide(const State&,
                                                   const v1::CreateRoleRequest& command,
                                                   const DecideContext&) {
  RETURN_IF_ERROR(RequireDisplayName(command.role().display_name()));
  ASSIGN_OR_RETURN(const std::vector<Grant> grants, CheckedGrants(command.role()));
  events::v1::RoleCreated created;
  created.set_display_name(command.role().display_name());
  AddGrants(grants, created);
  return Decision<Event>(std::move(created));
}

absl::StatusOr<Decision<Role::Event>> Role::Decide(const State& state,
                                                   const v1::UpdateRoleRequest& command,
                                                   const DecideContext& context) {
  ASSIGN_OR_RETURN(const RoleId id, TargetOf(command, context.caller()));
  if (state.archived()) return RoleIsArchived(RoleKey::Custom(id));
  const v1::Role& wanted = command.role();
  ASSIGN_OR_RETURN(const FieldChanges changes, FieldChanges::Resolve(wanted, command.update_mask(),
                                                                     {"display_name", "grants"}));
  events::v1::RoleRevised revised;
  if (changes.Has("display_name") && wanted.display_name() != state.display_name) {
    RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
    revised.set_display_name(wanted.display_name());
  }
  if (changes.Has("grants")) {
    ASSIGN_OR_RETURN(const std::vector<Grant> grants, CheckedGrants(wanted));
    if (grants != state.grants) {
      AddGrants(grants, revised);
      revised.set_grants_replaced(true);
    }
  }
  if (!revised.has_display_name() && !revised.grants_replaced()) return Decision<Event>();
  return Decision<Event>(std::move(revised));
}

absl::StatusOr<Decision<Role::Event>> Role::Decide(const State& state,
                                                   const v1::ArchiveRoleRequest&,
                                                   const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return Decision<Event>(events::v1::RoleArchived());
}

Role::State Role::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::Role> Role::Render(const Ref<Role>& self, const Lookup&) {
  v1::Role resource;
  resource.set_name(NameOf(self.id));
  resource.set_display_name(self->display_name);
  ShowGrants(self->grants, resource);
  if (self->archived()) *resource.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(resource, self.head);
  return resource;
}

v1::Role RenderShipped(const ShippedRole& role) {
  v1::Role resource;
  resource.set_name(RoleKey::FromStored(role.word).name());
  resource.set_display_name(role.display_name);
  ShowGrants(role.grants, resource);
  resource.set_shipped(true);
  return resource;
}

absl::StatusOr<std::vector<Grant>> GrantsOf(const RoleKey& key, const Lookup& lookup) {
  if (key.shipped() != nullptr) return key.shipped()->grants;
  if (key.custom().IsNil()) return std::vector<Grant>();
  ASSIGN_OR_RETURN(const Ref<Role> role, lookup.Get<Role>(key.custom()));
  return role->grants;
}

}  // namespace crm::domain
