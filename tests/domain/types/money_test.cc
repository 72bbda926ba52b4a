#include "domain/types/money.h"

#include <limits>

#include "absl/hash/hash_testing.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOkAndHolds;
using ::crm::testing::StatusIs;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

Currency Of(absl::string_view code) { return *Currency::Parse(code); }
Money Eur(int64_t minor) { return Money(Of("EUR"), minor); }

google::type::Money Wire(absl::string_view code, int64_t units, int32_t nanos) {
  google::type::Money proto;
  proto.set_currency_code(std::string(code));
  proto.set_units(units);
  proto.set_nanos(nanos);
  return proto;
}

TEST(MoneyTest, AddsAndSubtractsWithinOneCurrency) {
  EXPECT_THAT(Eur(1050) + Eur(-50), IsOkAndHolds(Eur(1000)));
  EXPECT_THAT(Eur(50) - Eur(1050), IsOkAndHolds(Eur(-1000)));
  EXPECT_THAT(Eur(kMax) + Eur(kMin), IsOkAndHolds(Eur(-1)));
  EXPECT_THAT(Eur(-1) - Eur(kMin), IsOkAndHolds(Eur(kMax)));
  EXPECT_THAT(Eur(7).Negate(), IsOkAndHolds(Eur(-7)));
}

