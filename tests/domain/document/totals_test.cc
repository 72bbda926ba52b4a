#include "domain/document/totals.h"

#include <map>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/exact_rational.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::ExactRational;
using ::crm::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// A line of one piece at this price, in cents, with this tax.
LineTerms Priced(int64_t unit_price_minor, int64_t tax_rate_ppm = 0) {
  return {
      .quantity_e6 = 1'000'000, .unit_price_minor = unit_price_minor, .tax_rate_ppm = tax_rate_ppm};
}

DocumentTotals TotalsOf(const DocumentTerms& terms) {
  absl::StatusOr<DocumentTotals> totals = ComputeTotals(terms);
  EXPECT_TRUE(totals.ok()) << totals.status();
  return totals.ok() ? *totals : DocumentTotals();
}

TEST(TotalsTest, T29TaxRoundingLevel) {
  DocumentTerms terms{.lines = {Priced(5'555, 230'000), Priced(1'111, 230'000)}};
  EXPECT_EQ(TotalsOf(terms).tax_minor, 1'534);
  EXPECT_EQ(TotalsOf(terms).total_minor, 8'200);
  terms.tax_level = TaxLevel::kDocument;
  EXPECT_EQ(TotalsOf(terms).tax_minor, 1'533);
  EXPECT_EQ(TotalsOf(terms).total_minor, 8'199);
  EXPECT_THAT(TotalsOf(terms).tax_totals, ElementsAre(TaxTotal{230'000, 6'666, 1'533}));
}

TEST(TotalsTest, T30ThreeTaxes) {
  DocumentTerms terms{
      .lines = {Priced(9'750, 210'000), Priced(6'500, 210'000), Priced(3'250, 210'000)}};
  const DocumentTotals per_line = TotalsOf(terms);
  EXPECT_EQ(per_line.lines[0].tax_minor, 2'048);
  EXPECT_EQ(per_line.lines[1].tax_minor, 1'365);
  EXPECT_EQ(per_line.lines[2].tax_minor, 683);
  EXPECT_EQ(per_line.tax_minor, 4'096);
  terms.tax_level = TaxLevel::kDocument;
  EXPECT_EQ(TotalsOf(terms).tax_minor, 4'095);
}

TEST(TotalsTest, T31HalfUpAndHalfEven) {
  DocumentTerms terms{.lines = {{.quantity_e6 = 9'500'000, .unit_price_minor = 12'475}}};
  EXPECT_EQ(TotalsOf(terms).total_minor, 118'513);
  terms.rounding = Rounding::kHalfEven;
  EXPECT_EQ(TotalsOf(terms).total_minor, 118'512);
}

TEST(TotalsTest, T32FullDiscountLeavesNoCent) {
  DocumentTerms terms{.lines = {{.quantity_e6 = 2'250'000, .unit_price_minor = 6'422}}};
  EXPECT_EQ(TotalsOf(terms).total_minor, 14'450);
  terms.lines[0].discount.rate_ppm = kWholePpm;
  EXPECT_EQ(TotalsOf(terms).total_minor, 0);
  terms.lines[0].discount = {};
  terms.discount.rate_ppm = kWholePpm;
  EXPECT_EQ(TotalsOf(terms).total_minor, 0);
}

TEST(TotalsTest, T33UnreachableGrossIsReachedByAdjustment) {
  DocumentTerms terms{.lines = {Priced(231'481, 80'000)}};
  EXPECT_EQ(TotalsOf(terms).total_minor, 249'999);
  terms.adjustment_minor = 1;
  EXPECT_EQ(TotalsOf(terms).total_minor, 250'000);
  terms = {.lines = {Priced(231'482, 80'000)}, .adjustment_minor = -1};
  EXPECT_EQ(TotalsOf(terms).total_minor, 250'000);
}

TEST(TotalsTest, T34TaxOnTheRoundedNet) {
  const DocumentTotals totals = TotalsOf(
      {.lines = {{.quantity_e6 = 1'300'000, .unit_price_minor = 78, .tax_rate_ppm = 200'000}}});
  EXPECT_EQ(totals.base_minor, 101);
  EXPECT_EQ(totals.tax_minor, 20);
  EXPECT_EQ(totals.total_minor, 121);
}

TEST(TotalsTest, T35DiscountOnTheLineNotOnThePrice) {
  EXPECT_EQ(TotalsOf({.lines = {{.quantity_e6 = 7'000'000,
                                 .unit_price_minor = 995,
                                 .discount = {.rate_ppm = 125'000}}}})
                .total_minor,
            6'094);
}

TEST(TotalsTest, T36OrderOfTotals) {
  DocumentTerms terms{.lines = {Priced(100'000, 100'000), Priced(20'000)},
                      .discount = {.minor = 12'000},
                      .adjustment_minor = -50};
  const DocumentTotals before = TotalsOf(terms);
  EXPECT_EQ(before.total_minor, 116'950);
  EXPECT_THAT(before.lines, ElementsAre(LineTotals{100'000, 100'000, 10'000, -42, 9'000},
                                        LineTotals{20'000, 20'000, 2'000, -8, 0}));
  terms.discount_timing = DiscountTiming::kAfterTax;
  EXPECT_EQ(TotalsOf(terms).total_minor, 117'950);
  terms.discount = {.rate_ppm = 100'000};
  EXPECT_EQ(TotalsOf(terms).total_minor, 116'950);
  EXPECT_EQ(TotalsOf(terms).discount_minor, 13'000);
  terms.discount_timing = DiscountTiming::kBeforeTax;
  EXPECT_EQ(TotalsOf(terms).total_minor, 116'950);
}

TEST(TotalsTest, RefusesWhatNobodyMeans) {
  const auto refused = [](LineTerms line, Discount discount = {}, int64_t adjustment = 0) {
    return ComputeTotals(
        {.lines = {Priced(100), line}, .discount = discount, .adjustment_minor = adjustment});
  };
  const LineTerms fine = Priced(100, 200'000);
  EXPECT_THAT(ComputeTotals({}), HasReason("LINES_REQUIRED"));
  EXPECT_THAT(refused({.quantity_e6 = 0, .unit_price_minor = 1}), HasReason("QUANTITY_INVALID"));
  EXPECT_THAT(refused({.quantity_e6 = -1, .unit_price_minor = 1}), HasReason("QUANTITY_INVALID"));
  EXPECT_THAT(refused({.quantity_e6 = kMaxQuantityE6 + 1}), HasReason("QUANTITY_INVALID"));
  EXPECT_THAT(refused(Priced(-1)), HasReason("PRICE_INVALID"));
  EXPECT_THAT(refused(Priced(1, -1)), HasReason("TAX_RATE_INVALID"));
  EXPECT_THAT(refused(Priced(1, kWholePpm + 1)), HasReason("TAX_RATE_INVALID"));
  EXPECT_THAT(refused(Priced(kMaxDocumentMinor + 1)), HasReason("AMOUNT_TOO_LARGE"));
  EXPECT_THAT(refused(Priced(kMaxDocumentMinor)), HasReason("AMOUNT_TOO_LARGE"));
  EXPECT_THAT(refused({.quantity_e6 = 1'000'000, .unit_price_minor = 9, .discount = {.minor = 10}}),
              HasReason("DISCOUNT_TOO_LARGE"));
  EXPECT_THAT(refused({.quantity_e6 = 1, .discount = {.rate_ppm = 1, .minor = 1}}),
              HasReason("DISCOUNT_INVALID"));
  EXPECT_THAT(refused(fine, {.minor = -1}), HasReason("DISCOUNT_INVALID"));
  EXPECT_THAT(refused(fine, {.rate_ppm = kWholePpm + 1}), HasReason("DISCOUNT_INVALID"));
  EXPECT_THAT(refused(fine, {.minor = 201}), HasReason("DISCOUNT_TOO_LARGE"));
  EXPECT_THAT(refused(fine, {}, -201), HasReason("ADJUSTMENT_TOO_LARGE"));
  EXPECT_THAT(refused(fine, {}, kMaxDocumentMinor + 1), HasReason("AMOUNT_TOO_LARGE"));
  EXPECT_TRUE(refused(fine, {.minor = 150}, -50).ok());
}

TEST(TotalsTest, AnAdjustmentOfNothingFallsToTheFirstLine) {
  const DocumentTotals totals = TotalsOf({.lines = {Priced(0), Priced(0)}, .adjustment_minor = 7});
  EXPECT_EQ(totals.lines[0].base_minor(), 7);
  EXPECT_EQ(totals.total_minor, 7);
}

DocumentTerms RandomTerms(std::mt19937_64& random) {
  const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
  DocumentTerms terms;
  constexpr int64_t kRates[] = {0, 70'000, 190'000, 200'001};
  for (uint64_t left = 1 + random() % 6; left > 0; --left) {
    LineTerms line{.quantity_e6 = 1 + below(5'000'000), .unit_price_minor = below(90'000)};
    line.discount.rate_ppm = below(3) == 0 ? below(1'000'001) : 0;
    line.tax_rate_ppm = kRates[below(4)];
    terms.lines.push_back(line);
  }
  terms.discount.rate_ppm = below(2) == 0 ? below(400'001) : 0;
  terms.discount_timing = below(2) == 0 ? DiscountTiming::kAfterTax : DiscountTiming::kBeforeTax;
  terms.tax_level = below(2) == 0 ? TaxLevel::kDocument : TaxLevel::kLine;
  terms.adjustment_minor = below(3);
  return terms;
}

// Every rounded figure against its exact value, reckoned from the figures it is rounded from. Seen
// to fail when the parts of a discount are rounded instead of allocated.
TEST(TotalsTest, AgreesWithTheOracleAndSumsExactly) {
  std::mt19937_64 random(1122);
  for (int round = 0; round < 3'000; ++round) {
    const DocumentTerms terms = RandomTerms(random);
    const DocumentTotals totals = TotalsOf(terms);
    ASSERT_THAT(totals.lines, SizeIs(terms.lines.size()));
    int64_t nets = 0, taxes = 0, discounts = 0, adjustments = 0, bases = 0;
    std::map<int64_t, ExactRational> exact_tax;
    for (size_t i = 0; i < totals.lines.size(); ++i) {
      const LineTerms& line = terms.lines[i];
      const LineTotals& found = totals.lines[i];
      const int64_t amount =
          (ExactRational(line.quantity_e6, 1'000'000) * line.unit_price_minor).HalfUp();
      ASSERT_EQ(found.amount_minor, amount) << round;
      ASSERT_EQ(found.net_minor,
                amount - (ExactRational(line.discount.rate_ppm, 1'000'000) * amount).HalfUp());
      const bool before = terms.discount_timing == DiscountTiming::kBeforeTax;
      const int64_t taxed = found.net_minor - (before ? found.document_discount_minor : 0);
      const ExactRational tax = ExactRational(line.tax_rate_ppm, 1'000'000) * taxed;
      if (terms.tax_level == TaxLevel::kLine) {
        ASSERT_EQ(found.tax_minor, tax.HalfUp()) << round;
      }
      exact_tax[line.tax_rate_ppm] = exact_tax[line.tax_rate_ppm] + tax;
      nets += found.net_minor;
      taxes += found.tax_minor;
      discounts += found.document_discount_minor;
      adjustments += found.adjustment_minor;
      bases += found.base_minor();
    }
    ASSERT_EQ(discounts, totals.discount_minor) << round;
    ASSERT_EQ(adjustments, terms.adjustment_minor) << round;
    ASSERT_EQ(bases, totals.base_minor) << round;
    ASSERT_EQ(bases + taxes, totals.total_minor) << round;
    ASSERT_EQ(nets - discounts + taxes + adjustments, totals.total_minor) << round;
    const int64_t whole = nets + (terms.discount_timing == DiscountTiming::kAfterTax ? taxes : 0);
    ASSERT_EQ(totals.discount_minor,
              (ExactRational(terms.discount.rate_ppm, 1'000'000) * whole).HalfUp());
    for (const TaxTotal& tax : totals.tax_totals) {
      if (terms.tax_level != TaxLevel::kDocument) continue;
      ASSERT_EQ(tax.tax_minor, exact_tax[tax.rate_ppm].HalfUp()) << round;
    }
  }
}

}  // namespace
}  // namespace crm::domain
