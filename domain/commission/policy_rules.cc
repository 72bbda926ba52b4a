#include "domain/commission/policy_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "crm/v1/commission_policy.pb.h"

namespace crm::domain {
namespace {

using events::v1::DocumentLine;
using events::v1::PolicyTerms;

Uuid IdFrom(const std::string& bytes) { return Uuid::FromBytes(bytes).value_or(Uuid()); }

LadderMode ModeFrom(int stored) {
  switch (stored) {
    case v1::LADDER_MODE_WHOLE:
      return LadderMode::kWhole;
    case v1::LADDER_MODE_STEP_FIXED:
      return LadderMode::kStepFixed;
    default:
      return LadderMode::kMarginal;
  }
}

// The entry of the product, else of its deepest category that has one; nil: none. Categories of a
// line are stored the deepest first.
Uuid EntryFor(const PolicyTerms& terms, const DocumentLine& line) {
  const auto names = [&](const std::string& product, const std::string& category) {
    return std::any_of(terms.products().begin(), terms.products().end(), [&](const auto& entry) {
      return entry.product_id() == product && entry.category_id() == category;
    });
  };
  if (line.product_id().empty()) return Uuid();
  if (names(line.product_id(), "")) return IdFrom(line.product_id());
  for (const std::string& category : line.category_ids()) {
    if (names("", category)) return IdFrom(category);
  }
  return Uuid();
}

Uuid GroupOf(const PolicyTerms& terms, const DocumentLine& line) {
  switch (terms.kind()) {
    case v1::COMMISSION_KIND_PRODUCT:
    case v1::COMMISSION_KIND_PRODUCT_LADDER:
      return EntryFor(terms, line);
    case v1::COMMISSION_KIND_MARGIN:
      return terms.margin_floor() == v1::MARGIN_FLOOR_LINE ? IdFrom(line.line_id()) : Uuid();
    default:
      return Uuid();
  }
}

bool KnowsCost(const DocumentLine& line, const events::v1::DocumentContent& content) {
  return line.has_unit_cost() && line.unit_cost().currency_code() == content.currency_code();
}

bool IsFloored(const PolicyTerms& terms) {
  return terms.kind() == v1::COMMISSION_KIND_MARGIN &&
         terms.margin_floor() != v1::MARGIN_FLOOR_NONE;
}

}  // namespace

absl::StatusOr<Ladder> LadderFrom(const events::v1::Ladder& stored) {
  std::vector<LadderStep> steps;
  for (const events::v1::LadderStep& step : stored.steps()) {
    steps.push_back(
        {.lower_minor = step.lower_minor(),
         .upper_minor = step.upper_minor() == 0 ? std::nullopt : std::optional(step.upper_minor()),
         .rate_ppm = step.rate_ppm(),
         .amount_minor = step.amount_minor()});
  }
  return Ladder::Make(ModeFrom(stored.mode()), std::move(steps), stored.capped());
}

absl::StatusOr<EarningRule> RuleOf(const PolicyTerms& terms, Rounding rounding) {
  EarningRule rule;
  rule.rounding = rounding;
  rule.floored = IsFloored(terms);
  const bool by_ladder = terms.kind() == v1::COMMISSION_KIND_LADDER ||
                         terms.kind() == v1::COMMISSION_KIND_PRODUCT_LADDER;
  if (!by_ladder) {
    rule.otherwise = Ladder::Flat(terms.rate_ppm());
  } else if (terms.has_ladder()) {
    ASSIGN_OR_RETURN(rule.otherwise, LadderFrom(terms.ladder()));
  }
  for (const events::v1::ProductTerms& entry : terms.products()) {
    Ladder ladder = Ladder::Flat(entry.rate_ppm());
    if (by_ladder) {
      ASSIGN_OR_RETURN(ladder, LadderFrom(entry.ladder()));
    }
    rule.ladders.insert_or_assign(
        IdFrom(entry.product_id().empty() ? entry.category_id() : entry.product_id()),
        std::move(ladder));
  }
  return rule;
}

EarningRule OverrideRuleOf(const PolicyTerms& terms, Rounding rounding) {
  EarningRule rule;
  rule.otherwise = Ladder::Flat(terms.override().rate_ppm());
  rule.floored = IsFloored(terms);
  rule.rounding = rounding;
  return rule;
}

GroupShares SharesOf(const PolicyTerms& terms, const events::v1::DocumentContent& content,
                     const events::v1::FrozenCredit& credit) {
  absl::btree_map<std::string, const DocumentLine*> lines;
  for (const DocumentLine& line : content.lines()) lines[line.line_id()] = &line;
  GroupShares shares;
  for (const events::v1::CreditedShare& share : credit.shares()) {
    const auto line = lines.find(share.line_id());
    if (line == lines.end()) continue;
    int64_t amount_minor = share.base_minor();
    if (terms.kind() == v1::COMMISSION_KIND_MARGIN) {
      amount_minor =
          KnowsCost(*line->second, content) ? share.base_minor() - share.cost_minor() : 0;
    }
    shares[GroupOf(terms, *line->second)] += amount_minor;
  }
  return shares;
}

}  // namespace crm::domain
