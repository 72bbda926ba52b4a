// The roles that come with the product, as data: which permission each grants and how far it
// reaches. The permissions are the words of the (crm.options.v1.rpc) options, and two that rules
// ask for themselves: "lead.exceed_capacity" and "history.backdate".
//
// Reach of a permission on a record: own (owner or contributor), team (records of the member's
// teams), all. On what belongs to the organization (Scope::Shared) any reach is enough for
// "*.view". To edit a lead is to qualify and to convert it too. Whoever may create records of a
// kind may hand his own on ("<records>.assign" with reach own): who may reassign is a setting of
// the organization and of the team that gets the record, not of the role; machines, and who only
// views, hand nothing on. Immutable; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crm/v1/role_service.pb.h"

namespace crm::domain {

// A permission with its reach.
struct Grant {
  std::string permission;
  v1::Reach reach = v1::REACH_UNSPECIFIED;

  friend bool operator==(const Grant&, const Grant&) = default;
};

struct ShippedRole {
  std::string word;  // "sales_agent"
  std::string display_name;
  std::vector<Grant> grants;  // by permission
};

// The role that grants everything.
inline constexpr char kAdministratorWord[] = "administrator";

// In the order in which they are shown, the administrator first.
absl::Span<const ShippedRole> ShippedRoles();

// nullptr when no role of this name is shipped.
const ShippedRole* FindShippedRole(absl::string_view word);

// Some shipped role grants it; custom roles may combine these and no others.
bool IsKnownPermission(absl::string_view permission);

}  // namespace crm::domain
