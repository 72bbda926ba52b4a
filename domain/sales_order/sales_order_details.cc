#include "domain/sales_order/sales_order_details.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/render.h"
#include "domain/sales_order/order_line.h"
#include "domain/types/calendar.h"
#include "domain/types/ids.h"

namespace crm::domain {
namespace {

using events::v1::SalesOrderDetails;
using events::v1::SalesOrderDetailsRevised;

// The one field whose stored name is not that of the resource.
constexpr const char* kStoredDay = "expected_delivery";
constexpr const char* kDay = "expected_delivery_date";

}  // namespace

absl::StatusOr<SalesOrderDetails> DetailsFrom(const v1::SalesOrder& order) {
  SalesOrderDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(order.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  if (order.has_expected_delivery_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, DayFromProto(order.expected_delivery_date()));
    *details.mutable_expected_delivery() = StoredDay(day);
  }
  ASSIGN_OR_RETURN(const auto warehouse, ParseOptionalName<WarehouseId>(order.warehouse()));
  if (!warehouse.IsNil()) details.set_warehouse_id(ToBytes(warehouse));
  if (order.backorder()) details.set_backorder(true);
  details.set_invoicing(InvoicingFrom(order.invoicing()));
  ASSIGN_OR_RETURN(const auto opportunity, ParseOptionalName<OpportunityId>(order.opportunity()));
  if (!opportunity.IsNil()) details.set_opportunity_id(ToBytes(opportunity));
  *details.mutable_tags() = order.tags();
  return details;
}

void ShowDetails(const SalesOrderDetails& details, v1::SalesOrder& shown) {
  shown.set_display_name(details.display_name());
  if (details.has_expected_delivery()) {
    *shown.mutable_expected_delivery_date() =
        DayToProto(DayFromStored(details.expected_delivery()));
  }
  shown.set_warehouse(NameOf(FromBytes<WarehouseId>(details.warehouse_id())));
  shown.set_backorder(details.backorder());
  shown.set_invoicing(InvoicingFrom(details.invoicing()));
  shown.set_opportunity(NameOf(FromBytes<OpportunityId>(details.opportunity_id())));
  *shown.mutable_tags() = details.tags();
}

std::optional<SalesOrderDetailsRevised> DetailsRevision(const SalesOrderDetails& from,
                                                        const SalesOrderDetails& to) {
  auto revised = RevisionOf<SalesOrderDetailsRevised>(from, to);
  if (revised.fields().empty()) return std::nullopt;
  absl::c_replace(*revised.mutable_fields(), kStoredDay, kDay);
  return revised;
}

void ApplyRevision(const SalesOrderDetailsRevised& revision, SalesOrderDetails& details) {
  FieldNames fields = revision.fields();
  absl::c_replace(fields, kDay, kStoredDay);
  CopyFields(revision.details(), fields, details);
}

}  // namespace crm::domain
