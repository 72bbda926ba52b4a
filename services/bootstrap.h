// The first organization of an empty data directory, and whoever creates further ones: the same
// road as every other command, with the system as its actor.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crm/v1/operator_service.pb.h"
#include "services/command_pipeline.h"

namespace crm::services {

// A call by the operator, about the organization that `request_id` gives birth to.
Call OperatorCall(const Call& call, const std::string& request_id);

// Takes a token's text to whoever asked for it; a status that is not OK calls the birth off.
using HandOver = std::function<absl::Status(const std::string& token)>;

// Draws the administrator's secret, hands the token over, and only then creates the organization
// `command` describes: a token that got lost could never be shown again. Blocks until it is
// durable; `command` needs no request_id and no secret_hash.
absl::Status CreateFirstOrganization(CommandPipeline& pipeline, const Clock& clock,
                                     v1::CreateOrganizationRequest command,
                                     const HandOver& hand_over);

}  // namespace crm::services