TEST(MoneyTest, RefusesToLeave64Bits) {
  for (const auto& result : {Eur(kMax) + Eur(1), Eur(kMin) + Eur(-1), Eur(kMin) - Eur(1),
                             Eur(0) - Eur(kMin), Eur(kMin).Negate(), Eur(kMax).Scale(3, 2)}) {
    EXPECT_THAT(result, HasReason("AMOUNT_OVERFLOW"));
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(MoneyTest, RefusesToMixCurrencies) {
  const Money usd(Of("USD"), 1);
  const auto sum = Eur(1) + usd;
  EXPECT_THAT(sum, HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(sum, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(ReasonMetadataValue(sum.status(), "other_currency_code"), "USD");
  EXPECT_THAT(Eur(1) - usd, HasReason("CURRENCY_MISMATCH"));
}

TEST(MoneyTest, ComparesWithinOneCurrencyOnly) {
  EXPECT_LT(Eur(-1), Eur(0));
  EXPECT_GE(Eur(2), Eur(2));
  EXPECT_EQ(Eur(2), Eur(2));
  const Money usd(Of("USD"), 2);
  EXPECT_NE(Eur(2), usd);
  EXPECT_FALSE(Eur(1) < usd);
  EXPECT_FALSE(Eur(1) >= usd);
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly({Eur(1), Eur(2), usd, Eur(1)}));
}

TEST(MoneyTest, ScalesExactlyAndRoundsOnce) {
  const struct {
    int64_t minor, numerator, denominator;
    int64_t half_up, half_even, truncated;
  } kCases[] = {
      {1250, 1, 100, 13, 12, 12},            // T51: 12.50 at 1 %
      {-1250, 1, 100, -13, -12, -12},        // away from zero, not up
      {1350, 1, 100, 14, 14, 13},            // half to the even neighbour above
      {1249, 1, 100, 12, 12, 12},            //
      {1251, 1, 100, 13, 13, 12},            //
      {100, 1, 3, 33, 33, 33},               //
      {200, 1, 3, 67, 67, 66},               //
      {-200, 1, 3, -67, -67, -66},           //
      {7, -1, 2, -4, -4, -3},                // negative factor
      {5, -1, 2, -3, -2, -2},                //
      {100, 5, 1, 500, 500, 500},            //
      {0, 9, 7, 0, 0, 0},                    //
      {kMax, kMax, kMax, kMax, kMax, kMax},  // the product needs 126 bits
      {kMin, kMax, kMax, kMin, kMin, kMin},  //
      {1, 1, kMax, 0, 0, 0},                 //
  };
  for (const auto& c : kCases) {
    const Money money = Eur(c.minor);
    SCOPED_TRACE(::testing::Message() << c.minor << " * " << c.numerator << " / " << c.denominator);
    EXPECT_THAT(money.Scale(c.numerator, c.denominator), IsOkAndHolds(Eur(c.half_up)));
    EXPECT_THAT(money.Scale(c.numerator, c.denominator, Rounding::kHalfEven),
                IsOkAndHolds(Eur(c.half_even)));
    EXPECT_THAT(money.Scale(c.numerator, c.denominator, Rounding::kTruncate),
                IsOkAndHolds(Eur(c.truncated)));
  }
}

TEST(MoneyTest, RefusesDenominatorsThatAreNotPositive) {
  EXPECT_THAT(Eur(1).Scale(1, 0), HasReason("RATIO_INVALID"));
  EXPECT_THAT(Eur(1).Scale(1, -1), HasReason("RATIO_INVALID"));
}

TEST(MoneyTest, TravelsOverTheWireUnchanged) {
  const struct {
    const char* code;
    int64_t units;
    int32_t nanos;
    int64_t minor;
    const char* decimal;
  } kCases[] = {
      {"EUR", 1234, 500'000'000, 123450, "1234.50"},
      {"EUR", 0, -10'000'000, -1, "-0.01"},
      {"EUR", -12, -340'000'000, -1234, "-12.34"},
      {"EUR", 0, 0, 0, "0.00"},
      {"JPY", 500, 0, 500, "500"},
      {"JPY", -500, 0, -500, "-500"},
      {"KWD", 1, 1'000'000, 1001, "1.001"},
      {"CLF", 2, 100'000, 20001, "2.0001"},
      {"EUR", 92'233'720'368'547'758, 70'000'000, kMax, "92233720368547758.07"},
      {"EUR", -92'233'720'368'547'758, -80'000'000, kMin, "-92233720368547758.08"},
      {"JPY", kMin, 0, kMin, "-9223372036854775808"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(::testing::Message() << c.decimal << " " << c.code);
    const Money money(Of(c.code), c.minor);
    EXPECT_THAT(Money::FromProto(Wire(c.code, c.units, c.nanos)), IsOkAndHolds(money));
    EXPECT_EQ(money.ToProto().SerializeAsString(),
              Wire(c.code, c.units, c.nanos).SerializeAsString());
    EXPECT_EQ(money.ToDecimal(), c.decimal);
    EXPECT_THAT(Money::ParseDecimal(Of(c.code), c.decimal), IsOkAndHolds(money));
  }
}

TEST(MoneyTest, RefusesBadWireAmounts) {
  const struct {
    const char* code;
    int64_t units;
    int32_t nanos;
    const char* reason;
  } kCases[] = {
      {"", 1, 0, "CURRENCY_UNKNOWN"},
      {"eur", 1, 0, "CURRENCY_UNKNOWN"},
      {"EUR", 1, -10'000'000, "AMOUNT_INVALID"},
      {"EUR", -1, 10'000'000, "AMOUNT_INVALID"},
      {"EUR", 0, 1'000'000'000, "AMOUNT_INVALID"},
      {"EUR", 0, -1'000'000'000, "AMOUNT_INVALID"},
      {"EUR", 0, 1'000'000, "AMOUNT_TOO_PRECISE"},
      {"EUR", 0, -1, "AMOUNT_TOO_PRECISE"},
      {"JPY", 0, 10'000'000, "AMOUNT_TOO_PRECISE"},
      {"KWD", 0, 100'000, "AMOUNT_TOO_PRECISE"},
      {"EUR", 92'233'720'368'547'758, 80'000'000, "AMOUNT_OVERFLOW"},
      {"EUR", kMin, 0, "AMOUNT_OVERFLOW"},
  };
  for (const auto& c : kCases) {
    const auto money = Money::FromProto(Wire(c.code, c.units, c.nanos));
    EXPECT_THAT(money, HasReason(c.reason)) << c.code << " " << c.units << " " << c.nanos;
    EXPECT_THAT(money, StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(MoneyTest, ParsesShorterAndZeroPaddedDecimals) {
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "7"), IsOkAndHolds(Eur(700)));
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "7.5"), IsOkAndHolds(Eur(750)));
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "007.5000"), IsOkAndHolds(Eur(750)));
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "-0"), IsOkAndHolds(Eur(0)));
  EXPECT_THAT(Money::ParseDecimal(Of("JPY"), "7.00"), IsOkAndHolds(Money(Of("JPY"), 7)));
}

TEST(MoneyTest, RefusesBadDecimals) {
  for (const char* text : {"", "-", ".", "5.", ".5", "-.5", "+5", "--5", "1e5", "1,50", "1 000",
                           " 1", "1.2.3", "1.-2", "0x10", "nan"}) {
    EXPECT_THAT(Money::ParseDecimal(Of("EUR"), text), HasReason("AMOUNT_INVALID")) << text;
  }
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "0.001"), HasReason("AMOUNT_TOO_PRECISE"));
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), "92233720368547758.08"), HasReason("AMOUNT_OVERFLOW"));
  EXPECT_THAT(Money::ParseDecimal(Of("EUR"), std::string(400, '9')), HasReason("AMOUNT_OVERFLOW"));
}

}  // namespace
}  // namespace crm::domain
