// What other decisions do to sales orders, in their own commits: a voided invoice is to invoice
// again, goods that arrive or are freed go to whoever waits. Invariants are those of
// sales_order.h. Pure over what the lookup reads; thread-safe.
#pragma once

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "domain/decide_context.h"
#include "domain/sales_order/sales_order.h"
#include "domain/sales_order/stock_desk.h"

namespace crm::domain {

namespace internal {
events::v1::SalesOrderInvoicingUndone InvoicingUndone(const SalesOrderState& state,
                                                      const InvoiceId& invoice);
}  // namespace internal

// I5, when an invoice that was made of the order is voided: an effect of that.
template <class Event>
absl::Status UndoInvoicing(const SalesOrderId& id, const InvoiceId& invoice,
                           const DecideContext& context, Decision<Event>& decision) {
  const absl::StatusOr<Ref<SalesOrder>> order = context.Find<SalesOrder>(id);
  if (!order.ok()) return order.status();
  events::v1::SalesOrderInvoicingUndone undone = internal::InvoicingUndone(order->state(), invoice);
  if (!undone.undone().empty()) decision.Affect(*order, std::move(undone));
  return absl::OkStatus();
}

// I6: those whom the desk served get their goods, as effects of the decision; freed by a receipt or
// by another order, whichever is not nil.
template <class Event>
absl::Status GiveGoods(const StockDesk& desk, const WarehouseId& warehouse,
                       const StockReceiptId& receipt, const SalesOrderId& freed_by,
                       const DecideContext& context, Decision<Event>& decision) {
  for (const auto& [id, quantities] : desk.served()) {
    events::v1::SalesOrderGoodsReserved reserved;
    *reserved.mutable_reserved() = quantities;
    reserved.set_stock_receipt_id(ToBytes(receipt));
    reserved.set_sales_order_id(ToBytes(freed_by));
    reserved.set_warehouse_id(ToBytes(warehouse));
    if constexpr (std::is_constructible_v<Event, events::v1::SalesOrderGoodsReserved>) {
      if (id == freed_by) {
        decision.Add(std::move(reserved));
        continue;
      }
    }
    const absl::StatusOr<Ref<SalesOrder>> order = context.Find<SalesOrder>(id);
    if (!order.ok()) return order.status();
    // Goods that were there before they were ordered are reserved when they were ordered.
    if (order->head.last_effective_time > context.effective_time()) {
      decision.AffectAt(*order, order->head.last_effective_time, std::move(reserved));
    } else {
      decision.Affect(*order, std::move(reserved));
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::domain
