// Totals: what the lines, discount, tax and adjustment of a document come to. One computation for
// proposals, sales orders, invoices and credit notes, so that a conversion never changes a cent.
// The rules are numbered as in the specification's sections on money and proposals (0, 9):
//   R1  amount = quantity x price, rounded. The line's discount is taken from the rounded amount
//       and never exceeds it (T32, T35). net = amount - discount.
//   R2  A discount before tax is a rate of the nets' sum, or an amount; it is distributed over the
//       nets by largest remainder, ties to the earlier line. Tax is on what remains (T36).
//   R3  A discount after tax is a rate of nets and tax together, or an amount; it is distributed
//       over the nets, and the tax stays as it is.
//   R4  Tax is rounded line by line, or once per rate over the document and then distributed over
//       the lines of that rate (T29, T30, T34).
//   R5  The adjustment is signed and distributed over what R2 or R3 left of the nets; when nothing
//       is left the first line takes it (T33).
//   R6  base = net - document discount + adjustment; bases and taxes sum to the total, always.
// Everything is minor units of one currency; pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/types/money.h"

namespace crm::domain {

// Largest amount, in minor units, that a document or a line may come to. Keeps every product of two
// amounts, and of an amount and a rate, far inside 128 bits.
inline constexpr int64_t kMaxDocumentMinor = 1'000'000'000'000'000;
// Largest quantity, in millionths.
inline constexpr int64_t kMaxQuantityE6 = 1'000'000'000'000;
// A whole, in parts per million.
inline constexpr int64_t kWholePpm = 1'000'000;

enum class DiscountTiming { kBeforeTax, kAfterTax };
enum class TaxLevel { kLine, kDocument };

// A discount: a rate, or an amount, not both.
struct Discount {
  int64_t rate_ppm = 0;                         // 0..1,000,000
  std::optional<int64_t> minor = std::nullopt;  // not negative
};

struct LineTerms {
  int64_t quantity_e6 = 0;       // millionths, at least 1
  int64_t unit_price_minor = 0;  // not negative
  Discount discount = {};
  int64_t tax_rate_ppm = 0;  // 0..1,000,000
};

struct DocumentTerms {
  std::vector<LineTerms> lines = {};
  DiscountTiming discount_timing = DiscountTiming::kBeforeTax;
  Discount discount = {};
  int64_t adjustment_minor = 0;  // signed
  TaxLevel tax_level = TaxLevel::kLine;
  Rounding rounding = Rounding::kHalfUp;
};

struct LineTotals {
  int64_t amount_minor = 0;             // R1
  int64_t net_minor = 0;                // R1
  int64_t document_discount_minor = 0;  // R2, R3; not negative
  int64_t adjustment_minor = 0;         // R5
  int64_t tax_minor = 0;                // R4

  int64_t base_minor() const { return net_minor - document_discount_minor + adjustment_minor; }
  friend bool operator==(const LineTotals&, const LineTotals&) = default;
};

struct TaxTotal {
  int64_t rate_ppm = 0;
  int64_t taxed_minor = 0;
  int64_t tax_minor = 0;
  friend bool operator==(const TaxTotal&, const TaxTotal&) = default;
};

struct DocumentTotals {
  std::vector<LineTotals> lines;     // one for each line of the terms
  int64_t subtotal_minor = 0;        // sum of nets
  int64_t discount_minor = 0;        // the document's
  int64_t base_minor = 0;            // sum of bases
  int64_t tax_minor = 0;             // sum of taxes
  int64_t total_minor = 0;           // base and tax
  std::vector<TaxTotal> tax_totals;  // rates above zero, the highest first
};

// INVALID_ARGUMENT
//   LINES_REQUIRED        there is no line
//   QUANTITY_INVALID      not positive, or beyond kMaxQuantityE6
//   PRICE_INVALID         negative
//   DISCOUNT_INVALID      both kinds, a rate beyond the whole, a negative amount
//   TAX_RATE_INVALID      negative or beyond the whole
//   DISCOUNT_TOO_LARGE    more than the amount of its line, or than the nets of the document
//   ADJUSTMENT_TOO_LARGE  it would leave a negative base
//   AMOUNT_TOO_LARGE      beyond kMaxDocumentMinor
// each with the index of the line in the metadata where one is at fault.
absl::StatusOr<DocumentTotals> ComputeTotals(const DocumentTerms& terms);

}  // namespace crm::domain
