#include "domain/reconciliation/stock_sums.h"

#include <algorithm>

#include "domain/types/ids.h"

namespace crm::domain {

StockSums::Order& StockSums::OrderOf(const EventMetadata& metadata) {
  return orders_[SalesOrderId(metadata.stream.id)];
}

void StockSums::Move(const OrderedQuantities& quantities, const std::string& warehouse_id,
                     int sign) {
  for (const events::v1::OrderedQuantity& quantity : quantities) {
    if (quantity.product_id().empty()) continue;
    const StockItemId item = StockItemOf(FromBytes<ProductId>(quantity.product_id()),
                                         FromBytes<WarehouseId>(warehouse_id));
    items_[item].on_hand_e6 += sign * quantity.quantity_e6();
  }
}

void StockSums::Reserve(const OrderedQuantities& quantities, Order& order) {
  for (const events::v1::OrderedQuantity& quantity : quantities) {
    order.ever_reserved_e6[quantity.line_id()] += quantity.quantity_e6();
  }
}

void StockSums::On(const events::v1::StockReceived& event, const EventMetadata&) {
  for (const events::v1::StockMovement& movement : event.movements()) {
    const StockItemId item = StockItemOf(FromBytes<ProductId>(movement.product_id()),
                                         FromBytes<WarehouseId>(movement.warehouse_id()));
    items_[item].on_hand_e6 += movement.quantity_e6();
  }
}

void StockSums::On(const events::v1::StockOnHandPosted& event, const EventMetadata& metadata) {
  items_[StockItemId(metadata.stream.id)].posted_on_hand_e6 += event.quantity_e6();
}

void StockSums::On(const events::v1::StockReservationPosted& event, const EventMetadata& metadata) {
  items_[StockItemId(metadata.stream.id)].posted_reserved_e6 += event.reserved_e6();
  Posted& posted = posted_[{FromBytes<SalesOrderId>(event.sales_order_id()), event.line_id()}];
  posted.reserved_e6 += event.reserved_e6();
  posted.waiting_e6 += event.waiting_e6();
}

void StockSums::On(const events::v1::SalesOrderDrafted& event, const EventMetadata& metadata) {
  FoldLines(event.content(), OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderContentRevised& event,
                   const EventMetadata& metadata) {
  FoldLines(event.content(), OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderConfirmed& event, const EventMetadata& metadata) {
  Order& order = OrderOf(metadata);
  Reserve(event.reserved(), order);
  FoldLines(event, order.lines);
}

void StockSums::On(const events::v1::SalesOrderGoodsReserved& event,
                   const EventMetadata& metadata) {
  Order& order = OrderOf(metadata);
  Reserve(event.reserved(), order);
  FoldLines(event, order.lines);
}

void StockSums::On(const events::v1::SalesOrderDelivered& event, const EventMetadata& metadata) {
  Move(event.delivered(), event.warehouse_id(), -1);
  FoldLines(event, OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderDeliveryReturned& event,
                   const EventMetadata& metadata) {
  Move(event.returned(), event.warehouse_id(), 1);
  FoldLines(event, OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderInvoiced& event, const EventMetadata& metadata) {
  FoldLines(event, OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderInvoicingUndone& event,
                   const EventMetadata& metadata) {
  FoldLines(event, OrderOf(metadata).lines);
}

void StockSums::On(const events::v1::SalesOrderCancelled& event, const EventMetadata& metadata) {
  FoldLines(event, OrderOf(metadata).lines);
}

void StockSums::Conclude(Comparisons& comparisons) const {
  for (const auto& [id, item] : items_) {
    const StreamId subject = StreamOf(id);
    comparisons.Compare("stock", subject, "on hand, as receipts and deliveries tell",
                        item.on_hand_e6, item.posted_on_hand_e6);
    comparisons.Compare("stock", subject, "reserved, within what is on hand",
                        std::clamp<int64_t>(item.posted_reserved_e6, 0,
                                            std::max<int64_t>(item.posted_on_hand_e6, 0)),
                        item.posted_reserved_e6);
  }
  for (const auto& [id, order] : orders_) {
    const StreamId subject = StreamOf(id);
    for (const OrderLine& line : order.lines) {
      const auto found = posted_.find({id, line.line_id});
      const Posted posted = found == posted_.end() ? Posted() : found->second;
      comparisons.Compare("stock", subject, "reserved of a line, as the stock says",
                          line.reserved_e6, posted.reserved_e6);
      comparisons.Compare("stock", subject, "waited for by a line, as the stock says",
                          line.waiting_e6, posted.waiting_e6);
      const auto reserved = order.ever_reserved_e6.find(line.line_id);
      const int64_t most_e6 = !line.stocked()                            ? line.ordered_e6
                              : reserved == order.ever_reserved_e6.end() ? 0
                                                                         : reserved->second;
      comparisons.Compare("order", subject, "delivered of a line, within what was reserved",
                          std::min(line.delivered_e6, most_e6), line.delivered_e6);
      comparisons.Compare("order", subject, "invoiced of a line, within what was ordered",
                          std::clamp<int64_t>(line.invoiced_e6, 0, line.ordered_e6),
                          line.invoiced_e6);
    }
  }
}

}  // namespace crm::domain
