// An action on many opportunities, as the command it is for each of them: ApplyOpportunityAction
// decides nothing itself. Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "crm/v1/opportunity_service.pb.h"
#include "domain/opportunity/opportunity.h"
#include "domain/organization/organization.h"

namespace crm::domain {

using OpportunityItemCommand =
    std::variant<v1::AssignOpportunityRequest, v1::MoveStageRequest, v1::UpdateOpportunityRequest,
                 v1::LoseOpportunityRequest>;

// The command that does the action to `opportunity` as it is: a transfer keeps the team or owner it
// does not name, but a new owner brings along whatever team `settings` say an owner brings; labels
// are those it has, without the removed, with the added. A label that is both added and removed is
// removed. INVALID_ARGUMENT ACTION_REQUIRED, TAGS_TOO_MANY (more than 50).
absl::StatusOr<OpportunityItemCommand> ItemCommand(const v1::ApplyOpportunityActionRequest& command,
                                                   const Ref<Opportunity>& opportunity,
                                                   const OrganizationState& settings);

}  // namespace crm::domain
