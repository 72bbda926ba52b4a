// StockLevels: how much of each product is in each warehouse, for whom, and what is on its way; and
// the list of purchases. Facts are added up by their date, in whatever order they arrive, so a past
// level may be below zero where goods were entered later than what was delivered of them.
//
// Stock is everybody's to see, so rows are not filtered by audience. Nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/events/v1/stock_events.pb.h"
#include "crm/v1/purchase_service.pb.h"
#include "crm/v1/stock_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/stock_level.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct StockLevels {
  static constexpr absl::string_view kName = "stock_level";
  static constexpr int kVersion = 1;
  using Events =
      std::variant<events::v1::StockReceived, events::v1::SalesOrderConfirmed,
                   events::v1::SalesOrderGoodsReserved, events::v1::SalesOrderDelivered,
                   events::v1::SalesOrderDeliveryReturned, events::v1::SalesOrderCancelled,
                   events::v1::PurchaseRequested, events::v1::PurchaseOrdered,
                   events::v1::PurchaseReceived, events::v1::PurchaseCancelled>;

  static constexpr Table<std::tuple<domain::ProductId, domain::WarehouseId>, views::v1::StockLevel>
      kLevels{1};
  static constexpr Table<std::tuple<domain::PurchaseId>, views::v1::PurchaseCard> kPurchases{2};
  // By the time they were asked for.
  static constexpr Table<std::tuple<absl::Time, domain::PurchaseId>, views::v1::Mark>
      kPurchasesByTime{3};
  static constexpr auto kTables = std::tuple(kLevels, kPurchases, kPurchasesByTime);

  using Metadata = domain::EventMetadata;
  static absl::Status Apply(const events::v1::StockReceived& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SalesOrderConfirmed& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SalesOrderGoodsReserved& event,
                            const Metadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SalesOrderDelivered& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SalesOrderDeliveryReturned& event,
                            const Metadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SalesOrderCancelled& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PurchaseRequested& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PurchaseOrdered& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PurchaseReceived& event, const Metadata& metadata,
                            ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PurchaseCancelled& event, const Metadata& metadata,
                            ViewTransaction& rows);

  // By product, then warehouse. INVALID_ARGUMENT INVALID_NAME for what the request names,
  // PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<v1::ListStockLevelsResponse> Answer(
      const v1::ListStockLevelsRequest& request, const ViewReader& rows, QueryContext& context);
  // The oldest first. Refuses as above.
  static absl::StatusOr<std::vector<domain::PurchaseId>> Select(
      const v1::ListPurchasesRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
