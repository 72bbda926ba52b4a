// What a group is worth: exact sums over its open members, per currency (T53). Pure functions;
// thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "domain/types/ids.h"
#include "domain/types/money.h"
#include "domain/types/rate.h"

namespace crm::domain {

// An open member of a group.
struct OpenGroupMember {
  OpportunityId opportunity;
  std::optional<Money> expected_revenue;  // nullopt: not known
  Probability probability;
};

// Totals in the currency of the amounts.
struct GroupTotals {
  // Of alternatives the carrier's (see below); of sub-projects the sum.
  Money expected_revenue;
  // Of alternatives the largest weighted revenue; of sub-projects the sum.
  Money weighted_revenue;
  // Of alternatives only: sum of probability times amount, exact, scaled by 100 % / sum of
  // probabilities where that sum exceeds 100 %; rounded once, half-up.
  std::optional<Money> exclusive_expectation;

  friend bool operator==(const GroupTotals&, const GroupTotals&) = default;
};

// Which members of a group of alternatives carry its totals in one currency; every other card
// contributes nothing, so totals remain sums of contributions.
struct GroupCarriers {
  Currency currency;
  OpportunityId volume;    // the preferred member when it is in this currency, else the largest
  OpportunityId weighted;  // the largest weighted revenue
};

// One entry per currency of the members, by code. Equal amounts: the lower id carries. `preferred`
// counts only while it is one of `members` with a known amount.
std::vector<GroupCarriers> CarriersOf(const std::vector<OpenGroupMember>& members,
                                      const OpportunityId& preferred);

// One entry per currency of the members, by code. INVALID_ARGUMENT AMOUNT_OVERFLOW when a sum does
// not fit.
absl::StatusOr<std::vector<GroupTotals>> GroupTotalsOf(v1::GroupKind kind,
                                                       const std::vector<OpenGroupMember>& members,
                                                       const OpportunityId& preferred);

}  // namespace crm::domain
