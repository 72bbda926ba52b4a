#include "domain/decide_context.h"

#include "absl/strings/str_cat.h"
#include "base/reason.h"

namespace crm::domain {

Uuid DerivedId(const Caller& caller, int ordinal) {
  return Uuid::FromName(
      caller.organization.uuid(),
      absl::StrCat(caller.actor.uuid().ToBytes(), caller.request_id.ToBytes(), "/", ordinal));
}

absl::Status DecideContext::NotYetEffective(const std::string& name, absl::Time first) {
  const std::string earliest = absl::FormatTime(absl::RFC3339_full, first, absl::UTCTimeZone());
  return WithReason(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_YET_EFFECTIVE",
                    absl::StrCat(name, " does not exist before ", earliest),
                    {{"resource", name}, {"earliest_time", earliest}});
}

absl::Status DecideContext::MayNot(absl::string_view permission, const std::string& name) {
  return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                    absl::StrCat("it changes ", name, ", which you may not"),
                    {{"permission", std::string(permission)}, {"record", name}});
}

}  // namespace crm::domain
