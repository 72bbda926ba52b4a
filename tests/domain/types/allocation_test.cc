#include "domain/types/allocation.h"

#include <limits>
#include <random>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOkAndHolds;
using ::testing::ElementsAreArray;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST(AllocationTest, GivesTheRestToTheLargestRemainders) {
  const struct {
    int64_t total;
    std::vector<int64_t> weights;
    std::vector<int64_t> shares;
  } kCases[] = {
      {10'000, {1, 1, 1}, {3334, 3333, 3333}},  // T24: equal fractions, the lower index wins
      {-10'000, {1, 1, 1}, {-3334, -3333, -3333}},
      {100, {1, 2, 3}, {17, 33, 50}},  // 16.67 33.33 50: the largest fraction, not the first
      {5, {3, 7}, {2, 3}},             // 1.5 3.5
      {1, {0, 0, 5}, {0, 0, 1}},
      {2, {0, 1, 1, 1}, {0, 1, 1, 0}},
      {7, {4}, {7}},
      {0, {1, 2}, {0, 0}},
      {kMax, {kMax, kMax}, {kMax / 2 + 1, kMax / 2}},
      {kMin, {1, 1}, {kMin / 2, kMin / 2}},
      {kMin, {1}, {kMin}},
      {kMin, {kMax, 1}, {kMin + 1, -1}},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Allocate(c.total, c.weights), IsOkAndHolds(ElementsAreArray(c.shares)))
        << "total " << c.total;
  }
}

TEST(AllocationTest, RefusesWeightsThatSayNothing) {
  for (const auto& weights : {std::vector<int64_t>{}, {0, 0}, {2, -1}, {-1, 1}, {-3}}) {
    EXPECT_THAT(Allocate(100, weights), HasReason("WEIGHTS_INVALID"));
  }
}

TEST(AllocationTest, NeverLosesOrInventsAUnit) {
  std::mt19937_64 random(20260318);
  for (int round = 0; round < 2'000; ++round) {
    const auto total = static_cast<int64_t>(random()) >> (random() % 60);
    std::vector<int64_t> weights(1 + random() % 9);
    for (int64_t& weight : weights) weight = static_cast<int64_t>(random() >> (1 + random() % 60));
    weights[0] += weights[0] == 0 ? 1 : 0;
    const auto shares = Allocate(total, weights);
    ASSERT_TRUE(shares.ok());
    __int128 sum = 0;
    __int128 weight_sum = 0;
    for (const int64_t weight : weights) weight_sum += weight;
    for (size_t i = 0; i < weights.size(); ++i) {
      sum += (*shares)[i];
      // Within one unit of the exact share, both sides multiplied by the sum of weights.
      const __int128 error = (*shares)[i] * weight_sum - static_cast<__int128>(total) * weights[i];
      ASSERT_TRUE(-weight_sum < error && error < weight_sum) << "round " << round;
    }
    ASSERT_TRUE(sum == total) << "round " << round;
  }
}

}  // namespace
}  // namespace crm::domain
