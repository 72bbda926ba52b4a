// The birth of an opportunity, shared by CreateOpportunity and by a lead's conversion, so that both
// enter a pipeline by the same rules. Pure; thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "domain/opportunity/opportunity.h"
#include "domain/ownership.h"

namespace crm::domain {

// What a new opportunity starts with; references are the caller's to check.
struct OpportunityBirth {
  events::v1::OpportunityDetails details;  // customer included
  Ownership ownership;
  std::vector<Contribution> contributors;  // credited by an event of their own
  StageName stage;                         // nil: the first open stage of the team's pipeline
  std::optional<Money> expected_revenue;
  std::optional<Probability> probability;  // nullopt: follows the stage
  LeadId lead;                             // nil: entered directly
};

// The event that opens it. Refuses STAGE_REQUIRED (no stage, and no team with a pipeline),
// STAGE_CLOSED_KIND, STAGE_FIELDS_MISSING and what RequireLiveStage (pipeline.h) refuses.
absl::StatusOr<events::v1::OpportunityOpened> OpenOpportunity(const OpportunityBirth& birth,
                                                              const DecideContext& context);

}  // namespace crm::domain
