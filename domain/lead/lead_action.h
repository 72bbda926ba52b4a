// Bulk actions: what ApplyLeadAction means for one of its leads. The pipeline decides the items one
// after the other in a single commit, each on the state that the items before it left, so that a
// roster fills up within the batch. Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "crm/v1/lead_service.pb.h"
#include "domain/lead/lead.h"
#include "domain/organization/organization.h"

namespace crm::domain {

// The command that one item stands for.
using LeadItemCommand =
    std::variant<v1::AssignLeadRequest, v1::MoveLeadStageRequest, v1::UpdateLeadRequest,
                 v1::LoseLeadRequest, v1::JunkLeadRequest, v1::RouteLeadRequest>;

// The command for this lead. Only its name and what the action says are filled in: request id,
// validate_only and effective_time are those of the batch. A lead stays in its team where none is
// named, but a new owner brings along whatever team `settings` say an owner brings.
// INVALID_ARGUMENT ACTION_REQUIRED when the batch has none, TAGS_TOO_MANY when the lead would have
// more than 50.
absl::StatusOr<LeadItemCommand> ItemCommand(const v1::ApplyLeadActionRequest& batch,
                                            const Ref<Lead>& lead,
                                            const OrganizationState& settings);

}  // namespace crm::domain
