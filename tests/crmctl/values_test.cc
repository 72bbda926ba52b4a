#include "tools/crmctl/values.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace crm::ctl {
namespace {

using crm::testing::IsOk;
using crm::testing::IsOkAndHolds;
using crm::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

google::type::Money Money(const std::string& code, int64_t units, int32_t nanos) {
  google::type::Money money;
  money.set_currency_code(code);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(MoneyTextTest, GroupsAndHasTheCurrencysDecimals) {
  EXPECT_EQ(FormatMoney(Money("USD", 1234, 500'000'000)), "USD 1,234.50");
  EXPECT_EQ(FormatMoney(Money("USD", 0, 0)), "USD 0.00");
  EXPECT_EQ(FormatMoney(Money("JPY", 1234567, 0)), "JPY 1,234,567");
  EXPECT_EQ(FormatMoney(Money("KWD", 5, 120'000'000)), "KWD 5.120");
  EXPECT_EQ(FormatMoney(Money("USD", 1, 1'250'000)), "USD 1.00125");
  EXPECT_EQ(FormatMoney(Money("EUR", -1234, -50'000'000)), "EUR -1,234.05");
  EXPECT_EQ(FormatMoney(Money("EUR", 0, -50'000'000)), "EUR -0.05");
  EXPECT_EQ(FormatDecimal(Money("USD", 1234, 500'000'000)), "1234.50");
}

TEST(MoneyTextTest, ReadsWhatPeopleWrite) {
  for (const char* text : {"USD 1,234.50", "1234.5 usd", "USD1234.50", " USD  1234.5 "}) {
    const auto money = ParseMoney(text, "");
    ASSERT_THAT(money, IsOk()) << text;
    EXPECT_EQ(FormatMoney(*money), "USD 1,234.50") << text;
  }
  EXPECT_EQ(FormatMoney(*ParseMoney("-0.05", "EUR")), "EUR -0.05");
  EXPECT_EQ(FormatMoney(*ParseMoney("1100.04", "USD", 1'000'000)), "USD 1,100,040,000.00");
}

TEST(MoneyTextTest, RefusesWhatIsNoAmount) {
  EXPECT_THAT(ParseMoney("12", ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has no currency")));
  for (const char* text : {"USD", "USD abc", "USD 1.2.3", "USD 1.0000000001", "USD -", "USD 1e3",
                           "USD 99999999999999999999"}) {
    EXPECT_THAT(ParseMoney(text, "USD"), Not(IsOk())) << text;
  }
  EXPECT_THAT(ParseMoney("USD 9223372036854775807", ""), IsOk());
  EXPECT_THAT(ParseMoney("USD 9223372036854775807", "", 2), Not(IsOk()));
}

TEST(DayTextTest, ReadsDaysAndWords) {
  const absl::CivilDay today(2017, 12, 31);
  EXPECT_EQ(FormatDate(*ParseDate("2017-02-28", today)), "2017-02-28");
  EXPECT_EQ(FormatDate(*ParseDate("tomorrow", today)), "2018-01-01");
  for (const char* text :
       {"2017-02-30", "28.02.2017", "2017-2-8", "", "20117-12-1", "-123-01-01"}) {
    EXPECT_THAT(ParseDate(text, today), Not(IsOk())) << text;
  }
}

TEST(InstantTextTest, ReadsZonesAndDays) {
  absl::TimeZone berlin;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &berlin));
  const absl::Time now = absl::FromUnixSeconds(1);
  const auto text = [&](const char* input) {
    const auto time = ParseInstant(input, berlin, now);
    return time.ok() ? FormatInstant(ToTimestamp(*time), absl::UTCTimeZone())
                     : std::string(time.status().message());
  };
  EXPECT_EQ(text("2017-07-01"), "2017-06-30T22:00:00+00:00");
  EXPECT_EQ(text("2017-12-31T18:30"), "2017-12-31T17:30:00+00:00");
  EXPECT_EQ(text("2017-12-31T18:30:15Z"), "2017-12-31T18:30:15+00:00");
  EXPECT_EQ(text("2017-12-31T18:30:15-05:00"), "2017-12-31T23:30:15+00:00");
  EXPECT_EQ(text("now"), "1970-01-01T00:00:01+00:00");
  EXPECT_THAT(text("yesterday noon"), HasSubstr("not an instant"));
  EXPECT_THAT(text("infinite-future"), HasSubstr("not an instant"));
  EXPECT_THAT(text("10000-01-02T00:00"), HasSubstr("not an instant"));
}

TEST(InstantTextTest, IsShownInTheLocalZone) {
  absl::TimeZone berlin;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &berlin));
  google::protobuf::Timestamp time;
  time.set_seconds(1514741415);
  EXPECT_EQ(FormatInstant(time, berlin), "2017-12-31T18:30:15+01:00");
}

TEST(InstantTextTest, KeepsMicrosecondsBeforeTheEpoch) {
  const auto stamp = ToTimestamp(absl::FromUnixMicros(-1));
  EXPECT_EQ(stamp.seconds(), -1);
  EXPECT_EQ(stamp.nanos(), 999'999'000);
  EXPECT_EQ(FromTimestamp(stamp), absl::FromUnixMicros(-1));
}

