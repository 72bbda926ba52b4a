// Between the rule of a recurring invoice as a client enters it, as events store it, and the days
// it plans (recurrence.h). Used by the recurring invoice and by the view `schedule`. Pure
// functions; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "crm/events/v1/recurring_invoice_events.pb.h"
#include "crm/v1/recurring_invoice_service.pb.h"
#include "domain/recurring_invoice/recurrence.h"

namespace crm::domain {

// What a client entered, without the defaults left out: every month. INVALID_ARGUMENT
// RECURRENCE_INVALID without an anchor, with a last day before it, and what Recurrence::Make
// refuses; DATE_INVALID.
absl::StatusOr<events::v1::RecurrenceRule> RuleFrom(const v1::RecurringInvoice& entered);

// The days of a stored rule: as many as it says, and none after its last day. RECURRENCE_INVALID
// only for a rule that is damaged, or whose last day is before its anchor.
absl::StatusOr<Recurrence> RecurrenceOf(const events::v1::RecurrenceRule& rule);

// Its fields of the resource.
void ShowRule(const events::v1::RecurrenceRule& rule, v1::RecurringInvoice& shown);

}  // namespace crm::domain
