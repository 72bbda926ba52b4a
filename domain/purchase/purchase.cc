#include "domain/purchase/purchase.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/product/product.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/stock_receipt/stock_receipt.h"
#include "domain/types/calendar.h"
#include "domain/warehouse/warehouse.h"

namespace crm::domain {
namespace {

using State = PurchaseState;
using Result = Purchase::Result;

void On(State& state, const events::v1::PurchaseRequested& event, const EventMetadata& metadata) {
  state.id = PurchaseId(metadata.stream.id);
  state.phase = v1::PURCHASE_STATE_REQUESTED;
  state.product = FromBytes<ProductId>(event.product_id());
  state.warehouse = FromBytes<WarehouseId>(event.warehouse_id());
  state.order = FromBytes<SalesOrderId>(event.sales_order_id());
  state.quantity_e6 = event.quantity_e6();
}

void On(State& state, const events::v1::PurchaseOrdered& event, const EventMetadata&) {
  state.phase = v1::PURCHASE_STATE_ORDERED;
  state.supplier = event.supplier();
  state.reference = event.reference();
  state.expected.reset();
  if (event.has_expected()) state.expected = DayFromStored(event.expected());
  state.quantity_e6 = event.quantity_e6();
}

void On(State& state, const events::v1::PurchaseReceived& event, const EventMetadata&) {
  state.received_e6 += event.quantity_e6();
  if (state.received_e6 >= state.quantity_e6) state.phase = v1::PURCHASE_STATE_RECEIVED;
}

void On(State& state, const events::v1::PurchaseCancelled&, const EventMetadata&) {
  state.phase = v1::PURCHASE_STATE_CANCELLED;
}

absl::Status RefusePurchase(absl::string_view reason, absl::string_view message,
                            const PurchaseId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"purchase", NameOf(id)}});
}

// I4.
absl::Status RequireOpen(const State& state) {
  if (state.IsOpen()) return absl::OkStatus();
  return RefusePurchase("PURCHASE_CLOSED", "is received or cancelled", state.id);
}

// I2.
absl::Status RequireWithin(const State& state, int64_t ordered_e6, int64_t received_e6) {
  if (received_e6 <= ordered_e6) return absl::OkStatus();
  return Refuse("RECEIPT_EXCEEDS_ORDERED", "more than was ordered",
                {{"purchase", NameOf(state.id)},
                 {"left_e6", absl::StrCat(state.quantity_e6 - state.received_e6)}});
}

}  // namespace

State Purchase::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::Purchase> Purchase::Render(const Ref<Purchase>& self, const Lookup&) {
  const State& state = self.state();
  v1::Purchase shown;
  shown.set_name(NameOf(self.id));
  shown.set_product(NameOf(state.product));
  shown.set_warehouse(NameOf(state.warehouse));
  shown.set_quantity_e6(state.quantity_e6);
  shown.set_received_e6(state.received_e6);
  shown.set_state(state.phase);
  shown.set_sales_order(NameOf(state.order));
  shown.set_supplier(state.supplier);
  shown.set_reference(state.reference);
  if (state.expected.has_value()) *shown.mutable_expected_date() = DayToProto(*state.expected);
  Stamp(shown, self.head);
  return shown;
}

PurchaseId PurchaseFor(const OrderLineKey& line) {
  const Uuid line_id = Uuid::FromBytes(line.second).value_or(Uuid{});
  return PurchaseId(
      Uuid::FromName(line.first.uuid(), absl::StrCat("purchase/", line_id.ToString())));
}

Result Purchase::Decide(const State&, const v1::CreatePurchaseRequest& command,
                        const DecideContext& context) {
  const v1::Purchase& entered = command.purchase();
  ASSIGN_OR_RETURN(const auto product, ParseName<ProductId>(entered.product()));
  ASSIGN_OR_RETURN(const auto warehouse, ParseName<WarehouseId>(entered.warehouse()));
  RETURN_IF_ERROR(RequireStocked(product, context));
  ASSIGN_OR_RETURN(const Ref<Warehouse> place, context.Require<Warehouse>(warehouse));
  RETURN_IF_ERROR(RequireTakesGoods(place));
  events::v1::PurchaseRequested requested;
  requested.set_product_id(ToBytes(product));
  requested.set_warehouse_id(ToBytes(warehouse));
  requested.set_quantity_e6(entered.quantity_e6());
  requested.mutable_ownership()->set_owner_id(ToBytes(context.actor()));
  return requested;
}

Result Purchase::Decide(const State& state, const v1::OrderPurchaseRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireOpen(state));
  events::v1::PurchaseOrdered ordered;
  ordered.set_supplier(command.supplier());
  ordered.set_reference(command.reference());
  if (command.has_expected_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay expected, DayFromProto(command.expected_date()));
    *ordered.mutable_expected() = StoredDay(expected);
  }
  ordered.set_quantity_e6(command.quantity_e6() > 0 ? command.quantity_e6() : state.quantity_e6);
  // A purchase of which all arrived is not ordered again.
  RETURN_IF_ERROR(RequireWithin(state, ordered.quantity_e6() - 1, state.received_e6));
  return ordered;
}

Result Purchase::Decide(const State& state, const v1::ReceivePurchaseRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireOpen(state));
  if (state.phase != v1::PURCHASE_STATE_ORDERED) {
    return RefusePurchase("PURCHASE_NOT_ORDERED", "was not ordered yet", state.id);
  }
  RETURN_IF_ERROR(
      RequireWithin(state, state.quantity_e6, state.received_e6 + command.quantity_e6()));
  const auto id = context.NewId<StockReceiptId>(1);
  events::v1::StockReceived arrived;
  arrived.set_purchase_id(ToBytes(state.id));
  arrived.set_reference(state.reference);
  if (command.has_unit_cost()) {
    ASSIGN_OR_RETURN(const Money unit_cost, Money::FromProto(command.unit_cost()));
    *arrived.mutable_unit_cost() = StoredAmount(unit_cost);
  }
  events::v1::PurchaseReceived received;
  received.set_stock_receipt_id(ToBytes(id));
  received.set_quantity_e6(command.quantity_e6());
  Decision<Event> decision(std::move(received));
  StockDesk desk(state.warehouse, context);
  RETURN_IF_ERROR(TakeIn(state.warehouse, {{state.product, command.quantity_e6()}}, id, context,
                         desk, arrived, decision));
  ASSIGN_OR_RETURN(const Ref<StockReceipt> receipt, context.Find<StockReceipt>(id));
  decision.Affect(receipt, std::move(arrived));
  return decision;
}

Result Purchase::Decide(const State& state, const v1::CancelPurchaseRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireOpen(state));
  events::v1::PurchaseCancelled cancelled;
  cancelled.set_reason(command.reason());
  return cancelled;
}

}  // namespace crm::domain
