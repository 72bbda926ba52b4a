// Between the descriptive fields of v1::Lead and their stored form. Internal to domain/lead. Pure
// functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "domain/lead/lead.h"

namespace crm::domain {

// The stored form of what was sent: what is empty or zero is absent, the e-mail is not yet looked
// at. Refuses AMOUNT_NEGATIVE and what Money::FromProto refuses.
absl::StatusOr<events::v1::LeadDetails> LeadDetailsFrom(const v1::Lead& lead);

// I2: refuses NO_CONTACT_DATA and EMAIL_INVALID, normalises the e-mail.
absl::Status RequireReachable(events::v1::LeadDetails& details);

// Fills in the descriptive fields of the resource.
void ShowDetails(const events::v1::LeadDetails& details, v1::Lead& lead);

// The fields of the resource that clients fill in: descriptive ones, ownership and stage.
v1::Lead InputsOf(const LeadState& state);

}  // namespace crm::domain
