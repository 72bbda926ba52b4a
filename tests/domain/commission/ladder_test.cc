#include "domain/commission/ladder.h"

#include <random>

#include "gtest/gtest.h"
#include "tests/support/exact_rational.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::ExactRational;
using ::crm::testing::HasReason;
using ::crm::testing::IsOkAndHolds;

// The ladder L of the worked cases, in cents: 5 % to 10,000, 7 % to 30,000, 10 % above.
const std::vector<LadderStep> kSteps = {{0, 1'000'000, 50'000, 0},
                                        {1'000'000, 3'000'000, 70'000, 0},
                                        {3'000'000, std::nullopt, 100'000, 0}};

Ladder LadderOf(LadderMode mode, std::vector<LadderStep> steps, bool capped = false) {
  absl::StatusOr<Ladder> ladder = Ladder::Make(mode, std::move(steps), capped);
  EXPECT_TRUE(ladder.ok()) << ladder.status();
  return *std::move(ladder);
}

TEST(LadderTest, T1BodyAndBoundaries) {
  const Ladder marginal = LadderOf(LadderMode::kMarginal, kSteps);
  const Ladder whole = LadderOf(LadderMode::kWhole, kSteps);
  const struct {
    int64_t base, marginal, whole;
  } kCases[] = {{1, 0, 0},
                {1'000'000, 50'000, 50'000},
                {1'000'001, 50'000, 70'000},
                {2'500'000, 155'000, 175'000},
                {3'000'000, 190'000, 210'000},
                {3'000'001, 190'000, 300'000},
                {4'500'000, 340'000, 450'000}};
  for (const auto& c : kCases) {
    EXPECT_THAT(marginal.Earned(c.base).Rounded(), IsOkAndHolds(c.marginal)) << c.base;
    EXPECT_THAT(whole.Earned(c.base).Rounded(), IsOkAndHolds(c.whole)) << c.base;
  }
  // Exact until somebody rounds: 10,000.01 earns 500.0007.
  EXPECT_EQ(marginal.Earned(1'000'001), Fraction(5'000'007, 100));
}

TEST(LadderTest, T2CappedLadderWithTaxProration) {
  std::vector<LadderStep> steps = {
      {0, 300'000, 20'000, 0}, {300'000, 500'000, 30'000, 0}, {500'000, std::nullopt, 40'000, 0}};
  EXPECT_THAT(LadderOf(LadderMode::kMarginal, steps).Earned(552'500).Rounded(),
              IsOkAndHolds(14'100));
  steps.pop_back();
  EXPECT_THAT(Ladder::Make(LadderMode::kMarginal, steps, false), HasReason("LADDER_NOT_CAPPED"));
  EXPECT_THAT(LadderOf(LadderMode::kMarginal, steps, true).Earned(552'500).Rounded(),
              IsOkAndHolds(12'000));
}

TEST(LadderTest, T3FixedSteps) {
  const Ladder ladder =
      LadderOf(LadderMode::kStepFixed,
               {{0, 50'000, 0, 200}, {50'000, 100'000, 0, 300}, {100'000, std::nullopt, 0, 400}});
  EXPECT_THAT(ladder.Earned(121'200).Rounded(), IsOkAndHolds(900));
  EXPECT_THAT(ladder.Earned(100'000).Rounded(), IsOkAndHolds(500)) << "the bound is not reached";
  EXPECT_THAT(ladder.Earned(1).Rounded(), IsOkAndHolds(200));
  EXPECT_THAT(ladder.Earned(0).Rounded(), IsOkAndHolds(0));
}

TEST(LadderTest, T10SectionBeginsAboveZero) {
  const std::vector<LadderStep> steps = {{0, 1'500'000, 0, 0}, {1'500'000, 1'600'000, 200'000, 0}};
  const Ladder whole = LadderOf(LadderMode::kWhole, steps, true);
  EXPECT_THAT(whole.Earned(1'510'000).Rounded(), IsOkAndHolds(302'000));
  EXPECT_THAT(whole.Earned(1'499'900).Rounded(), IsOkAndHolds(0));
  EXPECT_THAT(LadderOf(LadderMode::kMarginal, steps, true).Earned(1'510'000).Rounded(),
              IsOkAndHolds(2'000));
}

TEST(LadderTest, RefusesWhatIsNoLadder) {
  const auto refused = [](std::vector<LadderStep> steps, bool capped = false) {
    return Ladder::Make(LadderMode::kMarginal, std::move(steps), capped);
  };
  EXPECT_THAT(refused({}), HasReason("LADDER_EMPTY"));
  EXPECT_THAT(refused({{1, std::nullopt, 1, 0}}), HasReason("LADDER_GAP"));
  EXPECT_THAT(refused({{0, 10, 1, 0}, {11, std::nullopt, 1, 0}}), HasReason("LADDER_GAP"));
  EXPECT_THAT(refused({{0, 10, 1, 0}, {9, std::nullopt, 1, 0}}), HasReason("LADDER_OVERLAP"));
  EXPECT_THAT(refused({{0, std::nullopt, 1, 0}, {10, std::nullopt, 1, 0}}),
              HasReason("LADDER_OVERLAP"));
  EXPECT_THAT(refused({{0, 0, 1, 0}, {0, std::nullopt, 1, 0}}), HasReason("LADDER_OVERLAP"));
  EXPECT_THAT(refused({{0, std::nullopt, -1, 0}}), HasReason("RATE_INVALID"));
  EXPECT_THAT(refused({{0, std::nullopt, 1'000'001, 0}}), HasReason("RATE_INVALID"));
  EXPECT_THAT(refused({{0, std::nullopt, 0, -1}}), HasReason("RATE_INVALID"));
}

TEST(LadderTest, ALossEarnsAtTheFirstRate) {
  EXPECT_THAT(Ladder::Flat(100'000).Earned(-6'000).Rounded(), IsOkAndHolds(-600));
}

// What one more minor unit earns, by looking at the steps anew for every unit.
ExactRational RateOfUnit(const std::vector<LadderStep>& steps, int64_t unit) {
  for (const LadderStep& step : steps) {
    if (unit > step.lower_minor && (!step.upper_minor.has_value() || unit <= *step.upper_minor)) {
      return {step.rate_ppm, 1'000'000};
    }
  }
  return {};
}

std::vector<LadderStep> RandomSteps(std::mt19937_64& random, bool capped) {
  std::vector<LadderStep> steps;
  int64_t lower = 0;
  for (uint64_t left = 1 + random() % 4; left > 0; --left) {
    LadderStep step{.lower_minor = lower,
                    .rate_ppm = static_cast<int64_t>(random() % 300'000),
                    .amount_minor = static_cast<int64_t>(random() % 90)};
    lower += 1 + static_cast<int64_t>(random() % 60);
    if (left > 1 || capped) step.upper_minor = lower;
    steps.push_back(step);
  }
  return steps;
}

TEST(LadderTest, AgreesWithTheOracleUnitByUnit) {
  std::mt19937_64 random(4711);
  for (int round = 0; round < 60; ++round) {
    const bool capped = round % 3 == 0;
    const std::vector<LadderStep> steps = RandomSteps(random, capped);
    const Ladder marginal = LadderOf(LadderMode::kMarginal, steps, capped);
    const Ladder whole = LadderOf(LadderMode::kWhole, steps, capped);
    const Ladder fixed = LadderOf(LadderMode::kStepFixed, steps, capped);
    ExactRational earned;
    Fraction before;
    for (int64_t unit = 1; unit <= 250; ++unit) {
      earned = earned + RateOfUnit(steps, unit);
      ASSERT_THAT(marginal.Earned(unit).Rounded(), IsOkAndHolds(earned.HalfUp())) << round;
      ASSERT_LE(before, marginal.Earned(unit)) << "never falls";
      before = marginal.Earned(unit);
      const int64_t counted = capped ? std::min(unit, *steps.back().upper_minor) : unit;
      ASSERT_THAT(whole.Earned(unit).Rounded(),
                  IsOkAndHolds((RateOfUnit(steps, counted) * counted).HalfUp()));
      int64_t reached = 0;
      for (const LadderStep& step : steps)
        reached += unit > step.lower_minor ? step.amount_minor : 0;
      ASSERT_THAT(fixed.Earned(unit).Rounded(), IsOkAndHolds(reached));
    }
  }
}

// What slices earn, by their definition.
ExactRational EarnedBy(const std::vector<LadderSlice>& slices) {
  ExactRational earned;
  for (const LadderSlice& slice : slices) {
    earned = earned +
             ExactRational((slice.to_minor - slice.from_minor) * slice.rate_ppm, 1'000'000) +
             ExactRational(slice.fixed_minor);
  }
  return earned;
}

TEST(LadderTest, SlicesSayWhyTheWayEarns) {
  const Ladder marginal = LadderOf(LadderMode::kMarginal, kSteps);
  EXPECT_EQ(marginal.Slices(800'000, 1'200'000),
            (std::vector<LadderSlice>{{800'000, 1'000'000, 50'000, 0},
                                      {1'000'000, 1'200'000, 70'000, 0}}));
  EXPECT_EQ(marginal.Slices(1'200'000, 800'000),
            (std::vector<LadderSlice>{{1'200'000, 1'000'000, 70'000, 0},
                                      {1'000'000, 800'000, 50'000, 0}}));
  const Ladder whole = LadderOf(LadderMode::kWhole, kSteps);
  EXPECT_EQ(whole.Slices(800'000, 1'200'000),
            (std::vector<LadderSlice>{{800'000, 0, 50'000, 0}, {0, 1'200'000, 70'000, 0}}));
  const Ladder fixed =
      LadderOf(LadderMode::kStepFixed, {{0, 500, 0, 200}, {500, 1'000, 0, 300}}, /*capped=*/true);
  EXPECT_EQ(fixed.Slices(0, 700), (std::vector<LadderSlice>{{0, 500, 0, 200}, {500, 700, 0, 300}}));
  EXPECT_EQ(fixed.Slices(700, 400), (std::vector<LadderSlice>{{700, 500, 0, -300}}));
  EXPECT_TRUE(fixed.Slices(600, 5'000).empty()) << "reached before";
}

// Mutation that it was seen to catch: a way down that keeps the sign of what was fixed.
TEST(LadderTest, SlicesSumToWhatTheWayEarns) {
  const std::vector<LadderStep> steps = {
      {0, 10, 50'000, 7}, {10, 35, 20'000, 11}, {35, 60, 90'000, 13}};
  for (const LadderMode mode :
       {LadderMode::kMarginal, LadderMode::kWhole, LadderMode::kStepFixed}) {
    const Ladder ladder = LadderOf(mode, steps, /*capped=*/true);
    for (int64_t from = -20; from <= 80; ++from) {
      for (int64_t to = -20; to <= 80; ++to) {
        const Fraction earned = ladder.Earned(to) - ladder.Earned(from);
        ASSERT_THAT((earned * Fraction(1'000'000)).Rounded(),
                    IsOkAndHolds((EarnedBy(ladder.Slices(from, to)) * 1'000'000).HalfUp()))
            << from << " to " << to << " mode " << static_cast<int>(mode);
      }
    }
  }
}

}  // namespace
}  // namespace crm::domain
