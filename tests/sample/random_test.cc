// The generator and the calendar: the same on every machine, within what they promise.
#include "tools/sample/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tools/sample/names.h"
#include "tools/sample/work_calendar.h"

namespace crm::sample {
namespace {

TEST(RandomTest, DrawsTheSameNumbersEverywhere) {
  Random random(1, "lead/0");
  // Computed apart: SplitMix64 from the first 8 bytes of SHA-256("1/lead/0"), big-endian.
  EXPECT_EQ(random.Next(), 15735369563685981148u);
  EXPECT_EQ(random.Next(), 743921234647214334u);
}

TEST(RandomTest, StreamsDiffer) {
  EXPECT_NE(Random(1, "a").Next(), Random(1, "b").Next());
  EXPECT_NE(Random(1, "a").Next(), Random(2, "a").Next());
}

TEST(RandomTest, BetweenReachesBothEndsAndNoFurther) {
  Random random(1, "");
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Between(-1, 2));
  EXPECT_EQ(seen, (std::set<int64_t>{-1, 0, 1, 2}));
}

TEST(RandomTest, WeightedNeverPicksWeightZero) {
  Random random(1, "");
  constexpr std::array<int, 4> kWeights = {0, 3, 0, 1};
  std::array<int, 4> hits{};
  for (int i = 0; i < 4000; ++i) ++hits[random.Weighted(kWeights)];
  EXPECT_EQ(hits[0] + hits[2], 0);
  EXPECT_GT(hits[1], 2 * hits[3]);
  EXPECT_GT(hits[3], 500);
}

TEST(WorkCalendarTest, SpreadsOverWorkingHoursInOrder) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  const WorkCalendar calendar(absl::CivilDay(2025, 3, 1), absl::CivilDay(2026, 3, 1), zone);
  Random random(1, "");
  absl::Time before = absl::InfinitePast();
  std::set<absl::CivilMonth> months;
  for (int64_t i = 0; i < 500; ++i) {
    const absl::Time time = calendar.Spread(i, 500, random);
    EXPECT_GE(time, before);
    before = time;
    const absl::CivilSecond local = absl::ToCivilSecond(time, zone);
    EXPECT_TRUE(WorkCalendar::IsWorkingDay(absl::CivilDay(local))) << local;
    EXPECT_GE(local.hour() * 60 + local.minute(), 8 * 60 + 30) << local;
    EXPECT_LT(local.hour() * 60 + local.minute(), 17 * 60 + 30) << local;
    months.insert(absl::CivilMonth(local));
  }
  EXPECT_EQ(months.size(), 12u);
}

TEST(WorkCalendarTest, LaterIsLaterAndEndsWithTheHistory) {
  const WorkCalendar calendar(absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 3, 1),
                              absl::UTCTimeZone());
  Random random(1, "");
  for (int64_t days = 0; days < 4; ++days) {
    absl::Time time = calendar.At(calendar.first_day(), 0);
    std::optional<absl::Time> next = time;
    while ((next = calendar.After(time, days, random)).has_value()) {
      EXPECT_GT(*next, time);
      EXPECT_GE(calendar.DayOf(*next) - calendar.DayOf(time), days);
      EXPECT_LT(calendar.DayOf(*next), calendar.end_day());
      EXPECT_TRUE(WorkCalendar::IsWorkingDay(calendar.DayOf(*next)));
      time = *next;
    }
  }
}

TEST(NamesTest, CompaniesAndMembersAreNotTwins) {
  Random random(1, "");
  std::set<std::string> companies;
  for (int64_t i = 0; i < 4000; ++i) companies.insert(CompanyNamed(i, random).display_name);
  EXPECT_EQ(companies.size(), 4000u);
  std::set<std::string> emails;
  for (int64_t i = 0; i < 60; ++i) emails.insert(MemberNamed(i).email);
  EXPECT_EQ(emails.size(), 60u);
}

}  // namespace
}  // namespace crm::sample
