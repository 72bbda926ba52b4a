#include "domain/types/fraction.h"

#include <limits>
#include <random>

#include "gtest/gtest.h"
#include "tests/support/exact_rational.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::ExactRational;
using ::crm::testing::HasReason;
using ::crm::testing::IsOkAndHolds;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(FractionTest, RoundsOnce) {
  const struct {
    Fraction exact;
    int64_t half_up, half_even, truncated;
  } kCases[] = {
      {{1, 2}, 1, 0, 0},      {{-1, 2}, -1, 0, 0},    {{3, 2}, 2, 2, 1}, {{-3, 2}, -2, -2, -1},
      {{5, 2}, 3, 2, 2},      {{2, 3}, 1, 1, 0},      {{1, 3}, 0, 0, 0}, {{-2, 3}, -1, -1, 0},
      {0, 0, 0, 0},           {7, 7, 7, 7},           {-7, -7, -7, -7},  {kMax, kMax, kMax, kMax},
      {{499, 1000}, 0, 0, 0}, {{501, 1000}, 1, 1, 0},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(c.exact.Rounded(), IsOkAndHolds(c.half_up));
    EXPECT_THAT(c.exact.Rounded(Rounding::kHalfEven), IsOkAndHolds(c.half_even));
    EXPECT_THAT(c.exact.Rounded(Rounding::kTruncate), IsOkAndHolds(c.truncated));
    // The same written with numbers that need the long way.
    Fraction long_written = c.exact;
    for (int i = 0; i < 5; ++i) long_written += Fraction(1, kMax - i);
    for (int i = 0; i < 5; ++i) long_written += Fraction(-1, kMax - i);
    EXPECT_EQ(long_written, c.exact);
    EXPECT_THAT(long_written.Rounded(), IsOkAndHolds(c.half_up));
    EXPECT_THAT(long_written.Rounded(Rounding::kHalfEven), IsOkAndHolds(c.half_even));
    EXPECT_THAT(long_written.Rounded(Rounding::kTruncate), IsOkAndHolds(c.truncated));
  }
}

TEST(FractionTest, RefusesWhatDoesNotFit) {
  EXPECT_THAT((Fraction(kMax) + 1).Rounded(), HasReason("AMOUNT_OVERFLOW"));
  EXPECT_THAT((Fraction(kMax) + Fraction(1, 2)).Rounded(), HasReason("AMOUNT_OVERFLOW"));
  EXPECT_THAT((Fraction(kMax) + Fraction(1, 2)).Rounded(Rounding::kTruncate), IsOkAndHolds(kMax));
  EXPECT_THAT((Fraction(-kMax) - 1).Rounded(), HasReason("AMOUNT_OVERFLOW"));
  const Fraction huge = Fraction(kMax) * kMax * kMax * kMax;
  EXPECT_THAT(huge.Rounded(), HasReason("AMOUNT_OVERFLOW"));
  EXPECT_THAT((huge * Fraction(1, kMax) * Fraction(1, kMax) * Fraction(1, kMax)).Rounded(),
              IsOkAndHolds(kMax));
}

TEST(FractionTest, IsWholeWhereItDividesEvenly) {
  EXPECT_TRUE(Fraction(12, 4).IsWhole());
  EXPECT_TRUE(Fraction(0, 7).IsWhole());
  EXPECT_FALSE(Fraction(12, 5).IsWhole());
}

// Far beyond 128 bits: the sum of 1/p over a hundred primes, taken back in another order.
TEST(FractionTest, LosesNothingAtAnySize) {
  std::vector<int64_t> primes;
  for (int64_t n = 1'000'000'007; primes.size() < 100; n += 2) {
    bool prime = true;
    for (int64_t d = 3; d * d <= n && prime; d += 2) prime = n % d != 0;
    if (prime) primes.push_back(n);
  }
  Fraction sum(5);
  for (const int64_t prime : primes) sum += Fraction(prime - 1, prime);
  EXPECT_THAT(sum.Rounded(Rounding::kTruncate), IsOkAndHolds(104));
  EXPECT_LT(sum, Fraction(105));
  EXPECT_GT(sum, Fraction(104));
  for (auto prime = primes.rbegin(); prime != primes.rend(); ++prime) {
    sum += Fraction(1 - *prime, *prime);
  }
  EXPECT_EQ(sum, Fraction(5));
  EXPECT_THAT(sum.Rounded(), IsOkAndHolds(5));
}

TEST(FractionTest, AgreesWithTheOracle) {
  std::mt19937_64 random(20260331);
  const auto number = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(2 * bound + 1)) - bound;
  };
  for (int round = 0; round < 3'000; ++round) {
    Fraction fraction;
    ExactRational exact;
    for (int term = 0; term < 4; ++term) {
      const int64_t numerator = number(1'000'000);
      const int64_t denominator = 1 + std::abs(number(2'000));
      const int64_t factor = number(50);
      fraction = (fraction + Fraction(numerator, denominator)) * Fraction(factor, 7);
      exact = (exact + ExactRational(numerator, denominator)) * ExactRational(factor, 7);
      ASSERT_THAT(fraction.Rounded(), IsOkAndHolds(exact.HalfUp())) << "round " << round;
      ASSERT_EQ(fraction < numerator, exact < ExactRational(numerator)) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace crm::domain
