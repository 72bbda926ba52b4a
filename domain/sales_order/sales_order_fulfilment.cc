// Decisions of SalesOrder about goods: confirmed, delivered, returned, cancelled.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "domain/number_register/number_register.h"
#include "domain/organization/organization.h"
#include "domain/product/product.h"
#include "domain/purchase/purchase.h"
#include "domain/rejection.h"
#include "domain/sales_order/order_effects.h"
#include "domain/sales_order/sales_order.h"
#include "domain/sales_order/stock_desk.h"

namespace crm::domain {
namespace {

using State = SalesOrderState;
using Result = SalesOrder::Result;
using Events = Decision<SalesOrder::Event>;
using events::v1::OrderedQuantity;

absl::Status RefuseOrder(absl::string_view reason, absl::string_view message,
                         const SalesOrderId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"sales_order", NameOf(id)}});
}

absl::Status RefuseLine(absl::string_view reason, absl::string_view message,
                        const std::string& line_id, absl::string_view key, int64_t quantity_e6) {
  return Refuse(reason, message,
                {{"line_key", Uuid::FromBytes(line_id).value_or(Uuid{}).ToString()},
                 {std::string(key), absl::StrCat(quantity_e6)}});
}

OrderLineKey KeyOf(const State& state, const OrderLine& line) { return {state.id, line.line_id}; }

ProductId ProductOf(const OrderLine& line) { return FromBytes<ProductId>(line.product_id); }

// I3.
absl::Status RequireApproval(const State& state, const DecideContext& context) {
  if (state.agreed || state.approved) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  if (!settings->proposal_approval_required) return absl::OkStatus();
  return RefuseOrder("APPROVAL_REQUIRED", "wants a manager's approval first", state.id);
}

// The lines that are taken from stock, as the products say today.
absl::StatusOr<OrderLines> StockedLines(const State& state, const DecideContext& context) {
  OrderLines stocked;
  for (const events::v1::DocumentLine& line : state.document.content.lines()) {
    if (line.product_id().empty()) continue;
    ASSIGN_OR_RETURN(const Ref<Product> product,
                     context.Find<Product>(FromBytes<ProductId>(line.product_id())));
    if (!product->details.stocked()) continue;
    OrderLine& added = stocked.emplace_back();
    added.line_id = line.line_id();
    added.product_id = line.product_id();
    added.ordered_e6 = line.quantity_e6();
  }
  return stocked;
}

// I2: after those who wait already.
absl::Status ReserveLines(const State& state, const OrderLines& lines, StockDesk& desk,
                          events::v1::SalesOrderConfirmed& confirmed) {
  for (const OrderLine& line : lines) RETURN_IF_ERROR(desk.OnHandE6(ProductOf(line)).status());
  desk.Serve();
  for (const OrderLine& line : lines) {
    ASSIGN_OR_RETURN(const int64_t reserved_e6,
                     desk.Reserve(KeyOf(state, line), ProductOf(line), line.ordered_e6));
    if (reserved_e6 < line.ordered_e6 && !state.details.backorder()) {
      return RefuseLine("STOCK_INSUFFICIENT", "less is there than was ordered", line.line_id,
                        "available_e6", reserved_e6);
    }
    if (reserved_e6 > 0) *confirmed.add_reserved() = QuantityOf(line, reserved_e6);
    if (reserved_e6 < line.ordered_e6) {
      *confirmed.add_waiting() = QuantityOf(line, line.ordered_e6 - reserved_e6);
    }
  }
  return absl::OkStatus();
}

// I2.
absl::Status RequestPurchases(const State& state, const OrderedQuantities& missing,
                              const DecideContext& context, Events& decision) {
  for (const OrderedQuantity& quantity : missing) {
    ASSIGN_OR_RETURN(const Ref<Purchase> purchase,
                     context.Find<Purchase>(PurchaseFor({state.id, quantity.line_id()})));
    events::v1::PurchaseRequested requested;
    requested.set_product_id(quantity.product_id());
    requested.set_warehouse_id(state.details.warehouse_id());
    requested.set_quantity_e6(quantity.quantity_e6());
    requested.set_sales_order_id(ToBytes(state.id));
    *requested.mutable_ownership() = state.document.ownership;
    decision.Affect(purchase, std::move(requested));
  }
  return absl::OkStatus();
}

