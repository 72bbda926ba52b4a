// Between the descriptive fields of v1::Invoice and their stored form. Used by Invoice only. Pure
// functions; thread-safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/invoice.pb.h"

namespace crm::domain {

// The stored form; what is empty or zero is absent. Refuses INVALID_NAME, DATE_INVALID.
absl::StatusOr<events::v1::InvoiceDetails> DetailsFrom(const v1::Invoice& invoice);

void ShowDetails(const events::v1::InvoiceDetails& details, v1::Invoice& shown);

// The event that turns `from` into `to`, with exactly the changed fields; nullopt when there are
// none. The snapshot is left to the caller.
std::optional<events::v1::InvoiceDetailsRevised> DetailsRevision(
    const events::v1::InvoiceDetails& from, const events::v1::InvoiceDetails& to);

// Applies a revision. Total.
void ApplyRevision(const events::v1::InvoiceDetailsRevised& revision,
                   events::v1::InvoiceDetails& details);

}  // namespace crm::domain
