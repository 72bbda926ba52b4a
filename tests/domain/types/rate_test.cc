#include "domain/types/rate.h"

#include <limits>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::HasReason;

TEST(ProbabilityTest, WeighsAmountsHalfUp) {
  const struct {
    int64_t minor;
    int32_t basis_points;
    int64_t weighted;
  } kCases[] = {
      {1250, 100, 13},  // T51: 12.50 at 1 % is 0.13
      {-1250, 100, -13},
      {1'000'000, 2'000, 200'000},  // T51: the three open opportunities
      {500'000, 5'000, 250'000},
      {250'000, 8'000, 200'000},
      {999, 0, 0},
      {999, 10'000, 999},
      {std::numeric_limits<int64_t>::min(), 10'000, std::numeric_limits<int64_t>::min()},
      {std::numeric_limits<int64_t>::max(), 9'999, 9'222'449'699'651'090'329},
  };
  const Currency eur = *Currency::Parse("EUR");
  for (const auto& c : kCases) {
    const auto probability = Probability::FromBasisPoints(c.basis_points);
    ASSERT_TRUE(probability.ok());
    EXPECT_EQ(probability->Weighted(Money(eur, c.minor)), Money(eur, c.weighted))
        << c.minor << " at " << c.basis_points << " bp";
  }
}

TEST(ProbabilityTest, IsBetweenNeverAndCertain) {
  EXPECT_THAT(Probability::FromBasisPoints(-1), HasReason("PROBABILITY_INVALID"));
  EXPECT_THAT(Probability::FromBasisPoints(10'001), HasReason("PROBABILITY_INVALID"));
  EXPECT_EQ(Probability::FromBasisPoints(10'000).value(), Probability::Certain());
  EXPECT_LT(Probability(), Probability::Certain());
}

}  // namespace
}  // namespace crm::domain
