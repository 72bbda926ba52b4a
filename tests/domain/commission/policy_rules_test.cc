// Stored terms as rules and shares: domain/commission/policy_rules.h; worked cases T12, T14, T16.
#include "domain/commission/policy_rules.h"

#include "domain/commission/credit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/commission_examples.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using events::v1::DocumentLine;
using events::v1::PolicyTerms;
using testing::ContentExample;
using testing::CreditedExample;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleLineId;
using testing::LadderExample;
using testing::LineExample;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// A line of product `product`, in categories 12 (the deeper) and 11.
DocumentLine ProductLine(int64_t base_minor, int product, int n) {
  DocumentLine line = LineExample(base_minor, n);
  line.set_product_id(ExampleBytes<ProductId>(product));
  line.add_category_ids(ExampleBytes<ProductCategoryId>(12));
  line.add_category_ids(ExampleBytes<ProductCategoryId>(11));
  return line;
}

DocumentLine CostLine(int64_t base_minor, int64_t cost_minor, int n) {
  DocumentLine line = LineExample(base_minor, n);
  line.mutable_unit_cost()->set_currency_code("EUR");
  line.mutable_unit_cost()->set_minor(cost_minor);
  return line;
}

PolicyTerms OfKind(v1::CommissionKind kind) {
  PolicyTerms terms;
  terms.set_kind(kind);
  return terms;
}

GroupShares Shares(const PolicyTerms& terms, const std::vector<DocumentLine>& lines) {
  const events::v1::DocumentContent content = ContentExample(lines);
  google::protobuf::RepeatedPtrField<events::v1::CreditedMember> credited;
  *credited.Add() = CreditedExample(1);
  return SharesOf(terms, content, SplitCredits(content, credited)->front());
}

// What a fully paid invoice of these lines earns.
int64_t Earned(const PolicyTerms& terms, const std::vector<DocumentLine>& lines) {
  const absl::StatusOr<EarningRule> rule = RuleOf(terms, Rounding::kHalfUp);
  EXPECT_THAT(rule, testing::IsOk());
  const int64_t total = ContentExample(lines).total_minor();
  const auto entries =
      ReckonBook({{.instant = testing::kExampleBefore,
                   .shares_minor = Shares(terms, lines),
                   .total_minor = total,
                   .rule = &*rule},
                  {.instant = testing::kExampleNow, .paid_minor = total, .rule = &*rule}});
  return entries->back().earned_minor;
}

TEST(PolicyRulesTest, TheProductGoesBeforeTheDeepestCategory) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_PRODUCT);
  terms.set_rate_ppm(10'000);
  const auto add = [&](std::string product, std::string category, int64_t rate_ppm) {
    events::v1::ProductTerms& entry = *terms.add_products();
    entry.set_product_id(std::move(product));
    entry.set_category_id(std::move(category));
    entry.set_rate_ppm(rate_ppm);
  };
  add("", ExampleBytes<ProductCategoryId>(11), 20'000);
  add("", ExampleBytes<ProductCategoryId>(12), 30'000);
  add(ExampleBytes<ProductId>(1), "", 40'000);
  const std::vector<DocumentLine> lines = {ProductLine(1'000, 1, 1), ProductLine(2'000, 2, 2),
                                           LineExample(4'000, 3)};
  EXPECT_THAT(Shares(terms, lines),
              UnorderedElementsAre(Pair(ExampleId<ProductId>(1).uuid(), 1'000),
                                   Pair(ExampleId<ProductCategoryId>(12).uuid(), 2'000),
                                   Pair(Uuid(), 4'000)));
  EXPECT_EQ(Earned(terms, lines), 40 + 60 + 40);
}

TEST(PolicyRulesTest, EveryEntryOfAProductLadderClimbsItsOwn) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_PRODUCT_LADDER);
  for (const int product : {1, 2}) {
    events::v1::ProductTerms& entry = *terms.add_products();
    entry.set_product_id(ExampleBytes<ProductId>(product));
    *entry.mutable_ladder() = LadderExample();
  }
  const std::vector<DocumentLine> lines = {
      ProductLine(1'100'000, 1, 1), ProductLine(1'100'000, 2, 2), ProductLine(1'100'000, 3, 3)};
  EXPECT_EQ(Earned(terms, lines), 2 * 57'000) << "and what no entry names earns nothing";
  *terms.mutable_ladder() = LadderExample(v1::LADDER_MODE_WHOLE);
  EXPECT_EQ(Earned(terms, lines), 2 * 57'000 + 77'000);
}

TEST(PolicyRulesTest, T14MarginsAreFlooredPerLinePerDocumentOrNot) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_MARGIN);
  terms.set_rate_ppm(100'000);
  const std::vector<DocumentLine> mixed = {CostLine(10'000, 5'000, 1), CostLine(7'000, 10'000, 2)};
  const std::vector<DocumentLine> losses = {CostLine(7'000, 10'000, 1), CostLine(7'000, 10'000, 2)};
  terms.set_margin_floor(v1::MARGIN_FLOOR_LINE);
  EXPECT_THAT(Shares(terms, mixed),
              UnorderedElementsAre(Pair(ExampleLineId(1), 5'000), Pair(ExampleLineId(2), -3'000)));
  EXPECT_EQ(Earned(terms, mixed), 500);
  EXPECT_EQ(Earned(terms, losses), 0);
  terms.set_margin_floor(v1::MARGIN_FLOOR_DOCUMENT);
  EXPECT_EQ(Earned(terms, mixed), 200);
  EXPECT_EQ(Earned(terms, losses), 0);
  terms.set_margin_floor(v1::MARGIN_FLOOR_NONE);
  EXPECT_EQ(Earned(terms, mixed), 200);
  EXPECT_EQ(Earned(terms, losses), -600);
}

TEST(PolicyRulesTest, ALineWithoutCostHasNoMargin) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_MARGIN);
  terms.set_rate_ppm(100'000);
  terms.set_margin_floor(v1::MARGIN_FLOOR_DOCUMENT);
  EXPECT_EQ(Earned(terms, {LineExample(9'000, 1), CostLine(1'000, 400, 2)}), 60);
}

TEST(PolicyRulesTest, T16FreeLinesStayOutOfALadder) {
  DocumentLine free = LineExample(2'000'000, 1);
  free.set_non_commissionable(true);
  EXPECT_EQ(Earned(testing::LadderTermsExample(), {free, LineExample(1'000'000, 2)}), 50'000);
}

TEST(PolicyRulesTest, OverridesEarnTheirRateOfTheAgentsBase) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_MARGIN);
  terms.set_margin_floor(v1::MARGIN_FLOOR_LINE);
  terms.mutable_override()->set_rate_ppm(20'000);
  const EarningRule rule = OverrideRuleOf(terms, Rounding::kHalfEven);
  EXPECT_EQ(rule.LadderOf(ExampleLineId())->Earned(100), Fraction(2));
  EXPECT_TRUE(rule.floored) << "a loss of the agents is none of the leader";
  EXPECT_EQ(rule.rounding, Rounding::kHalfEven);
}

TEST(PolicyRulesTest, DamagedTermsAreAnError) {
  PolicyTerms terms = OfKind(v1::COMMISSION_KIND_LADDER);
  terms.mutable_ladder()->set_mode(v1::LADDER_MODE_MARGINAL);
  EXPECT_THAT(RuleOf(terms, Rounding::kHalfUp), testing::HasReason("LADDER_EMPTY"));
}

}  // namespace
}  // namespace crm::domain
