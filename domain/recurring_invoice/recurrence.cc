#include "domain/recurring_invoice/recurrence.h"

#include <algorithm>

#include "domain/rejection.h"

namespace crm::domain {
namespace {

// Requires a unit that is not weeks.
int MonthsOf(RecurrenceUnit unit) {
  if (unit == RecurrenceUnit::kYear) return 12;
  return unit == RecurrenceUnit::kQuarter ? 3 : 1;
}

}  // namespace

absl::StatusOr<Recurrence> Recurrence::Make(RecurrenceUnit unit, int interval,
                                            absl::CivilDay anchor, int64_t cycles) {
  if (interval < 1 || interval > kMaxInterval || cycles < 0) {
    return Invalid("RECURRENCE_INVALID", "an interval is 1 to 1200, and cycles are not negative");
  }
  return Recurrence(unit, interval, anchor, cycles);
}

absl::CivilDay Recurrence::Planned(int64_t k) const {
  const int64_t intervals = (k - 1) * interval_;
  if (unit_ == RecurrenceUnit::kWeek) return anchor_ + 7 * intervals;
  const absl::CivilMonth month = absl::CivilMonth(anchor_) + MonthsOf(unit_) * intervals;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (anchor_.day() - 1), last);
}

std::optional<absl::CivilDay> Recurrence::DayOf(int64_t k) const {
  if (cycles_ != 0 && k > cycles_) return std::nullopt;
  return Planned(k);
}

int64_t Recurrence::CountUntil(absl::CivilDay day) const {
  if (day < anchor_) return 0;
  // Between the cycles that lie certainly before and certainly after, by the shortest month.
  const int64_t shortest = unit_ == RecurrenceUnit::kWeek ? 7 : 28 * MonthsOf(unit_);
  int64_t done = 1;
  int64_t beyond = (day - anchor_) / (shortest * interval_) + 2;
  while (done + 1 < beyond) {
    const int64_t middle = done + (beyond - done) / 2;
    (Planned(middle) <= day ? done : beyond) = middle;
  }
  return cycles_ == 0 ? done : std::min(done, cycles_);
}

Money Recurrence::Prorated(const Money& full, int64_t k, absl::CivilDay last_day) const {
  const absl::CivilDay first = Planned(k);
  const int64_t days = Planned(k + 1) - first;
  const int64_t owed = std::clamp<int64_t>(last_day - first + 1, 0, days);
  const __int128 part =
      RoundedQuotient(static_cast<__int128>(full.minor()) * owed, days, Rounding::kHalfUp);
  return Money(full.currency(), static_cast<int64_t>(part));
}

}  // namespace crm::domain
