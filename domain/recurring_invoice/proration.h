// Proration: what is asked for of a cycle that ended early (T41). Pure functions; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/document_types.pb.h"
#include "domain/recurring_invoice/recurrence.h"

namespace crm::domain {

// The part of `full` that is owed when cycle `cycle` ends with `last_day`, as Recurrence::Prorated
// says of an amount: of every line its net as the price of one, of the document's discount and
// adjustment their parts, and totals reckoned anew. Requires that the cycle exists. Refuses what
// Reckon refuses.
absl::StatusOr<events::v1::DocumentContent> ProratedContent(const events::v1::DocumentContent& full,
                                                            const Recurrence& recurrence,
                                                            int64_t cycle, absl::CivilDay last_day);

}  // namespace crm::domain
