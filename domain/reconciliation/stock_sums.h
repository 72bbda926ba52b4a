// StockSums: sales orders and stock as the facts tell them, beside what the guard of stock says
// (StockItem). Quantities in millionths. Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/events/v1/stock_events.pb.h"
#include "domain/event_codec.h"
#include "domain/reconciliation/comparisons.h"
#include "domain/sales_order/order_line.h"
#include "domain/stock_item/stock_item.h"

namespace crm::domain {

class StockSums {
 public:
  void On(const events::v1::StockReceived& event, const EventMetadata& metadata);
  void On(const events::v1::StockOnHandPosted& event, const EventMetadata& metadata);
  void On(const events::v1::StockReservationPosted& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderDrafted& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderContentRevised& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderConfirmed& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderGoodsReserved& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderDelivered& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderDeliveryReturned& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderInvoiced& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderInvoicingUndone& event, const EventMetadata& metadata);
  void On(const events::v1::SalesOrderCancelled& event, const EventMetadata& metadata);

  void Conclude(Comparisons& comparisons) const;

 private:
  struct Item {
    int64_t on_hand_e6 = 0;  // as receipts and orders tell
    int64_t posted_on_hand_e6 = 0;
    int64_t posted_reserved_e6 = 0;
  };
  struct Posted {
    int64_t reserved_e6 = 0;
    int64_t waiting_e6 = 0;
  };
  struct Order {
    OrderLines lines;
    absl::btree_map<std::string, int64_t> ever_reserved_e6;  // by line
  };

  Order& OrderOf(const EventMetadata& metadata);
  void Move(const OrderedQuantities& quantities, const std::string& warehouse_id, int sign);
  void Reserve(const OrderedQuantities& quantities, Order& order);

  absl::btree_map<StockItemId, Item> items_;
  absl::btree_map<OrderLineKey, Posted> posted_;
  absl::btree_map<SalesOrderId, Order> orders_;
};

}  // namespace crm::domain
