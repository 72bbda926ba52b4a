#include "domain/document/totals.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/types/allocation.h"

namespace crm::domain {
namespace {

constexpr int64_t kMillion = 1'000'000;

absl::Status AmountTooLarge() {
  return Invalid("AMOUNT_TOO_LARGE", "a document cannot come to that much",
                 {{"maximum_minor", absl::StrCat(kMaxDocumentMinor)}});
}

absl::Status RefuseLine(absl::string_view reason, absl::string_view message, size_t index) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason,
                    absl::StrCat("line ", index + 1, ": ", message),
                    {{"line_index", absl::StrCat(index)}});
}

// `minor` times `rate_ppm`, rounded. Both are bounded, so nothing overflows.
int64_t PartOf(int64_t minor, int64_t rate_ppm, Rounding rounding) {
  return static_cast<int64_t>(
      RoundedQuotient(static_cast<__int128>(minor) * rate_ppm, kMillion, rounding));
}

bool IsValid(const Discount& discount) {
  const bool rate_valid = discount.rate_ppm >= 0 && discount.rate_ppm <= kWholePpm;
  const bool one_kind = discount.rate_ppm == 0 || !discount.minor.has_value();
  return rate_valid && one_kind && discount.minor.value_or(0) >= 0;
}

absl::Status CheckLine(size_t index, const LineTerms& line) {
  if (line.quantity_e6 <= 0 || line.quantity_e6 > kMaxQuantityE6) {
    return RefuseLine("QUANTITY_INVALID", "the quantity must be positive, and not absurd", index);
  }
  if (line.unit_price_minor < 0) {
    return RefuseLine("PRICE_INVALID", "the price must not be negative", index);
  }
  if (!IsValid(line.discount)) {
    return RefuseLine("DISCOUNT_INVALID", "a discount is a rate up to 100 %, or an amount", index);
  }
  if (line.tax_rate_ppm < 0 || line.tax_rate_ppm > kWholePpm) {
    return RefuseLine("TAX_RATE_INVALID", "a tax is 0 to 100 %", index);
  }
  return absl::OkStatus();
}

// R1.
absl::StatusOr<LineTotals> NetOf(size_t index, const LineTerms& line, Rounding rounding) {
  RETURN_IF_ERROR(CheckLine(index, line));
  const __int128 exact = static_cast<__int128>(line.quantity_e6) * line.unit_price_minor;
  const __int128 amount = RoundedQuotient(exact, kMillion, rounding);
  if (amount > kMaxDocumentMinor) return AmountTooLarge();
  LineTotals totals;
  totals.amount_minor = static_cast<int64_t>(amount);
  const int64_t discount =
      line.discount.minor.value_or(PartOf(totals.amount_minor, line.discount.rate_ppm, rounding));
  if (discount > totals.amount_minor) {
    return RefuseLine("DISCOUNT_TOO_LARGE", "the discount exceeds the amount", index);
  }
  totals.net_minor = totals.amount_minor - discount;
  return totals;
}

// What of `total` falls to each weight; to the first where none weighs anything.
std::vector<int64_t> Distributed(int64_t total, const std::vector<int64_t>& weights) {
  absl::StatusOr<std::vector<int64_t>> shares = Allocate(total, weights);
  if (shares.ok()) return *std::move(shares);
  std::vector<int64_t> alone(weights.size());
  alone.front() = total;
  return alone;
}

// R4, on `taxed`: the lines' taxes, and the sums per rate.
void AddTaxes(const DocumentTerms& terms, const std::vector<int64_t>& taxed,
              DocumentTotals& totals) {
  std::map<int64_t, std::vector<size_t>, std::greater<>> lines_of_rate;
  for (size_t i = 0; i < taxed.size(); ++i) {
    if (terms.lines[i].tax_rate_ppm > 0) lines_of_rate[terms.lines[i].tax_rate_ppm].push_back(i);
  }
  for (const auto& [rate_ppm, indexes] : lines_of_rate) {
    TaxTotal of_rate{rate_ppm, 0, 0};
    std::vector<int64_t> weights;
    for (const size_t i : indexes) {
      weights.push_back(taxed[i]);
      of_rate.taxed_minor += taxed[i];
      totals.lines[i].tax_minor = PartOf(taxed[i], rate_ppm, terms.rounding);
    }
    if (terms.tax_level == TaxLevel::kDocument) {
      const std::vector<int64_t> parts =
          Distributed(PartOf(of_rate.taxed_minor, rate_ppm, terms.rounding), weights);
      for (size_t k = 0; k < indexes.size(); ++k) totals.lines[indexes[k]].tax_minor = parts[k];
    }
    for (const size_t i : indexes) of_rate.tax_minor += totals.lines[i].tax_minor;
    totals.tax_minor += of_rate.tax_minor;
    totals.tax_totals.push_back(of_rate);
  }
}

