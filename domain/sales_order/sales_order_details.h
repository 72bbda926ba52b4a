// Between the descriptive fields of v1::SalesOrder and their stored form. Used by SalesOrder only.
// Pure functions; thread-safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/v1/sales_order_service.pb.h"

namespace crm::domain {

// The stored form; what is empty or zero is absent. Refuses INVALID_NAME, DATE_INVALID.
absl::StatusOr<events::v1::SalesOrderDetails> DetailsFrom(const v1::SalesOrder& order);

void ShowDetails(const events::v1::SalesOrderDetails& details, v1::SalesOrder& shown);

// The event that turns `from` into `to`, with exactly the changed fields; nullopt when there are
// none. The snapshot is left to the caller.
std::optional<events::v1::SalesOrderDetailsRevised> DetailsRevision(
    const events::v1::SalesOrderDetails& from, const events::v1::SalesOrderDetails& to);

// Applies a revision. Total.
void ApplyRevision(const events::v1::SalesOrderDetailsRevised& revision,
                   events::v1::SalesOrderDetails& details);

}  // namespace crm::domain
