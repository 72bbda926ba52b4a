// What a group is worth.
#include "domain/opportunity_group/group_totals.h"

#include <limits>

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"
#include "tests/support/status_matchers.h"

namespace crm::testing {
namespace {

using domain::CarriersOf;
using domain::Currency;
using domain::GroupTotals;
using domain::GroupTotalsOf;
using domain::Money;
using domain::OpenGroupMember;
using domain::OpportunityId;
using domain::Probability;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Money Of(absl::string_view currency, int64_t minor) {
  return Money(*Currency::Parse(currency), minor);
}
Money Euro(int64_t minor) { return Of("EUR", minor); }

OpenGroupMember Member(int n, std::optional<Money> amount, int percent) {
  return {ExampleId<OpportunityId>(n), amount, *Probability::FromBasisPoints(percent * 100)};
}

std::vector<OpenGroupMember> SamePartner(int a, int b, int c) {
  return {Member(1, Euro(1'000'000), a), Member(2, Euro(1'200'000), b),
          Member(3, Euro(800'000), c)};
}

constexpr auto kAlternatives = v1::GROUP_KIND_ALTERNATIVES;
constexpr auto kSubProjects = v1::GROUP_KIND_SUB_PROJECTS;

TEST(GroupTotalsTest, T53AlternativesCountOnce) {
  EXPECT_THAT(
      GroupTotalsOf(kAlternatives, SamePartner(60, 30, 10), {}),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(1'200'000), Euro(600'000), Euro(1'040'000)})));
}

TEST(GroupTotalsTest, T53ThePreferredAlternativeCarriesTheVolume) {
  EXPECT_THAT(
      GroupTotalsOf(kAlternatives, SamePartner(60, 30, 10), ExampleId<OpportunityId>(3)),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(800'000), Euro(600'000), Euro(1'040'000)})));
}

TEST(GroupTotalsTest, T53ScalesProbabilitiesThatExceedCertainty) {
  // 14,400 scaled by 100 / 140.
  EXPECT_THAT(
      GroupTotalsOf(kAlternatives, SamePartner(60, 50, 30), {}),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(1'200'000), Euro(600'000), Euro(1'028'571)})));
}

TEST(GroupTotalsTest, T53SubProjectsSumUp) {
  EXPECT_THAT(
      GroupTotalsOf(kSubProjects, SamePartner(60, 30, 10), {}),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(3'000'000), Euro(1'040'000), std::nullopt})));
}

TEST(GroupTotalsTest, RoundsTheExpectationOnceHalfUp) {
  // 0.01 at 25 % each: rounded one by one nothing would be left of 0.005.
  EXPECT_THAT(GroupTotalsOf(kAlternatives, {Member(1, Euro(1), 25), Member(2, Euro(1), 25)}, {}),
              IsOkAndHolds(ElementsAre(GroupTotals{Euro(1), Euro(0), Euro(1)})));
}

TEST(GroupTotalsTest, KeepsCurrenciesApartAndLeavesUnknownAmountsOut) {
  const std::vector<OpenGroupMember> members = {
      Member(1, Of("USD", 500), 80), Member(2, Euro(900), 80), Member(3, std::nullopt, 40)};
  // The unknown one takes its part of the certainty: all are scaled by 100 / 200.
  EXPECT_THAT(
      GroupTotalsOf(kAlternatives, members, {}),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(900), Euro(720), Euro(360)},
                               GroupTotals{Of("USD", 500), Of("USD", 400), Of("USD", 200)})));
  // A preferred member carries the volume of its own currency.
  auto two_dollars = members;
  two_dollars.push_back(Member(4, Of("USD", 100), 0));
  EXPECT_THAT(
      GroupTotalsOf(kAlternatives, two_dollars, ExampleId<OpportunityId>(4)),
      IsOkAndHolds(ElementsAre(GroupTotals{Euro(900), Euro(720), Euro(360)},
                               GroupTotals{Of("USD", 100), Of("USD", 400), Of("USD", 200)})));
  // One without an amount, or no longer open, carries nothing.
  for (const int preferred : {3, 9}) {
    EXPECT_EQ(*GroupTotalsOf(kAlternatives, members, ExampleId<OpportunityId>(preferred)),
              *GroupTotalsOf(kAlternatives, members, {}));
  }
  EXPECT_THAT(GroupTotalsOf(kSubProjects, {}, {}), IsOkAndHolds(IsEmpty()));
}

TEST(GroupTotalsTest, TheLowerIdCarriesAmongEquals) {
  const auto low = std::min(ExampleId<OpportunityId>(1), ExampleId<OpportunityId>(2));
  for (const auto& members : {std::vector{Member(1, Euro(5), 50), Member(2, Euro(5), 50)},
                              std::vector{Member(2, Euro(5), 50), Member(1, Euro(5), 50)}}) {
    const auto carriers = CarriersOf(members, {});
    ASSERT_EQ(carriers.size(), 1);
    EXPECT_EQ(carriers[0].volume, low);
    EXPECT_EQ(carriers[0].weighted, low);
  }
}

TEST(GroupTotalsTest, RefusesSumsThatDoNotFit) {
  const Money huge = Euro(std::numeric_limits<int64_t>::max());
  EXPECT_THAT(GroupTotalsOf(kSubProjects, {Member(1, huge, 0), Member(2, huge, 0)}, {}),
              HasReason("AMOUNT_OVERFLOW"));
  // An expectation never exceeds the largest alternative, so it always fits.
  EXPECT_THAT(GroupTotalsOf(kAlternatives, {Member(1, huge, 100), Member(2, huge, 100)}, {}),
              IsOkAndHolds(ElementsAre(GroupTotals{huge, huge, huge})));
}

}  // namespace
}  // namespace crm::testing