// What was asked for and not ordered of a supplier yet is not needed any more.
absl::Status CancelPurchases(const State& state, const std::string& reason,
                             const DecideContext& context, Events& decision) {
  for (const OrderLine& line : state.lines) {
    if (!line.stocked()) continue;
    ASSIGN_OR_RETURN(const Ref<Purchase> purchase,
                     context.Find<Purchase>(PurchaseFor(KeyOf(state, line))));
    if (purchase->phase != v1::PURCHASE_STATE_REQUESTED) continue;
    events::v1::PurchaseCancelled cancelled;
    cancelled.set_reason(reason);
    decision.Affect(purchase, std::move(cancelled));
  }
  return absl::OkStatus();
}

using Quantities = std::vector<std::pair<const OrderLine*, int64_t>>;

// What is handed over.
absl::StatusOr<Quantities> DeliveredBy(const v1::DeliverSalesOrderRequest& command,
                                       const State& state) {
  if (!command.quantities().empty()) return LinesFrom(command.quantities(), state);
  Quantities all;
  for (const OrderLine& line : state.lines) {
    if (line.DeliverableE6() > 0) all.emplace_back(&line, line.DeliverableE6());
  }
  if (!all.empty()) return all;
  return RefuseOrder("NOTHING_TO_DELIVER", "has nothing that could be delivered now", state.id);
}

int64_t LeftE6(const State::Delivery& delivery, const OrderLine& line) {
  for (const OrderedQuantity& left : delivery.left) {
    if (left.line_id() == line.line_id) return left.quantity_e6();
  }
  return 0;
}

// I1.
absl::Status RequireCancellable(const State& state) {
  RETURN_IF_ERROR(RequireNotCancelled(state));
  if (!state.invoicings.empty()) {
    return Refuse(
        "ORDER_INVOICED", "void the invoices of the order first",
        {{"sales_order", NameOf(state.id)}, {"invoice", NameOf(state.invoicings.front().invoice)}});
  }
  const bool away = std::any_of(state.lines.begin(), state.lines.end(), [](const OrderLine& line) {
    return line.delivered_e6 > line.returned_e6;
  });
  if (!away) return absl::OkStatus();
  return RefuseOrder("ORDER_DELIVERED", "was delivered in part: take that back first", state.id);
}

}  // namespace

absl::StatusOr<Quantities> LinesFrom(
    const google::protobuf::RepeatedPtrField<v1::LineQuantity>& entered, const State& state) {
  for (const v1::LineQuantity& quantity : entered) {
    const std::optional<Uuid> key = Uuid::Parse(quantity.line_key());
    const bool known = key.has_value() &&
                       std::any_of(state.lines.begin(), state.lines.end(),
                                   [&](const OrderLine& l) { return l.line_id == key->ToBytes(); });
    if (known) continue;
    return Invalid("LINE_UNKNOWN", "the order has no line with this key",
                   {{"line_key", quantity.line_key()}});
  }
  Quantities quantities;
  for (const OrderLine& line : state.lines) {
    const std::string key = Uuid::FromBytes(line.line_id).value_or(Uuid{}).ToString();
    bool found = false;
    for (const v1::LineQuantity& quantity : entered) {
      if (Uuid::Parse(quantity.line_key())->ToString() != key) continue;
      if (found) {
        return Invalid("LINE_REPEATED", "another quantity is of this line", {{"line_key", key}});
      }
      found = true;
      quantities.emplace_back(&line, quantity.quantity_e6());
    }
  }
  return quantities;
}

Result SalesOrder::Decide(const State& state, const v1::ConfirmSalesOrderRequest&,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  RETURN_IF_ERROR(RequireApproval(state, context));
  ASSIGN_OR_RETURN(const OrderLines stocked, StockedLines(state, context));
  if (!stocked.empty() && state.warehouse().IsNil()) {
    return RefuseOrder("WAREHOUSE_REQUIRED", "has goods and no warehouse they are taken from",
                       state.id);
  }
  Events decision;
  events::v1::SalesOrderConfirmed confirmed;
  StockDesk desk(state.warehouse(), context);
  RETURN_IF_ERROR(ReserveLines(state, stocked, desk, confirmed));
  if (!stocked.empty()) confirmed.set_warehouse_id(state.details.warehouse_id());
  const NumberRegisterId numbers(Uuid::FromName(state.organization.uuid(), "numbers:sales_order"));
  ASSIGN_OR_RETURN(const int64_t ordinal,
                   AllotNumber(numbers, StreamOf(state.id), context, decision));
  confirmed.set_ordinal(ordinal);
  confirmed.set_number(absl::StrFormat("SO-%05d", ordinal));
  *confirmed.mutable_at() = SnapshotOf(state);
  confirmed.mutable_at()->set_number(confirmed.number());
  RETURN_IF_ERROR(RequestPurchases(state, confirmed.waiting(), context, decision));
  decision.Add(std::move(confirmed));
  desk.PostTo(decision);
  RETURN_IF_ERROR(
      GiveGoods(desk, state.warehouse(), StockReceiptId(), SalesOrderId(), context, decision));
  return decision;
}

