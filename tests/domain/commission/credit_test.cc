// C1 and C2 of domain/commission/credit.h; worked cases T24 and T60.
#include "domain/commission/credit.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/commission_examples.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using events::v1::FrozenCredit;
using testing::ContentExample;
using testing::CreditedExample;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using ::testing::IsEmpty;
using testing::LineExample;

using Credited = google::protobuf::RepeatedPtrField<events::v1::CreditedMember>;

Credited Of(std::initializer_list<events::v1::CreditedMember> members) {
  return {members.begin(), members.end()};
}

std::vector<FrozenCredit> Split(const events::v1::DocumentContent& content,
                                const Credited& credited) {
  absl::StatusOr<std::vector<FrozenCredit>> credits = SplitCredits(content, credited);
  EXPECT_THAT(credits, testing::IsOk());
  return credits.value_or(std::vector<FrozenCredit>());
}

std::vector<int64_t> BasesOf(const FrozenCredit& credit) {
  std::vector<int64_t> bases;
  for (const auto& share : credit.shares()) bases.push_back(share.base_minor());
  return bases;
}

TEST(CreditTest, T24WeightsSplitByLargestRemainderInTheOrderCredited) {
  const auto credits = Split(ContentExample({LineExample(10'000)}),
                             Of({CreditedExample(2), CreditedExample(3), CreditedExample(1)}));
  ASSERT_EQ(credits.size(), 3u);
  EXPECT_EQ(credits[0].member_id(), ExampleBytes<MemberId>(2));
  EXPECT_THAT(BasesOf(credits[0]), ElementsAre(3'334));
  EXPECT_THAT(BasesOf(credits[1]), ElementsAre(3'333));
  EXPECT_THAT(BasesOf(credits[2]), ElementsAre(3'333));
}

TEST(CreditTest, T60HalfOfASaleCountsHalf) {
  const auto whole = Split(ContentExample({LineExample(500)}), Of({CreditedExample(1)}));
  const auto half =
      Split(ContentExample({LineExample(1'000)}), Of({CreditedExample(1), CreditedExample(2)}));
  EXPECT_EQ(BasesOf(whole[0])[0] + BasesOf(half[0])[0], 1'000);
}

TEST(CreditTest, C1LinesAreSplitByThemselvesAndKeepTheirCost) {
  auto line = LineExample(101, 2);
  line.set_quantity_e6(2'500'000);
  line.mutable_unit_cost()->set_currency_code("EUR");
  line.mutable_unit_cost()->set_minor(21);  // 52.5, half up 53
  const auto credits =
      Split(ContentExample({LineExample(101), line}), Of({CreditedExample(1), CreditedExample(2)}));
  EXPECT_THAT(BasesOf(credits[0]), ElementsAre(51, 51));
  EXPECT_THAT(BasesOf(credits[1]), ElementsAre(50, 50));
  EXPECT_EQ(credits[0].shares(1).cost_minor() + credits[1].shares(1).cost_minor(), 53);
  EXPECT_EQ(credits[0].shares(0).cost_minor(), 0);
}

TEST(CreditTest, C1ALineMayBeSomebodyElses) {
  auto line = LineExample(300, 2);
  *line.add_credited() = CreditedExample(3, 7);
  const auto credits = Split(ContentExample({LineExample(100), line}), Of({CreditedExample(1, 4)}));
  ASSERT_EQ(credits.size(), 2u);
  EXPECT_THAT(BasesOf(credits[0]), ElementsAre(100));
  EXPECT_EQ(credits[0].weight(), 4);
  EXPECT_EQ(credits[1].member_id(), ExampleBytes<MemberId>(3));
  EXPECT_THAT(BasesOf(credits[1]), ElementsAre(300));
  EXPECT_EQ(credits[1].weight(), 0) << "not credited with the document";
}

TEST(CreditTest, C2WhatIsNotCommissionableIsNobodys) {
  auto line = LineExample(100);
  line.set_non_commissionable(true);
  const auto credits = Split(ContentExample({line, LineExample(200, 2)}), Of({CreditedExample(1)}));
  EXPECT_THAT(BasesOf(credits[0]), ElementsAre(200));
}

TEST(CreditTest, NobodyCreditedIsNoCredit) {
  EXPECT_THAT(Split(ContentExample({LineExample(100)}), {}), IsEmpty());
}

TEST(CreditTest, RefusesWeightsThatSplitNothing) {
  EXPECT_THAT(SplitCredits(ContentExample({LineExample(100)}), Of({CreditedExample(1, 0)})),
              testing::HasReason("WEIGHTS_INVALID"));
}

TEST(CreditTest, ACostInAnotherCurrencyIsNotKnown) {
  auto line = LineExample(100);
  line.mutable_unit_cost()->set_currency_code("USD");
  line.mutable_unit_cost()->set_minor(60);
  EXPECT_EQ(Split(ContentExample({line}), Of({CreditedExample(1)}))[0].shares(0).cost_minor(), 0);
}

}  // namespace
}  // namespace crm::domain
