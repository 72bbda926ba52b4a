// A row of the customer list: a customer, or a grey one that is known only from a lead (the list is
// of both, the streams are not). Rendered from the stream it stands for. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "crm/v1/customer_service.pb.h"
#include "domain/lookup.h"
#include "projections/customer_list.h"

namespace crm::services {

struct CustomerRow {
  static absl::StatusOr<v1::Customer> RenderRow(const projections::CustomerList::RowId& id,
                                                const domain::Lookup& lookup);
};

}  // namespace crm::services
