// The guards that decisions about opportunities and their groups share. Pure functions;
// thread-safe.
#pragma once

#include <string>
#include <utility>

#include "domain/opportunity/opportunity.h"
#include "domain/pipeline/pipeline.h"

namespace crm::domain {

// I6: OPPORTUNITY_ARCHIVED or OPPORTUNITY_CLOSED.
absl::Status RequireEditable(const OpportunityState& state);
absl::Status RequireNotArchived(const OpportunityState& state);

// The live stage of kind open in an opportunity pipeline, for an opportunity in the pipeline
// `within` (nil: a new one): I1.
absl::StatusOr<Stage> RequireOpenStage(const StageName& name, const PipelineId& within,
                                       const DecideContext& context);

// I2: `inputs` has what the stage requires. STAGE_FIELDS_MISSING names opportunity and fields.
absl::Status RequireFieldsFor(const Stage& stage, const OpportunityId& opportunity,
                              const v1::Opportunity& inputs);

// What the event says of contributors (I10).
events::v1::ContributorsCredited CreditedTo(const std::vector<Contribution>& contributors,
                                            events::v1::OpportunitySnapshot at);

// I4: what the probability is for those that follow the stage. REFERENCE_NOT_FOUND and the like.
absl::StatusOr<Probability> StageProbability(const OpportunityState& state,
                                             const DecideContext& context);

// The events of a new amount, or a new probability, in an otherwise unchanged opportunity.
events::v1::ExpectedRevenueRevised RevenueRevision(const OpportunityState& state,
                                                   const std::optional<Money>& to);
events::v1::ProbabilityRevised ProbabilityRevision(const OpportunityState& state,
                                                   const std::optional<Probability>& entered,
                                                   Probability of_stage);

// I4: where the probability comes from and what it is, for any event that carries both.
template <class E>
void SetProbability(const std::optional<Probability>& entered, Probability of_stage, E& event) {
  const Probability probability = entered.value_or(of_stage);
  event.set_probability_source(entered.has_value() ? events::v1::PROBABILITY_SOURCE_EXPLICIT
                                                   : events::v1::PROBABILITY_SOURCE_STAGE);
  event.set_probability_bp(probability.basis_points());
}

}  // namespace crm::domain
