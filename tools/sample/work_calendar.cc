#include "tools/sample/work_calendar.h"

#include <algorithm>
#include <array>

namespace crm::sample {
namespace {

constexpr int64_t kWorkdaySeconds = 9 * 3600;
constexpr int kStartHour = 8;
constexpr int kStartMinute = 30;
// Parts an event's own share of the history is divided into, to be placed somewhere in it.
constexpr int64_t kJitterParts = 1000;

// How much comes in, by month; 100 is an ordinary one.
constexpr std::array<int64_t, 12> kSeason = {90, 100, 115, 100, 95, 110, 75, 65, 115, 115, 120, 70};

struct Holiday {
  int month;
  int day;
};
constexpr std::array<Holiday, 6> kHolidays = {
    {{1, 1}, {1, 6}, {5, 1}, {12, 24}, {12, 25}, {12, 26}}};

}  // namespace

WorkCalendar::WorkCalendar(absl::CivilDay first_day, absl::CivilDay end_day, absl::TimeZone zone)
    : first_day_(first_day), end_day_(end_day), zone_(zone) {
  weight_until_.push_back(0);
  for (absl::CivilDay day = first_day; day < end_day; ++day) {
    const int64_t weight = IsWorkingDay(day) ? kSeason[static_cast<size_t>(day.month() - 1)] : 0;
    weight_until_.push_back(weight_until_.back() + weight);
  }
}

bool WorkCalendar::IsWorkingDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return false;
  return std::none_of(kHolidays.begin(), kHolidays.end(), [&](const Holiday& holiday) {
    return holiday.month == day.month() && holiday.day == day.day();
  });
}

absl::Time WorkCalendar::At(absl::CivilDay day, int64_t seconds) const {
  const absl::CivilSecond start(day.year(), day.month(), day.day(), kStartHour, kStartMinute, 0);
  return absl::FromCivil(start, zone_) + absl::Seconds(seconds);
}

absl::Time WorkCalendar::Spread(int64_t index, int64_t count, Random& random) const {
  // In units of 1 / (count * kJitterParts) of a weight, so that nothing is rounded before the end.
  const int64_t parts = count * kJitterParts;
  const int64_t at = (index * kJitterParts + random.Below(kJitterParts)) * weight_until_.back();
  const auto after = std::upper_bound(weight_until_.begin(), weight_until_.end(), at / parts);
  const int64_t day = after - weight_until_.begin() - 1;
  const int64_t before = weight_until_[static_cast<size_t>(day)];
  const int64_t weight = weight_until_[static_cast<size_t>(day) + 1] - before;
  const int64_t seconds = (at - before * parts) / weight * kWorkdaySeconds / parts;
  return At(first_day_ + day, seconds);
}

std::optional<absl::Time> WorkCalendar::After(absl::Time time, int64_t days, Random& random) const {
  const absl::CivilDay today = DayOf(time);
  if (days == 0 && IsWorkingDay(today)) {
    const absl::Time later = time + absl::Seconds(random.Between(5 * 60, 3 * 3600));
    if (later < At(today, kWorkdaySeconds)) return later;
  }
  absl::CivilDay day = today + std::max<int64_t>(days, 1);
  while (!IsWorkingDay(day)) ++day;
  if (day >= end_day_) return std::nullopt;
  return At(day, random.Below(kWorkdaySeconds));
}

}  // namespace crm::sample
