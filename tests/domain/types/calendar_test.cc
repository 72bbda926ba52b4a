#include "domain/types/calendar.h"

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::absl::CivilDay;
using ::crm::testing::HasReason;
using ::crm::testing::IsOkAndHolds;
using ::crm::testing::StatusIs;

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TEST(ZoneTest, LoadsNamesOfTheDatabaseOnly) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"}) {
    const auto zone = Zone::Load(name);
    ASSERT_TRUE(zone.ok()) << name;
    EXPECT_EQ(zone->name(), name);
  }
  for (const char* name :
       {"", "Europe/Atlantis", "localtime", "posixrules", "/etc/localtime", ":Europe/Berlin",
        "../zoneinfo/UTC", "Europe//Berlin", "Europe/", "Fixed/UTC+01:00:00", "right/Europe/Berlin",
        "posix/Europe/Berlin", "file:/usr/share/zoneinfo/UTC", "UTC "}) {
    EXPECT_THAT(Zone::Load(name), HasReason("TIME_ZONE_UNKNOWN")) << name;
    EXPECT_THAT(Zone::Load(name), StatusIs(absl::StatusCode::kInvalidArgument)) << name;
  }
}

TEST(ZoneTest, KnowsWhereDaysBeginAndEnd) {
  const struct {
    const char* zone;
    CivilDay day;
    const char* start;
    const char* end;
  } kCases[] = {
      {"UTC", CivilDay(2026, 3, 18), "2026-03-18T00:00:00Z", "2026-03-19T00:00:00Z"},
      // 23 and 25 hours.
      {"Europe/Berlin", CivilDay(2026, 3, 29), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
      {"Europe/Berlin", CivilDay(2026, 10, 25), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
      // The clocks skip midnight: the day begins at 01:00.
      {"America/Sao_Paulo", CivilDay(2018, 11, 4), "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
      // They skip it from 23:30 the day before: the day begins at 00:30.
      {"America/Toronto", CivilDay(1919, 3, 31), "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"},
      // Midnight comes twice: the day begins with the first.
      {"America/Havana", CivilDay(2025, 11, 2), "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"},
      // A day that never was is empty.
      {"Pacific/Apia", CivilDay(2011, 12, 30), "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.zone);
    const auto zone = Zone::Load(c.zone);
    ASSERT_TRUE(zone.ok());
    EXPECT_EQ(zone->StartOf(c.day), Utc(c.start));
    EXPECT_EQ(zone->EndOf(c.day), Utc(c.end));
    if (zone->StartOf(c.day) == zone->EndOf(c.day)) continue;
    EXPECT_EQ(zone->DayOf(zone->StartOf(c.day)), c.day);
    EXPECT_EQ(zone->DayOf(zone->StartOf(c.day) - absl::Microseconds(1)), c.day - 1);
    EXPECT_EQ(zone->DayOf(zone->EndOf(c.day) - absl::Microseconds(1)), c.day);
    EXPECT_EQ(zone->DayOf(zone->EndOf(c.day)), c.day + 1);
  }
}

TEST(PeriodTest, ContainsTheDayItIsNamedAfter) {
  const struct {
    PeriodKind kind;
    CivilDay day;
    int fiscal_start;
    Period period;
  } kCases[] = {
      {PeriodKind::kDay, CivilDay(2026, 2, 28), 1, {CivilDay(2026, 2, 28), CivilDay(2026, 3, 1)}},
      {PeriodKind::kWeek, CivilDay(2026, 3, 16), 1, {CivilDay(2026, 3, 16), CivilDay(2026, 3, 23)}},
      {PeriodKind::kWeek, CivilDay(2026, 3, 22), 1, {CivilDay(2026, 3, 16), CivilDay(2026, 3, 23)}},
      {PeriodKind::kWeek, CivilDay(2026, 1, 1), 1, {CivilDay(2025, 12, 29), CivilDay(2026, 1, 5)}},
      {PeriodKind::kMonth, CivilDay(2024, 2, 29), 7, {CivilDay(2024, 2, 1), CivilDay(2024, 3, 1)}},
      {PeriodKind::kMonth,
       CivilDay(2026, 12, 31),
       1,
       {CivilDay(2026, 12, 1), CivilDay(2027, 1, 1)}},
      {PeriodKind::kFiscalQuarter,
       CivilDay(2026, 3, 31),
       1,
       {CivilDay(2026, 1, 1), CivilDay(2026, 4, 1)}},
      {PeriodKind::kFiscalQuarter,
       CivilDay(2026, 12, 1),
       1,
       {CivilDay(2026, 10, 1), CivilDay(2027, 1, 1)}},
      // A year from February: the last quarter is November to January.
      {PeriodKind::kFiscalQuarter,
       CivilDay(2026, 1, 15),
       2,
       {CivilDay(2025, 11, 1), CivilDay(2026, 2, 1)}},
      {PeriodKind::kFiscalQuarter,
       CivilDay(2026, 2, 1),
       2,
       {CivilDay(2026, 2, 1), CivilDay(2026, 5, 1)}},
      {PeriodKind::kFiscalYear,
       CivilDay(2026, 6, 30),
       1,
       {CivilDay(2026, 1, 1), CivilDay(2027, 1, 1)}},
      {PeriodKind::kFiscalYear,
       CivilDay(2026, 6, 30),
       7,
       {CivilDay(2025, 7, 1), CivilDay(2026, 7, 1)}},
      {PeriodKind::kFiscalYear,
       CivilDay(2026, 7, 1),
       7,
       {CivilDay(2026, 7, 1), CivilDay(2027, 7, 1)}},
  };
  for (const auto& c : kCases) {
    const auto start = FiscalYearStart::FromMonth(c.fiscal_start);
    ASSERT_TRUE(start.ok());
    const Period period = Period::Containing(c.kind, c.day, *start);
    EXPECT_EQ(period.start, c.period.start) << c.day;
    EXPECT_EQ(period.end, c.period.end) << c.day;
    EXPECT_TRUE(period.Contains(c.day));
    EXPECT_TRUE(period.Contains(period.start));
    EXPECT_TRUE(period.Contains(period.end - 1));
    EXPECT_FALSE(period.Contains(period.end));
    EXPECT_FALSE(period.Contains(period.start - 1));
  }
  EXPECT_EQ(Period::Containing(PeriodKind::kMonth, CivilDay(2024, 2, 3)).DayCount(), 29);
}

TEST(PeriodTest, FiscalYearsStartInAMonth) {
  EXPECT_EQ(FiscalYearStart().month(), 1);
  EXPECT_THAT(FiscalYearStart::FromMonth(0), HasReason("MONTH_INVALID"));
  EXPECT_THAT(FiscalYearStart::FromMonth(13), HasReason("MONTH_INVALID"));
}

TEST(PeriodTest, NumbersWeeksAsIso8601Does) {
  const struct {
    CivilDay day;
    IsoWeek week;
  } kCases[] = {
      {CivilDay(2025, 12, 28), {2025, 52}}, {CivilDay(2025, 12, 29), {2026, 1}},
      {CivilDay(2026, 1, 4), {2026, 1}},    {CivilDay(2026, 3, 18), {2026, 12}},
      {CivilDay(2026, 12, 31), {2026, 53}}, {CivilDay(2027, 1, 3), {2026, 53}},
      {CivilDay(2027, 1, 4), {2027, 1}},    {CivilDay(2021, 1, 3), {2020, 53}},
      {CivilDay(2024, 12, 30), {2025, 1}},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(IsoWeekOf(c.day).year, c.week.year) << c.day;
    EXPECT_EQ(IsoWeekOf(c.day).week, c.week.week) << c.day;
  }
}

TEST(DateTest, TravelsOverTheWire) {
  for (const CivilDay day : {CivilDay(2024, 2, 29), CivilDay(1, 1, 1), CivilDay(9999, 12, 31)}) {
    EXPECT_THAT(DayFromProto(DayToProto(day)), IsOkAndHolds(day));
  }
  const google::type::Date proto = DayToProto(CivilDay(2026, 3, 18));
  EXPECT_EQ(proto.year(), 2026);
  EXPECT_EQ(proto.month(), 3);
  EXPECT_EQ(proto.day(), 18);
}

TEST(DateTest, RefusesDaysThatDoNotExist) {
  const int kCases[][3] = {{0, 0, 0},           {2026, 2, 29},  {2026, 4, 31}, {2026, 13, 1},
                           {2026, 0, 1},        {2026, 3, 0},   {0, 3, 18},    {10000, 1, 1},
                           {-5, 1, 1},          {2026, 3, -18}, {2026, -3, 1}, {2026, 3, 366},
                           {2147483647, 12, 31}};
  for (const auto& c : kCases) {
    google::type::Date proto;
    proto.set_year(c[0]);
    proto.set_month(c[1]);
    proto.set_day(c[2]);
    EXPECT_THAT(DayFromProto(proto), HasReason("DATE_INVALID")) << proto.ShortDebugString();
  }
}

TEST(NewOpportunityWeeksTest, RunsFromTheMondayAfterAMonthAgoThroughThisWeek) {
  const struct {
    CivilDay today;
    CivilDay first_monday;
    std::vector<int> weeks;
  } kCases[] = {
      {CivilDay(2026, 3, 18), CivilDay(2026, 2, 23), {9, 10, 11, 12}},      // T54
      {CivilDay(2026, 1, 2), CivilDay(2025, 12, 8), {50, 51, 52, 1}},       // T54
      {CivilDay(2026, 3, 31), CivilDay(2026, 3, 2), {10, 11, 12, 13, 14}},  // 28 February, clipped
      {CivilDay(2026, 6, 1), CivilDay(2026, 5, 4), {19, 20, 21, 22, 23}},
      // A month ago was itself a Monday: still the following one.
      {CivilDay(2026, 3, 16), CivilDay(2026, 2, 23), {9, 10, 11, 12}},
      {CivilDay(2026, 3, 23), CivilDay(2026, 3, 2), {10, 11, 12, 13}},
  };
  for (const auto& c : kCases) {
    const std::vector<Period> weeks = NewOpportunityWeeks(c.today);
    ASSERT_EQ(weeks.size(), c.weeks.size()) << c.today;
    EXPECT_EQ(weeks.front().start, c.first_monday) << c.today;
    EXPECT_TRUE(weeks.back().Contains(c.today));
    for (size_t i = 0; i < weeks.size(); ++i) {
      EXPECT_EQ(IsoWeekOf(weeks[i].start).week, c.weeks[i]) << c.today;
      EXPECT_EQ(weeks[i].DayCount(), 7);
      EXPECT_EQ(absl::GetWeekday(weeks[i].start), absl::Weekday::monday);
      EXPECT_EQ(weeks[i].start, weeks[0].start + 7 * static_cast<absl::civil_diff_t>(i));
    }
  }
}

}  // namespace
}  // namespace crm::domain
