// Resource names: what every request names its records by.

#include "absl/strings/ascii.h"
#include "base/reason.h"
#include "domain/role/role_key.h"
#include "domain/types/ids.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

template <class Parsed, class Print>
void ComesBack(const absl::StatusOr<Parsed>& parsed, absl::string_view text, Print print) {
  if (!parsed.ok()) {
    return Require(ReasonOf(parsed.status()) == "INVALID_NAME", "a refusal names its reason");
  }
  Require(absl::AsciiStrToLower(print(*parsed)) == absl::AsciiStrToLower(text),
          "a name has one text, but for case");
}

template <class Id>
void ComesBackAsId(absl::string_view text) {
  const auto print = [](const Id& id) { return domain::NameOf(id); };
  ComesBack(domain::ParseName<Id>(text), text, print);
  ComesBack(domain::ParseOptionalName<Id>(text), text, print);
}

void Stages(absl::string_view text) {
  const auto print = [](const domain::StageName& name) { return domain::NameOf(name); };
  ComesBack(domain::ParseStageName(text), text, print);
  ComesBack(domain::ParseOptionalStageName(text), text, print);
}

void Roles(absl::string_view text) {
  const absl::StatusOr<domain::RoleKey> role = domain::RoleKey::ParseName(text);
  ComesBack(role, text, [](const domain::RoleKey& key) { return key.name(); });
  if (role.ok()) {
    Require(domain::RoleKey::FromStored(role->stored()) == *role, "a role comes back as stored");
    Require((role->shipped() == nullptr) != role->custom().IsNil(), "shipped, or custom");
  }
  const domain::RoleKey stored = domain::RoleKey::FromStored(text);
  Require(stored.stored() == text, "what is stored stays as it is");
  stored.custom();
}

}  // namespace

CRM_FUZZ_TARGET(names) {
  Stages(bytes);
  Roles(bytes);
  ComesBackAsId<domain::OrganizationId>(bytes);
  ComesBackAsId<domain::OpportunityId>(bytes);
  ComesBackAsId<domain::OpportunityGroupId>(bytes);
  ComesBackAsId<domain::MemberId>(bytes);
  domain::FromBytes<domain::LeadId>(bytes);
}

}  // namespace crm::fuzz
