#include "domain/opportunity_group/group_totals.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/btree_map.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::domain {
namespace {

using Members = std::vector<OpenGroupMember>;

Money WeightedOf(const OpenGroupMember& member) {
  return member.probability.Weighted(*member.expected_revenue);
}

absl::btree_map<Currency, Members> ByCurrency(const Members& members) {
  absl::btree_map<Currency, Members> by_currency;
  for (const OpenGroupMember& member : members) {
    if (!member.expected_revenue.has_value()) continue;
    by_currency[member.expected_revenue->currency()].push_back(member);
  }
  return by_currency;
}

// The member with the largest `value`, among equals the one with the lower id. Requires members.
template <class Value>
const OpenGroupMember& Largest(const Members& members, Value value) {
  const OpenGroupMember* largest = &members.front();
  for (const OpenGroupMember& member : members) {
    const Money amount = value(member);
    const Money best = value(*largest);
    const bool wins =
        amount > best || (amount == best && member.opportunity < largest->opportunity);
    if (wins) largest = &member;
  }
  return *largest;
}

// sum(p * v) / max(100 %, sum of p), rounded once.
absl::StatusOr<Money> ExclusiveExpectation(Currency currency, const Members& members,
                                           int64_t probability_sum_bp) {
  __int128 expectation = 0;
  for (const OpenGroupMember& member : members) {
    expectation +=
        static_cast<__int128>(member.expected_revenue->minor()) * member.probability.basis_points();
  }
  const int64_t whole = std::max<int64_t>(Probability::kCertainBp, probability_sum_bp);
  const __int128 minor = RoundedQuotient(expectation, whole, Rounding::kHalfUp);
  if (minor > std::numeric_limits<int64_t>::max()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "AMOUNT_OVERFLOW",
                      "the expectation does not fit");
  }
  return Money(currency, static_cast<int64_t>(minor));
}

absl::StatusOr<GroupTotals> SumOf(Currency currency, const Members& members) {
  GroupTotals totals = {Money(currency, 0), Money(currency, 0), std::nullopt};
  for (const OpenGroupMember& member : members) {
    ASSIGN_OR_RETURN(totals.expected_revenue, totals.expected_revenue + *member.expected_revenue);
    ASSIGN_OR_RETURN(totals.weighted_revenue, totals.weighted_revenue + WeightedOf(member));
  }
  return totals;
}

const OpenGroupMember* FindMember(const Members& members, const OpportunityId& id) {
  for (const OpenGroupMember& member : members) {
    if (member.opportunity == id) return &member;
  }
  return nullptr;
}

}  // namespace

std::vector<GroupCarriers> CarriersOf(const Members& members, const OpportunityId& preferred) {
  const auto amount = [](const OpenGroupMember& member) { return *member.expected_revenue; };
  std::vector<GroupCarriers> carriers;
  for (const auto& [currency, inside] : ByCurrency(members)) {
    const bool has_preferred = FindMember(inside, preferred) != nullptr;
    const OpportunityId volume = has_preferred ? preferred : Largest(inside, amount).opportunity;
    carriers.push_back({currency, volume, Largest(inside, WeightedOf).opportunity});
  }
  return carriers;
}

absl::StatusOr<std::vector<GroupTotals>> GroupTotalsOf(v1::GroupKind kind, const Members& members,
                                                       const OpportunityId& preferred) {
  std::vector<GroupTotals> totals;
  const auto by_currency = ByCurrency(members);
  if (kind != v1::GROUP_KIND_ALTERNATIVES) {
    for (const auto& [currency, inside] : by_currency) {
      ASSIGN_OR_RETURN(GroupTotals sum, SumOf(currency, inside));
      totals.push_back(sum);
    }
    return totals;
  }
  // Alternatives exclude each other whatever their currency and whether or not they have an amount.
  int64_t probability_sum_bp = 0;
  for (const OpenGroupMember& member : members) {
    probability_sum_bp += member.probability.basis_points();
  }
  for (const GroupCarriers& carriers : CarriersOf(members, preferred)) {
    const Members& inside = by_currency.at(carriers.currency);
    ASSIGN_OR_RETURN(const Money expectation,
                     ExclusiveExpectation(carriers.currency, inside, probability_sum_bp));
    totals.push_back({*FindMember(inside, carriers.volume)->expected_revenue,
                      WeightedOf(*FindMember(inside, carriers.weighted)), expectation});
  }
  return totals;
}

}  // namespace crm::domain
