#include "domain/types/currency.h"

#include "absl/hash/hash_testing.h"
#include "gtest/gtest.h"

namespace crm::domain {
namespace {

TEST(CurrencyTest, KnowsTheMinorDigitsOfIso4217) {
  const struct {
    const char* code;
    int minor_digits;
    int64_t minor_per_unit;
  } kCases[] = {
      {"AED", 2, 100},     // first row
      {"EUR", 2, 100},     //
      {"USD", 2, 100},     //
      {"JPY", 0, 1},       //
      {"CLP", 0, 1},       //
      {"KWD", 3, 1'000},   //
      {"TND", 3, 1'000},   //
      {"CLF", 4, 10'000},  //
      {"HUF", 2, 100},     // CLDR says 0
      {"IQD", 3, 1'000},   // CLDR says 0
      {"XCG", 2, 100},     // new in 2025
      {"BGN", 2, 100},     // withdrawn in 2026, kept for history
      {"ZWL", 2, 100},     // last row
  };
  for (const auto& c : kCases) {
    const std::optional<Currency> currency = Currency::Parse(c.code);
    ASSERT_TRUE(currency.has_value()) << c.code;
    EXPECT_EQ(currency->code(), c.code);
    EXPECT_EQ(currency->minor_digits(), c.minor_digits) << c.code;
    EXPECT_EQ(currency->minor_per_unit(), c.minor_per_unit) << c.code;
  }
}

TEST(CurrencyTest, RefusesWhatIsNotACurrency) {
  for (const char* code : {"", "E", "EU", "EURO", "eur", "EUr", " EUR", "XXX", "XTS", "XAU", "AAA",
                           "ZZZ", "\xE2\x82\xAC"}) {
    EXPECT_EQ(Currency::Parse(code), std::nullopt) << code;
  }
  EXPECT_EQ(Currency::Parse(absl::string_view("EUR\0", 4)), std::nullopt);
}

TEST(CurrencyTest, OrdersByCodeAndHashesByValue) {
  EXPECT_LT(*Currency::Parse("CHF"), *Currency::Parse("EUR"));
  EXPECT_LT(*Currency::Parse("EUR"), *Currency::Parse("USD"));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {*Currency::Parse("EUR"), *Currency::Parse("USD"), *Currency::Parse("EUR")}));
}

TEST(CurrencyTest, IsCheapToCopy) { static_assert(sizeof(Currency) == 1); }

}  // namespace
}  // namespace crm::domain
