// The days a report covers, as asked for. Pure functions.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/types/calendar.h"

namespace crm::projections {

// At most so many days from the first to the last.
inline constexpr int64_t kLongestRangeDays = 1100;

// INVALID_ARGUMENT RANGE_INVALID when `to` is before `from`, RANGE_TOO_LONG beyond the limit,
// DATE_INVALID for a day that does not exist.
inline absl::StatusOr<domain::Period> ReadRange(const google::type::Date& from,
                                                const google::type::Date& to) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, domain::DayFromProto(from));
  ASSIGN_OR_RETURN(const absl::CivilDay last, domain::DayFromProto(to));
  if (last < first) {
    return domain::Invalid("RANGE_INVALID", "the last day is before the first");
  }
  if (last - first > kLongestRangeDays) {
    return domain::Invalid(
        "RANGE_TOO_LONG",
        absl::StrCat("a report covers at most ", kLongestRangeDays, " days after the first"),
        {{"days", absl::StrCat(last - first)}, {"maximum", absl::StrCat(kLongestRangeDays)}});
  }
  return domain::Period{first, last + 1};
}

}  // namespace crm::projections
