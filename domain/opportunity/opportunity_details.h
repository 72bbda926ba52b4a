// Between the descriptive fields of v1::Opportunity and their stored form, and the questions asked
// about fields by name. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "domain/opportunity/opportunity.h"

namespace crm::domain {

// The stored form; what is empty or zero is absent, the forecast category always present. Refuses
// DISPLAY_NAME_REQUIRED, INVALID_NAME, DATE_INVALID, AMOUNT_NEGATIVE and what Money::FromProto
// refuses.
absl::StatusOr<events::v1::OpportunityDetails> DetailsFrom(const v1::Opportunity& opportunity);

// The event that turns `from` into `to`, with exactly the changed fields; nullopt when there are
// none. The snapshot is left to the caller.
std::optional<events::v1::OpportunityDetailsRevised> DetailsRevision(
    const events::v1::OpportunityDetails& from, const events::v1::OpportunityDetails& to);

// Applies a revision. Total.
void ApplyRevision(const events::v1::OpportunityDetailsRevised& revision,
                   events::v1::OpportunityDetails& details);

// The fields of the resource that clients fill in: descriptive ones, ownership, stage, amount,
// entered probability, contributors.
v1::Opportunity InputsOf(const OpportunityState& state);

// Which of the `required` fields are not filled in, in that order.
std::vector<std::string> MissingFields(const std::vector<std::string>& required,
                                       const v1::Opportunity& inputs);

// An amount that is not negative. Refuses AMOUNT_NEGATIVE and what Money::FromProto refuses.
absl::StatusOr<Money> AmountFrom(const google::type::Money& amount);

}  // namespace crm::domain
