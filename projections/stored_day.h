// Days as rows hold them: their number since 1970-01-01, as in stored events. Pure functions.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"

namespace crm::projections {

// Those that a date can name.
inline constexpr absl::CivilDay kFirstDay(1, 1, 1);
inline constexpr absl::CivilDay kLastDay(9999, 12, 31);

inline int32_t DayNumber(absl::CivilDay day) {
  return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
}

inline absl::CivilDay NumberedDay(int32_t number) { return absl::CivilDay(1970, 1, 1) + number; }

}  // namespace crm::projections
