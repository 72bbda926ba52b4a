// Days, weeks, months, fiscal quarters and years, and the zone that says which day an instant
// belongs to. Instants are absl::Time, days are absl::CivilDay; both kinds of range are half-open.
//
// Every business day is a day of the organization's zone. Statuses are INVALID_ARGUMENT with a
// reason (base/reason.h). All types are immutable values and thread-safe.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"

namespace crm::domain {

// A time zone of the IANA database.
class Zone {
 public:
  // By name, for example "Europe/Berlin" or "UTC". Refuses (TIME_ZONE_UNKNOWN) names the database
  // does not have, and names that mean something else on each machine ("localtime", paths).
  static absl::StatusOr<Zone> Load(absl::string_view name);

  std::string name() const { return zone_.name(); }

  // The day that contains `instant`.
  absl::CivilDay DayOf(absl::Time instant) const;

  // First instant of the day; where the clocks skip midnight, the instant they jump to.
  absl::Time StartOf(absl::CivilDay day) const;

  // First instant after the day: the start of the next one.
  absl::Time EndOf(absl::CivilDay day) const { return StartOf(day + 1); }

 private:
  explicit Zone(absl::TimeZone zone) : zone_(zone) {}

  absl::TimeZone zone_;
};

// The month (1..12) in which an organization's fiscal year starts; January unless said otherwise.
class FiscalYearStart {
 public:
  constexpr FiscalYearStart() = default;
  // Refuses (MONTH_INVALID) anything but 1..12.
  static absl::StatusOr<FiscalYearStart> FromMonth(int month);
  constexpr int month() const { return month_; }
  friend auto operator<=>(const FiscalYearStart&, const FiscalYearStart&) = default;

 private:
  explicit constexpr FiscalYearStart(int month) : month_(month) {}
  int month_ = 1;
};

// Week 1 is the week with the year's first Thursday; weeks start on Monday. The first days of
// January may belong to the last week of the year before, and the last of December to week 1.
struct IsoWeek {
  int year = 0;
  int week = 0;  // 1..53
  friend auto operator<=>(const IsoWeek&, const IsoWeek&) = default;
};

IsoWeek IsoWeekOf(absl::CivilDay day);

// The lengths of time that reports are cut into.
enum class PeriodKind { kDay, kWeek, kMonth, kFiscalQuarter, kFiscalYear };

// The days from `start` up to, not including, `end`.
struct Period {
  absl::CivilDay start;
  absl::CivilDay end;

  // The period of this kind that contains `day`. Quarters and years count from `fiscal_year_start`,
  // which the other kinds do not look at.
  static Period Containing(PeriodKind kind, absl::CivilDay day,
                           FiscalYearStart fiscal_year_start = {});

  bool Contains(absl::CivilDay day) const { return start <= day && day < end; }
  int64_t DayCount() const { return end - start; }

  friend bool operator==(const Period&, const Period&) = default;
};

// From the wire; refuses (DATE_INVALID) days that do not exist and dates without year, month or
// day.
absl::StatusOr<absl::CivilDay> DayFromProto(const google::type::Date& proto);

// To the wire. Requires a year in 1..9999, which every day from DayFromProto has.
google::type::Date DayToProto(absl::CivilDay day);

// The weeks a team's tile shows as bars of new opportunities, oldest first: from the Monday that
// follows the day one month ago through the current week. Four bars, five after long months.
std::vector<Period> NewOpportunityWeeks(absl::CivilDay today);

}  // namespace crm::domain
