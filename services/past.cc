#include "services/past.h"

#include <algorithm>

#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "domain/types/calendar.h"

namespace crm::services {
absl::StatusOr<std::optional<Past>> ReadAsOf(const v1::AsOf& as_of, const domain::Zone& zone,
                                             absl::Time now) {
  if (as_of.has_as_of_time() && as_of.has_as_of_date()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "AS_OF_AMBIGUOUS",
                      "give as_of_time or as_of_date, not both");
  }
  Past past;
  past.at = now;
  if (as_of.has_known_at_time()) {
    ASSIGN_OR_RETURN(past.cut.known_at, domain::TimeFromProto(as_of.known_at_time()));
    past.at = std::min(now, *past.cut.known_at);
  }
  if (as_of.has_as_of_time()) {
    ASSIGN_OR_RETURN(const absl::Time at, domain::TimeFromProto(as_of.as_of_time()));
    past.cut.effective_before = at + absl::Microseconds(1);
  } else if (as_of.has_as_of_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, domain::DayFromProto(as_of.as_of_date()));
    past.cut.effective_before = zone.EndOf(day);
  }
  if (past.cut == projections::AsOfCut()) return std::nullopt;
  if (past.cut.effective_before.has_value()) {
    past.at = *past.cut.effective_before - absl::Microseconds(1);
  }
  return past;
}

}  // namespace crm::services
