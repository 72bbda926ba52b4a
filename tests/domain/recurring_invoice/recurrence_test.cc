#include "domain/recurring_invoice/recurrence.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::HasReason;
using ::testing::ElementsAre;

using Day = absl::CivilDay;

Recurrence Every(int interval, RecurrenceUnit unit, Day anchor, int64_t cycles = 0) {
  const absl::StatusOr<Recurrence> recurrence = Recurrence::Make(unit, interval, anchor, cycles);
  EXPECT_TRUE(recurrence.ok()) << recurrence.status();
  return *recurrence;
}

std::vector<Day> FirstDays(const Recurrence& recurrence, int64_t count) {
  std::vector<Day> days;
  for (int64_t k = 1; k <= count; ++k) days.push_back(recurrence.DayOf(k).value_or(Day()));
  return days;
}

TEST(RecurrenceTest, T38MonthEndMonthly) {
  EXPECT_THAT(FirstDays(Every(1, RecurrenceUnit::kMonth, Day(2026, 1, 31)), 6),
              ElementsAre(Day(2026, 1, 31), Day(2026, 2, 28), Day(2026, 3, 31), Day(2026, 4, 30),
                          Day(2026, 5, 31), Day(2026, 6, 30)));
}

TEST(RecurrenceTest, T39LeapDayYearlyAndQuarterly) {
  EXPECT_THAT(FirstDays(Every(1, RecurrenceUnit::kYear, Day(2024, 2, 29)), 5),
              ElementsAre(Day(2024, 2, 29), Day(2025, 2, 28), Day(2026, 2, 28), Day(2027, 2, 28),
                          Day(2028, 2, 29)));
  for (const Recurrence& recurrence : {Every(3, RecurrenceUnit::kMonth, Day(2026, 11, 30)),
                                       Every(1, RecurrenceUnit::kQuarter, Day(2026, 11, 30))}) {
    EXPECT_THAT(FirstDays(recurrence, 4), ElementsAre(Day(2026, 11, 30), Day(2027, 2, 28),
                                                      Day(2027, 5, 30), Day(2027, 8, 30)));
  }
}

// The days; that a server makes each good once is told by the scenario of the same number.
TEST(RecurrenceTest, T40CyclesAndCatchUp) {
  const Recurrence recurrence = Every(1, RecurrenceUnit::kMonth, Day(2026, 1, 31), 4);
  EXPECT_EQ(recurrence.CountUntil(Day(2026, 1, 30)), 0);
  EXPECT_EQ(recurrence.CountUntil(Day(2026, 2, 15)), 1);
  EXPECT_EQ(recurrence.CountUntil(Day(2026, 5, 10)), 4);
  EXPECT_EQ(recurrence.CountUntil(Day(2026, 5, 31)), 4) << "nothing after the last cycle";
  EXPECT_EQ(recurrence.DayOf(4), Day(2026, 4, 30));
  EXPECT_EQ(recurrence.DayOf(5), std::nullopt);
}

TEST(RecurrenceTest, T41Proration) {
  const Recurrence monthly = Every(1, RecurrenceUnit::kMonth, Day(2026, 3, 1));
  const Money full(*Currency::Parse("EUR"), 31'000);
  EXPECT_EQ(monthly.Prorated(full, 1, Day(2026, 3, 10)).minor(), 10'000);
  EXPECT_EQ(monthly.Prorated(full, 1, Day(2026, 2, 28)).minor(), 0);
  EXPECT_EQ(monthly.Prorated(full, 1, Day(2026, 3, 1)).minor(), 1'000);
  EXPECT_EQ(monthly.Prorated(full, 1, Day(2026, 3, 31)).minor(), 31'000);
  EXPECT_EQ(monthly.Prorated(full, 1, Day(2026, 7, 1)).minor(), 31'000);
}

TEST(RecurrenceTest, WeeksAreSevenDays) {
  EXPECT_THAT(FirstDays(Every(2, RecurrenceUnit::kWeek, Day(2026, 12, 24)), 3),
              ElementsAre(Day(2026, 12, 24), Day(2027, 1, 7), Day(2027, 1, 21)));
}

TEST(RecurrenceTest, RefusesWhatNeverRecurs) {
  for (const int interval : {0, -1, Recurrence::kMaxInterval + 1}) {
    EXPECT_THAT(Recurrence::Make(RecurrenceUnit::kWeek, interval, Day(2026, 1, 1), 0),
                HasReason("RECURRENCE_INVALID"));
  }
  EXPECT_THAT(Recurrence::Make(RecurrenceUnit::kWeek, 1, Day(2026, 1, 1), -1),
              HasReason("RECURRENCE_INVALID"));
}

// Counting by bisection finds what counting day by day finds. Seen to fail when the shortest month
// is taken for 31 days.
TEST(RecurrenceTest, CountsAsOneWouldByHand) {
  for (const auto unit : {RecurrenceUnit::kWeek, RecurrenceUnit::kMonth, RecurrenceUnit::kQuarter,
                          RecurrenceUnit::kYear}) {
    for (const int interval : {1, 2, 5}) {
      const Recurrence recurrence = Every(interval, unit, Day(2023, 12, 31), 40);
      int64_t count = 0;
      for (Day day(2023, 12, 1); day < Day(2030, 1, 1); ++day) {
        while (recurrence.DayOf(count + 1).value_or(Day(9999, 12, 31)) <= day) ++count;
        ASSERT_EQ(recurrence.CountUntil(day), count) << day;
      }
    }
  }
}

}  // namespace
}  // namespace crm::domain