// Distributes the document's discount, a rate of `whole` or an amount.
absl::Status AddDiscount(const DocumentTerms& terms, int64_t whole,
                         const std::vector<int64_t>& nets, DocumentTotals& totals) {
  totals.discount_minor =
      terms.discount.minor.value_or(PartOf(whole, terms.discount.rate_ppm, terms.rounding));
  if (totals.discount_minor > totals.subtotal_minor) {
    return Invalid("DISCOUNT_TOO_LARGE", "the document's discount exceeds what it is taken from",
                   {{"maximum_minor", absl::StrCat(totals.subtotal_minor)}});
  }
  const std::vector<int64_t> parts = Distributed(totals.discount_minor, nets);
  for (size_t i = 0; i < parts.size(); ++i) totals.lines[i].document_discount_minor = parts[i];
  return absl::OkStatus();
}

// R2, R3 and R4, in the order that the timing says.
absl::Status AddDiscountAndTaxes(const DocumentTerms& terms, DocumentTotals& totals) {
  std::vector<int64_t> nets;
  for (const LineTotals& line : totals.lines) nets.push_back(line.net_minor);
  if (terms.discount_timing == DiscountTiming::kAfterTax) {
    AddTaxes(terms, nets, totals);
    return AddDiscount(terms, totals.subtotal_minor + totals.tax_minor, nets, totals);
  }
  RETURN_IF_ERROR(AddDiscount(terms, totals.subtotal_minor, nets, totals));
  std::vector<int64_t> taxed;
  for (const LineTotals& line : totals.lines) taxed.push_back(line.base_minor());
  AddTaxes(terms, taxed, totals);
  return absl::OkStatus();
}

// R5.
absl::Status AddAdjustment(int64_t adjustment_minor, DocumentTotals& totals) {
  std::vector<int64_t> left;
  for (const LineTotals& line : totals.lines) left.push_back(line.base_minor());
  const int64_t most = totals.subtotal_minor - totals.discount_minor;
  if (adjustment_minor < -most) {
    return Invalid("ADJUSTMENT_TOO_LARGE", "the adjustment leaves less than nothing",
                   {{"maximum_minor", absl::StrCat(most)}});
  }
  const std::vector<int64_t> parts = Distributed(adjustment_minor, left);
  for (size_t i = 0; i < parts.size(); ++i) totals.lines[i].adjustment_minor = parts[i];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DocumentTotals> ComputeTotals(const DocumentTerms& terms) {
  if (terms.lines.empty()) return Invalid("LINES_REQUIRED", "a document needs a line");
  if (!IsValid(terms.discount)) {
    return Invalid("DISCOUNT_INVALID", "a discount is a rate up to 100 %, or an amount");
  }
  if (terms.adjustment_minor > kMaxDocumentMinor || terms.adjustment_minor < -kMaxDocumentMinor) {
    return AmountTooLarge();
  }
  DocumentTotals totals;
  for (size_t i = 0; i < terms.lines.size(); ++i) {
    ASSIGN_OR_RETURN(const LineTotals line, NetOf(i, terms.lines[i], terms.rounding));
    totals.lines.push_back(line);
    totals.subtotal_minor += line.net_minor;
    if (totals.subtotal_minor > kMaxDocumentMinor) return AmountTooLarge();
  }
  RETURN_IF_ERROR(AddDiscountAndTaxes(terms, totals));
  RETURN_IF_ERROR(AddAdjustment(terms.adjustment_minor, totals));
  for (const LineTotals& line : totals.lines) totals.base_minor += line.base_minor();
  totals.total_minor = totals.base_minor + totals.tax_minor;  // R6
  if (totals.total_minor > kMaxDocumentMinor) return AmountTooLarge();
  return totals;
}

}  // namespace crm::domain
