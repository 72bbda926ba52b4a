#include "domain/role/role_key.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace crm::domain {
namespace {

constexpr absl::string_view kPrefix = "roles/";

}  // namespace

absl::StatusOr<RoleKey> RoleKey::ParseName(absl::string_view name) {
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, kPrefix) && FindShippedRole(rest) != nullptr) {
    return RoleKey(std::string(rest));
  }
  absl::StatusOr<RoleId> id = domain::ParseName<RoleId>(name);
  if (!id.ok()) return id.status();
  return Custom(*id);
}

RoleKey RoleKey::FromStored(absl::string_view stored) { return RoleKey(std::string(stored)); }

std::string RoleKey::name() const { return absl::StrCat(kPrefix, text_); }

RoleId RoleKey::custom() const { return RoleId(Uuid::Parse(text_).value_or(Uuid{})); }

}  // namespace crm::domain
