// SalesOrderList: sales orders, the newest first, and which of them are to deliver or to invoice.
//
// Holds ids and figures and nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/sales_order_list.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct SalesOrderList {
  static constexpr absl::string_view kName = "sales_order_list";
  static constexpr int kVersion = 1;
  using Events =
      std::variant<events::v1::SalesOrderDrafted, events::v1::SalesOrderContentRevised,
                   events::v1::SalesOrderDetailsRevised, events::v1::SalesOrderConfirmed,
                   events::v1::SalesOrderDelivered, events::v1::SalesOrderDeliveryReturned,
                   events::v1::SalesOrderInvoiced, events::v1::SalesOrderInvoicingUndone,
                   events::v1::SalesOrderCancelled, events::v1::SalesOrderAssigned>;

  using Newest = Descending<absl::Time>;  // when it was drafted
  static constexpr Table<std::tuple<domain::SalesOrderId>, views::v1::SalesOrderCard> kOrders{1};
  static constexpr Table<std::tuple<Newest, domain::SalesOrderId>, views::v1::Mark> kByTime{2};
  static constexpr Table<std::tuple<domain::CustomerId, Newest, domain::SalesOrderId>,
                         views::v1::Mark>
      kOfCustomer{3};
  static constexpr auto kTables = std::tuple(kOrders, kByTime, kOfCustomer);

  static absl::Status Apply(const events::v1::SalesOrderDrafted& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  template <class E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::SalesOrderCard * card,
                     kOrders.Edit(rows, {domain::SalesOrderId(metadata.stream.id)}));
    Fold(*card, event);
    return absl::OkStatus();
  }

  // The newest first. INVALID_ARGUMENT INVALID_NAME for what the request names, PAGE_TOKEN_INVALID
  // for a place that is none.
  static absl::StatusOr<std::vector<domain::SalesOrderId>> Select(
      const v1::ListSalesOrdersRequest& request, const ViewReader& rows, QueryContext& context);

 private:
  using Card = views::v1::SalesOrderCard;
  static void Fold(Card& card, const events::v1::SalesOrderContentRevised& event);
  static void Fold(Card& card, const events::v1::SalesOrderDetailsRevised& event);
  static void Fold(Card& card, const events::v1::SalesOrderConfirmed& event);
  static void Fold(Card& card, const events::v1::SalesOrderDelivered& event);
  static void Fold(Card& card, const events::v1::SalesOrderDeliveryReturned& event);
  static void Fold(Card& card, const events::v1::SalesOrderInvoiced& event);
  static void Fold(Card& card, const events::v1::SalesOrderInvoicingUndone& event);
  static void Fold(Card& card, const events::v1::SalesOrderCancelled& event);
  static void Fold(Card& card, const events::v1::SalesOrderAssigned& event);
};

}  // namespace crm::projections
