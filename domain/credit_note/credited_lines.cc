#include "domain/credit_note/credited_lines.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/types/allocation.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

using events::v1::CreditedShare;
using events::v1::DocumentContent;
using events::v1::DocumentLine;
using events::v1::FrozenCredit;

constexpr int64_t kOneE6 = 1'000'000;

absl::Status Exceeds(int64_t left_minor) {
  return Refuse("CREDIT_EXCEEDS_INVOICE", "more than is left of the invoice, or of a line",
                {{"left_minor", absl::StrCat(left_minor)}});
}

// The line as one piece of what is left of it: quantities and discounts say nothing of a rest.
DocumentLine RestOf(const DocumentLine& line, int64_t base_minor, int64_t tax_minor,
                    const std::string& currency_code) {
  DocumentLine rest = line;
  rest.set_quantity_e6(kOneE6);
  rest.mutable_unit_price()->set_currency_code(currency_code);
  rest.mutable_unit_price()->set_minor(base_minor);
  rest.clear_discount_ppm();
  rest.clear_discount();
  rest.set_amount_minor(base_minor);
  rest.set_net_minor(base_minor);
  rest.clear_document_discount_minor();
  rest.clear_adjustment_minor();
  rest.set_base_minor(base_minor);
  rest.set_tax_minor(tax_minor);
  return rest;
}

// Sums of bases and taxes; what else the content says stays.
void SumUp(DocumentContent& content) {
  std::map<int64_t, events::v1::TaxTotal, std::greater<>> of_rates;
  int64_t base_minor = 0;
  int64_t tax_minor = 0;
  for (const DocumentLine& line : content.lines()) {
    base_minor += line.base_minor();
    tax_minor += line.tax_minor();
    if (line.tax_rate_ppm() == 0) continue;
    events::v1::TaxTotal& total = of_rates[line.tax_rate_ppm()];
    total.set_tax_rate_ppm(line.tax_rate_ppm());
    total.set_taxed_minor(total.taxed_minor() + line.base_minor());
    total.set_tax_minor(total.tax_minor() + line.tax_minor());
  }
  content.set_base_minor(base_minor);
  content.set_tax_minor(tax_minor);
  content.set_total_minor(base_minor + tax_minor);
  content.clear_tax_totals();
  for (auto& [rate, total] : of_rates) *content.add_tax_totals() = std::move(total);
}

}  // namespace

Uncredited::Uncredited(const events::v1::InvoiceIssued& issued,
                       const std::vector<FrozenCreditNote>& notes)
    : issued_(issued), untouched_(notes.empty()) {
  const auto add = [&](const DocumentContent& content, const auto& credits, int sign) {
    for (const DocumentLine& line : content.lines()) {
      lines_[line.line_id()].base_minor += sign * line.base_minor();
      lines_[line.line_id()].tax_minor += sign * line.tax_minor();
    }
    for (const FrozenCredit& credit : credits) {
      for (const CreditedShare& share : credit.shares()) {
        ShareLeft& left = shares_[{credit.member_id(), share.line_id()}];
        left.base_minor += sign * share.base_minor();
        left.cost_minor += sign * share.cost_minor();
      }
    }
  };
  add(issued.content(), issued.credits(), 1);
  for (const FrozenCreditNote& note : notes) {
    add(note.issued.content(), note.issued.credits(), -1);
  }
}

// What was given away has a cost and no base.
bool Uncredited::CostIsLeft(const std::string& line_id) const {
  return std::any_of(shares_.begin(), shares_.end(), [&](const auto& share) {
    return share.first.second == line_id && share.second.cost_minor != 0;
  });
}

DocumentContent Uncredited::Everything() const {
  DocumentContent content = issued_.content();
  if (untouched_) return content;
  content.clear_lines();
  content.clear_discount_ppm();
  content.clear_discount();
  content.clear_adjustment();
  content.clear_discount_minor();
  for (const DocumentLine& line : issued_.content().lines()) {
    const Left& left = lines_.at(line.line_id());
    if (left.base_minor == 0 && left.tax_minor == 0 && !CostIsLeft(line.line_id())) continue;
    *content.add_lines() = RestOf(line, left.base_minor, left.tax_minor, content.currency_code());
  }
  SumUp(content);
  content.set_subtotal_minor(content.base_minor());
  return content;
}

absl::Status Uncredited::Fit(DocumentContent& content) const {
  if (content.lines().empty()) return Exceeds(0);
  for (int i = 0; i < content.lines_size(); ++i) {
    DocumentLine& line = *content.mutable_lines(i);
    const auto left = lines_.find(line.line_id());
    if (left == lines_.end()) {
      return Invalid("CREDIT_LINE_UNKNOWN", "the invoice has no line of this key",
                     {{"line_index", absl::StrCat(i)}});
    }
    if (line.base_minor() > left->second.base_minor) return Exceeds(left->second.base_minor);
    const bool all = line.base_minor() == left->second.base_minor;
    line.set_tax_minor(all ? left->second.tax_minor
                           : std::min(line.tax_minor(), left->second.tax_minor));
  }
  SumUp(content);
  if (content.total_minor() > 0) return absl::OkStatus();
  return Invalid("AMOUNT_NOT_POSITIVE", "a credit note takes back more than nothing");
}

CreditedShare Uncredited::TakeShare(const ShareKey& key, int64_t base_minor) const {
  const ShareLeft& left = shares_.at(key);
  CreditedShare share;
  share.set_line_id(key.second);
  share.set_base_minor(base_minor);
  share.set_cost_minor(left.cost_minor);
  if (base_minor == left.base_minor) return share;
  share.set_cost_minor(static_cast<int64_t>(RoundedQuotient(
      static_cast<__int128>(left.cost_minor) * base_minor, left.base_minor, Rounding::kHalfUp)));
  return share;
}

absl::StatusOr<std::vector<FrozenCredit>> Uncredited::Split(const DocumentContent& content) const {
  std::vector<FrozenCredit> credits;
  for (const FrozenCredit& frozen : issued_.credits()) {
    FrozenCredit& credit = credits.emplace_back();
    credit.set_member_id(frozen.member_id());
    credit.set_weight(frozen.weight());
  }
  for (const DocumentLine& line : content.lines()) {
    std::vector<size_t> places;
    std::vector<int64_t> weights;
    for (size_t i = 0; i < credits.size(); ++i) {
      const auto left = shares_.find({credits[i].member_id(), line.line_id()});
      if (left == shares_.end()) continue;
      places.push_back(i);
      weights.push_back(left->second.base_minor);
    }
    std::vector<int64_t> bases(places.size());
    if (!places.empty() && line.base_minor() > 0) {
      ASSIGN_OR_RETURN(bases, Allocate(line.base_minor(), weights));
    }
    for (size_t i = 0; i < places.size(); ++i) {
      FrozenCredit& credit = credits[places[i]];
      CreditedShare share = TakeShare({credit.member_id(), line.line_id()}, bases[i]);
      if (share.base_minor() != 0 || share.cost_minor() != 0) {
        *credit.add_shares() = std::move(share);
      }
    }
  }
  std::erase_if(credits, [](const FrozenCredit& credit) { return credit.shares().empty(); });
  return credits;
}

}  // namespace crm::domain
