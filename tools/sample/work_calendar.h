// WorkCalendar: when people of the sample work. Monday to Friday but for a few holidays, 8:30 to
// 17:30 in the organization's time zone, busier in spring and autumn than in summer.
//
// Gives instants inside the history, which is `first_day` to the day before `end_day`. Immutable;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tools/sample/random.h"

namespace crm::sample {

class WorkCalendar {
 public:
  // The history has at least one working day.
  WorkCalendar(absl::CivilDay first_day, absl::CivilDay end_day, absl::TimeZone zone);

  // When the event `index` of `count` happens: events are spread over the history by season, in
  // their order, a little unevenly.
  absl::Time Spread(int64_t index, int64_t count, Random& random) const;

  // Some working time `days` days after `time`, or on the next working day after that; with 0 days
  // a little later the same working day, if it lasts. nullopt: not before the end of the history.
  std::optional<absl::Time> After(absl::Time time, int64_t days, Random& random) const;

  // `seconds` after work begins on a day, which need not be a working day.
  absl::Time At(absl::CivilDay day, int64_t seconds) const;
  // The day of an instant.
  absl::CivilDay DayOf(absl::Time time) const { return absl::ToCivilDay(time, zone_); }
  // Whether people work on a day.
  static bool IsWorkingDay(absl::CivilDay day);

  absl::CivilDay first_day() const { return first_day_; }
  absl::CivilDay end_day() const { return end_day_; }

 private:
  const absl::CivilDay first_day_;
  const absl::CivilDay end_day_;
  const absl::TimeZone zone_;
  std::vector<int64_t> weight_until_;  // sum of the weights of the days before; one more than days
};

}  // namespace crm::sample
