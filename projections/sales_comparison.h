// Which days a report of sales compares with which. Pure functions.
#pragma once

#include <algorithm>

#include "absl/time/civil_time.h"
#include "domain/types/calendar.h"

namespace crm::projections {

// The same day so many months before (negative: after); the last of a month that is too short.
inline absl::CivilDay MonthsBefore(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) - months;
  return std::min(absl::CivilDay(month) + (day.day() - 1), absl::CivilDay(month + 1) - 1);
}

// The same days of the year before (T64: up to 29 February is compared with up to the 28th).
inline domain::Period YearBefore(const domain::Period& period) {
  return {MonthsBefore(period.start, 12), MonthsBefore(period.end - 1, 12) + 1};
}

// As many days just before (T64).
inline domain::Period EqualLengthBefore(const domain::Period& period) {
  return {period.start - period.DayCount(), period.start};
}

// The same days as many months earlier as the period reaches over. Of whole months, whole months
// (T64): it ends where the period begins.
inline domain::Period PreviousPeriod(const domain::Period& period) {
  int months = 1;
  while (MonthsBefore(period.start, -months) < period.end) ++months;
  const bool whole = MonthsBefore(period.start, -months) == period.end;
  return {MonthsBefore(period.start, months),
          whole ? period.start : MonthsBefore(period.end - 1, months) + 1};
}

}  // namespace crm::projections
