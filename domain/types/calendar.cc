#include "domain/types/calendar.h"

#include <algorithm>
#include <array>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/reason.h"

namespace crm::domain {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kMonthsPerQuarter = 3;
constexpr int kMonthsPerYear = 12;
constexpr int kMaxWireYear = 9999;

absl::Status Invalid(absl::string_view reason, absl::string_view message) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason, message);
}

// The loader opens files below the database's folder, and elsewhere when a name is a path; only
// plain names get that far.
bool IsPlainZoneName(absl::string_view name) {
  constexpr std::array<absl::string_view, 3> kMachineDependent = {"localtime", "posixrules",
                                                                  "Factory"};
  if (absl::c_linear_search(kMachineDependent, name)) return false;
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty()) return false;
    for (const char c : part) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !absl::StrContains("+-_", c)) {
        return false;
      }
    }
  }
  // "Fixed/UTC+01:00:00" is the loader's own; "right/" counts leap seconds, "posix/" is a copy.
  return !absl::StartsWith(name, "Fixed/") && !absl::StartsWith(name, "right/") &&
         !absl::StartsWith(name, "posix/");
}

absl::CivilDay MondayOnOrBefore(absl::CivilDay day) {
  return absl::PrevWeekday(day + 1, absl::Weekday::monday);
}

// The first month of the span of `length_months` that contains `month`, spans counted from the
// fiscal year's start.
absl::CivilMonth SpanStart(absl::CivilMonth month, int length_months, FiscalYearStart start) {
  const int months_into_span = (month.month() - start.month() + kMonthsPerYear) % length_months;
  return month - months_into_span;
}

Period Months(absl::CivilMonth first, int length_months) {
  return {absl::CivilDay(first), absl::CivilDay(first + length_months)};
}

}  // namespace

absl::StatusOr<Zone> Zone::Load(absl::string_view name) {
  absl::TimeZone zone;
  if (!IsPlainZoneName(name) || !absl::LoadTimeZone(name, &zone)) {
    return Invalid("TIME_ZONE_UNKNOWN", "not a time zone of the IANA database");
  }
  return Zone(zone);
}

absl::CivilDay Zone::DayOf(absl::Time instant) const {
  return absl::CivilDay(absl::ToCivilSecond(instant, zone_));
}

absl::Time Zone::StartOf(absl::CivilDay day) const {
  const absl::TimeZone::TimeInfo midnight = zone_.At(absl::CivilSecond(day));
  return midnight.kind == absl::TimeZone::TimeInfo::SKIPPED ? midnight.trans : midnight.pre;
}

absl::StatusOr<FiscalYearStart> FiscalYearStart::FromMonth(int month) {
  if (month < 1 || month > kMonthsPerYear) {
    return Invalid("MONTH_INVALID", "a month is 1 to 12");
  }
  return FiscalYearStart(month);
}

IsoWeek IsoWeekOf(absl::CivilDay day) {
  const absl::CivilDay thursday = MondayOnOrBefore(day) + 3;
  return {static_cast<int>(thursday.year()), (absl::GetYearDay(thursday) - 1) / kDaysPerWeek + 1};
}

Period Period::Containing(PeriodKind kind, absl::CivilDay day, FiscalYearStart fiscal_year_start) {
  const absl::CivilMonth month(day);
  switch (kind) {
    case PeriodKind::kDay:
      return {day, day + 1};
    case PeriodKind::kWeek:
      return {MondayOnOrBefore(day), MondayOnOrBefore(day) + kDaysPerWeek};
    case PeriodKind::kMonth:
      return Months(month, 1);
    case PeriodKind::kFiscalQuarter:
      return Months(SpanStart(month, kMonthsPerQuarter, fiscal_year_start), kMonthsPerQuarter);
    case PeriodKind::kFiscalYear:
      break;
  }
  return Months(SpanStart(month, kMonthsPerYear, fiscal_year_start), kMonthsPerYear);
}

absl::StatusOr<absl::CivilDay> DayFromProto(const google::type::Date& proto) {
  const absl::CivilDay day(proto.year(), proto.month(), proto.day());
  // CivilDay turns 31 February into 3 March: what comes out differently did not exist.
  if (proto.year() < 1 || proto.year() > kMaxWireYear || day.month() != proto.month() ||
      day.day() != proto.day()) {
    return Invalid("DATE_INVALID", "not a day of the calendar between the years 1 and 9999");
  }
  return day;
}

google::type::Date DayToProto(absl::CivilDay day) {
  google::type::Date proto;
  proto.set_year(static_cast<int32_t>(day.year()));
  proto.set_month(day.month());
  proto.set_day(day.day());
  return proto;
}

std::vector<Period> NewOpportunityWeeks(absl::CivilDay today) {
  const absl::CivilMonth last_month = absl::CivilMonth(today) - 1;
  const absl::CivilDay last_of_last_month = absl::CivilDay(last_month + 1) - 1;
  // 31 March less a month is 28 February, not 3 March.
  const absl::CivilDay month_ago(last_month.year(), last_month.month(),
                                 std::min(today.day(), last_of_last_month.day()));
  std::vector<Period> weeks;
  for (absl::CivilDay monday = MondayOnOrBefore(month_ago) + kDaysPerWeek; monday <= today;
       monday += kDaysPerWeek) {
    weeks.push_back({monday, monday + kDaysPerWeek});
  }
  return weeks;
}

}  // namespace crm::domain
