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

}  // namespace crm::domain
