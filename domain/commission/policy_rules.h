// What a stored version of a policy makes of an invoice: the rule by which books earn, and the
// shares that a frozen credit brings into a book. Between events and book.h; used by what issues
// invoices and by what recognises commissions. Pure functions; thread-safe.
#pragma once

#include <cstdint>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/document_types.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/commission/book.h"
#include "domain/commission/ladder.h"

namespace crm::domain {

// Shares of a base or margin by what earns by itself; see EarningRule.
using GroupShares = absl::btree_map<Uuid, int64_t>;

// A ladder as stored. What Ladder::Make refuses; never of a ladder that was stored.
absl::StatusOr<Ladder> LadderFrom(const events::v1::Ladder& stored);

// How a version earns. Requires terms that were stored; an error means they are damaged.
absl::StatusOr<EarningRule> RuleOf(const events::v1::PolicyTerms& terms, Rounding rounding);
// How the leader earns by the override of these terms: a rate of what the agents earn by.
EarningRule OverrideRuleOf(const events::v1::PolicyTerms& terms, Rounding rounding);

// What a credited member brings into a book under these terms: the bases of the lines, or their
// margins, summed by group. A line whose cost is not known has no margin. Lines of which nothing
// is credited are left out.
GroupShares SharesOf(const events::v1::PolicyTerms& terms,
                     const events::v1::DocumentContent& content,
                     const events::v1::FrozenCredit& credit);

}  // namespace crm::domain
