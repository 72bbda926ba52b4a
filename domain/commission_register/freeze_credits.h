// What issuing an invoice freezes for commissions: who is credited with which part of it, under
// which policies, and who receives the overrides of its team. Nothing of it is looked up again but
// the policy versions, which never change. Pure over what the lookup reads; thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/events/v1/document_types.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/decide_context.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

// Which of several policies that match pays (T26).
enum class PolicyCombination { kFirstByPriority, kAll };

// Fills `credits` and `override_leader_id` of an invoice that is otherwise complete: day of issue,
// content, snapshot (team) and cycle are read from it. `credited` is who is credited with the
// document; empty: its owner. What is not credited, or paid by no policy, earns nothing.
// INVALID_ARGUMENT WEIGHTS_INVALID, AMOUNT_OVERFLOW as SplitCredits.
absl::Status FreezeCredits(
    const google::protobuf::RepeatedPtrField<events::v1::CreditedMember>& credited,
    PolicyCombination combination, const DecideContext& context, events::v1::InvoiceIssued& issued);

}  // namespace crm::domain
