// The first organization of an empty data directory, and whoever creates further ones: the same
// road as every other command, with the system as its actor.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crm/v1/operator_service.pb.h"
#include "services/command_pipeline.h"

namespace crm::services {

// A call by the operator, about the organization that `request_id` gives birth to.
Call OperatorCall(const Call& call, const std::string& request_id);

// Creates the organization `command` describes, draws its administrator's secret, and returns the
// token's text. Blocks until it is durable; `command` needs no request_id and no secret_hash.
absl::StatusOr<std::string> CreateFirstOrganization(CommandPipeline& pipeline, const Clock& clock,
                                                    v1::CreateOrganizationRequest command);

}  // namespace crm::services