Result SalesOrder::Decide(const State& state, const v1::DeliverSalesOrderRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireConfirmed(state));
  ASSIGN_OR_RETURN(const Quantities quantities, DeliveredBy(command, state));
  events::v1::SalesOrderDelivered delivered;
  StockDesk desk(state.warehouse(), context);
  for (const auto& [line, quantity_e6] : quantities) {
    if (quantity_e6 > line->DeliverableE6()) {  // I4
      return RefuseLine("DELIVERY_EXCEEDS_RESERVED", "more than may be handed over of the line",
                        line->line_id, "deliverable_e6", line->DeliverableE6());
    }
    *delivered.add_delivered() = QuantityOf(*line, quantity_e6);
    if (!line->stocked()) continue;
    RETURN_IF_ERROR(desk.HandOver(KeyOf(state, *line), ProductOf(*line), quantity_e6));
    delivered.set_warehouse_id(state.details.warehouse_id());
  }
  delivered.set_delivery_id(DerivedId(context.caller(), 0).ToBytes());
  delivered.set_reference(command.reference());
  *delivered.mutable_at() = SnapshotOf(state);
  Events decision(std::move(delivered));
  desk.PostTo(decision);
  return decision;
}

Result SalesOrder::Decide(const State& state, const v1::ReturnSalesOrderDeliveryRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireConfirmed(state));
  const std::optional<Uuid> key = Uuid::Parse(command.delivery_key());
  const auto delivery = std::find_if(state.deliveries.begin(), state.deliveries.end(),
                                     [&](const State::Delivery& candidate) {
                                       return key.has_value() && candidate.id == key->ToBytes();
                                     });
  if (delivery == state.deliveries.end()) {
    return Invalid("DELIVERY_UNKNOWN", "the order has no delivery with this key",
                   {{"delivery_key", command.delivery_key()}});
  }
  ASSIGN_OR_RETURN(const Quantities quantities, LinesFrom(command.quantities(), state));
  events::v1::SalesOrderDeliveryReturned returned;
  StockDesk desk(state.warehouse(), context);
  for (const auto& [line, quantity_e6] : quantities) {
    if (quantity_e6 > LeftE6(*delivery, *line)) {  // I4
      return RefuseLine("RETURN_EXCEEDS_DELIVERED", "more than was delivered of the line",
                        line->line_id, "delivered_e6", LeftE6(*delivery, *line));
    }
    *returned.add_returned() = QuantityOf(*line, quantity_e6);
    if (!line->stocked()) continue;
    RETURN_IF_ERROR(desk.PutIn(ProductOf(*line), quantity_e6, StreamOf(state.id)));
    returned.set_warehouse_id(state.details.warehouse_id());
  }
  returned.set_delivery_id(delivery->id);
  *returned.mutable_at() = SnapshotOf(state);
  Events decision(std::move(returned));
  desk.Serve();  // I6
  desk.PostTo(decision);
  RETURN_IF_ERROR(
      GiveGoods(desk, state.warehouse(), StockReceiptId(), state.id, context, decision));
  return decision;
}

Result SalesOrder::Decide(const State& state, const v1::CancelSalesOrderRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireCancellable(state));
  events::v1::SalesOrderCancelled cancelled;
  cancelled.set_reason(command.reason());
  StockDesk desk(state.warehouse(), context);
  for (const OrderLine& line : state.lines) {
    if (!line.stocked()) continue;
    RETURN_IF_ERROR(desk.Release(KeyOf(state, line), ProductOf(line)));
    if (line.reserved_e6 > 0) *cancelled.add_released() = QuantityOf(line, line.reserved_e6);
    if (line.waiting_e6 > 0) *cancelled.add_given_up() = QuantityOf(line, line.waiting_e6);
    cancelled.set_warehouse_id(state.details.warehouse_id());
  }
  *cancelled.mutable_at() = SnapshotOf(state);
  Events decision(std::move(cancelled));
  RETURN_IF_ERROR(CancelPurchases(state, command.reason(), context, decision));
  desk.Serve();  // I6
  desk.PostTo(decision);
  RETURN_IF_ERROR(
      GiveGoods(desk, state.warehouse(), StockReceiptId(), state.id, context, decision));
  return decision;
}

}  // namespace crm::domain