TEST(BasisPointsTextTest, TakesPercentAndBasisPoints) {
  EXPECT_THAT(ParseBasisPoints("12.5%"), IsOkAndHolds(1250));
  EXPECT_THAT(ParseBasisPoints("1250"), IsOkAndHolds(1250));
  EXPECT_THAT(ParseBasisPoints("0.01 %"), IsOkAndHolds(1));
  EXPECT_THAT(ParseBasisPoints("0.001%"), Not(IsOk()));
  EXPECT_THAT(ParseBasisPoints("much"), Not(IsOk()));
  EXPECT_THAT(ParseBasisPoints("99999999999999999999%"), Not(IsOk()));
  EXPECT_EQ(FormatBasisPoints(INT64_MIN), "-92233720368547758.08%");
  EXPECT_EQ(FormatBasisPoints(1250), "12.5%");
  EXPECT_EQ(FormatBasisPoints(10000), "100%");
  EXPECT_EQ(FormatBasisPoints(1), "0.01%");
}

TEST(PartsPerMillionTextTest, TakesPercentAndParts) {
  EXPECT_THAT(ParsePartsPerMillion("19.5%"), IsOkAndHolds(195'000));
  EXPECT_THAT(ParsePartsPerMillion("195000"), IsOkAndHolds(195'000));
  EXPECT_THAT(ParsePartsPerMillion("0.0001 %"), IsOkAndHolds(1));
  EXPECT_THAT(ParsePartsPerMillion("0.00001%"), Not(IsOk()));
  EXPECT_THAT(ParsePartsPerMillion("0.2"), Not(IsOk())) << "of what?";
  EXPECT_EQ(FormatPartsPerMillion(195'000), "19.5%");
}

TEST(MillionthsTextTest, AreDecimalsOfOne) {
  EXPECT_THAT(ParseMillionths("9.5"), IsOkAndHolds(9'500'000));
  EXPECT_THAT(ParseMillionths("-3"), IsOkAndHolds(-3'000'000));
  EXPECT_THAT(ParseMillionths("0.0000001"), Not(IsOk()));
  EXPECT_THAT(ParseMillionths("99999999999999"), Not(IsOk()));
  EXPECT_EQ(FormatMillionths(9'500'000), "9.5");
  EXPECT_EQ(FormatMillionths(-1), "-0.000001");
}

TEST(DurationTextTest, IsPositive) {
  EXPECT_THAT(ParseDuration("1m30s"), IsOkAndHolds(absl::Seconds(90)));
  for (const char* text : {"10", "0s", "-1s", "soon"}) {
    EXPECT_THAT(ParseDuration(text), Not(IsOk())) << text;
  }
}

TEST(CountTextTest, GroupsThousands) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
}

TEST(PastDateTest, TakesWhatPeopleSayOnMonday) {
  const absl::CivilDay today(2026, 11, 23);  // a Monday
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"tuesday", "2026-11-17"},     {"last Tuesday", "2026-11-17"}, {"monday", "2026-11-16"},
      {"sunday", "2026-11-22"},      {"yesterday", "2026-11-22"},    {"3 days ago", "2026-11-20"},
      {"2 weeks ago", "2026-11-09"}, {"1 week ago", "2026-11-16"},   {"2026-01-02", "2026-01-02"}};
  for (const auto& [text, day] : cases) {
    const auto date = ParsePastDate(text, today);
    ASSERT_THAT(date, IsOk()) << text;
    EXPECT_EQ(FormatDate(*date), day) << text;
  }
  for (const char* text : {"tues", "-3 days ago", "many days ago", "3 moons ago", "", "last"}) {
    EXPECT_THAT(ParsePastDate(text, today), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(AgeTest, IsRoundedToWhatMatters) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const std::vector<std::pair<absl::Duration, const char*>> cases = {
      {absl::Seconds(59), "just now"},        {absl::Minutes(1), "1 minute ago"},
      {absl::Minutes(119), "1 hour ago"},     {absl::Hours(13 * 24), "13 days ago"},
      {absl::Hours(14 * 24), "2 weeks ago"},  {absl::Hours(400 * 24), "13 months ago"},
      {absl::Hours(800 * 24), "2 years ago"}, {-absl::Hours(72), "in 3 days"},
      {-absl::Seconds(1), "just now"}};
  for (const auto& [distance, text] : cases) EXPECT_EQ(FormatAge(now - distance, now), text);
}

TEST(CountedTest, HasThePluralOfItsNoun) {
  EXPECT_EQ(Counted(1, "record"), "1 record");
  EXPECT_EQ(Counted(0, "record"), "0 records");
  EXPECT_EQ(Counted(1234, "opportunity"), "1,234 opportunities");
}

TEST(MoneyTextTest, IsBriefWhereThereIsNothingToSayAfterThePoint) {
  EXPECT_EQ(FormatMoneyBriefly(Money("EUR", 1234, 0)), "EUR 1,234");
  EXPECT_EQ(FormatMoneyBriefly(Money("EUR", 1234, 500'000'000)), "EUR 1,234.50");
  EXPECT_EQ(FormatMoneyBriefly(Money("JPY", 1234, 0)), "JPY 1,234");
}

}  // namespace
}  // namespace crm::ctl
