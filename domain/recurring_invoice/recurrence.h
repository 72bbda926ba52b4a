// Recurrence: on which day a cycle of a recurring invoice is planned. Cycle k is (k - 1) intervals
// after the anchor, its day clamped to the length of the month; always reckoned from the anchor and
// never from the cycle before, so nothing drifts: 31 January, 28 February, 31 March (T38, T39).
// Cycles are counted from 1. Immutable and thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "domain/types/money.h"

namespace crm::domain {

enum class RecurrenceUnit { kWeek, kMonth, kQuarter, kYear };

class Recurrence {
 public:
  static constexpr int kMaxInterval = 1200;

  // `cycles` 0: endless. INVALID_ARGUMENT RECURRENCE_INVALID when the interval is not
  // 1..kMaxInterval or the number of cycles is negative.
  static absl::StatusOr<Recurrence> Make(RecurrenceUnit unit, int interval, absl::CivilDay anchor,
                                         int64_t cycles);

  // The day of cycle `k`; nullopt when there is no such cycle. Requires k >= 1.
  std::optional<absl::CivilDay> DayOf(int64_t k) const;

  // How many there are; 0: endless.
  int64_t cycles() const { return cycles_; }

  // How many cycles are planned for `day` or before: those that a server that slept must make good.
  int64_t CountUntil(absl::CivilDay day) const;

  // What of `full` is owed when cycle `k` ends with `last_day`, both ends inclusive (T41): its days
  // until then over all of its days, rounded half up. Nothing before the cycle's first day, all of
  // it from its last. Requires that the cycle exists.
  Money Prorated(const Money& full, int64_t k, absl::CivilDay last_day) const;

 private:
  Recurrence(RecurrenceUnit unit, int interval, absl::CivilDay anchor, int64_t cycles)
      : unit_(unit), interval_(interval), anchor_(anchor), cycles_(cycles) {}
  absl::CivilDay Planned(int64_t k) const;

  RecurrenceUnit unit_;
  int interval_;
  absl::CivilDay anchor_;
  int64_t cycles_;  // 0: endless
};

}  // namespace crm::domain
