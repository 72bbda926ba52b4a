// The terms of a commission policy in their two forms: as a client states them, as events store
// them. Used by CommissionPolicy, and by what reckons under terms that nobody published. Pure and
// thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_policy.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

// As wanted, with what was left out filled in. INVALID_ARGUMENT
//   COMMISSION_KIND_REQUIRED    what it reckons by is not said
//   POLICY_TERMS_CONTRADICTORY  a field that says nothing in a policy of this kind, named in the
//                               metadata; a product or category named twice, or both, or neither
//   POLICY_CURRENCY_REQUIRED    it names amounts, in no currency
//   POLICY_VALIDITY_INVALID     the last day comes before the first
// and what ladders (Ladder::Make), amounts (Money::FromProto), days and names are refused for.
// Whether what it names exists is not looked at.
absl::StatusOr<events::v1::PolicyTerms> TermsAsStated(const v1::PolicyTerms& wanted);

// The same of what exists: REFERENCE_NOT_FOUND for products, members and teams.
absl::StatusOr<events::v1::PolicyTerms> TermsFrom(const v1::PolicyTerms& wanted,
                                                  const DecideContext& context);

v1::PolicyTerms ShownTerms(const events::v1::PolicyTerms& stored);

}  // namespace crm::domain
