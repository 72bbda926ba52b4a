// RoleKey: which role a member has. Shipped roles are named by word ("roles/sales_agent") and are
// data; custom roles are named by id ("roles/{uuid}") and are aggregates. Stored in events as the
// part after the slash. Immutable and thread-safe.
#pragma once

#include <compare>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/role/shipped_roles.h"
#include "domain/types/ids.h"

namespace crm::domain {

class RoleKey {
 public:
  // From "roles/{word}" or "roles/{uuid}". INVALID_ARGUMENT INVALID_NAME for anything else, a word
  // that is not shipped included.
  static absl::StatusOr<RoleKey> ParseName(absl::string_view name);
  // From an event; never fails: a word that this release does not know grants nothing.
  static RoleKey FromStored(absl::string_view stored);
  static RoleKey Administrator() { return RoleKey(kAdministratorWord); }
  static RoleKey Custom(const RoleId& id) { return RoleKey(id.ToString()); }

  const std::string& stored() const { return text_; }
  std::string name() const;
  bool IsAdministrator() const { return text_ == kAdministratorWord; }
  // nullptr for a custom role.
  const ShippedRole* shipped() const { return FindShippedRole(text_); }
  // Nil for a shipped role.
  RoleId custom() const;

  friend auto operator<=>(const RoleKey&, const RoleKey&) = default;

 private:
  explicit RoleKey(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace crm::domain
