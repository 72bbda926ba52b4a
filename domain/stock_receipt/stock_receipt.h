// StockReceipt: goods that arrived, or a count that found other quantities than were known. A dated
// fact that never changes.
//
// Invariants
//   I1  Goods are taken in by a warehouse that is not archived (WAREHOUSE_ARCHIVED), of products
//       whose quantities are kept (PRODUCT_NOT_STOCKED), each named once (PRODUCT_REPEATED).
//   I2  What arrives goes to the orders that wait, the longest waiting first, in the same commit.
//   I3  A count never finds less than is reserved (STOCK_RESERVED): whose goods are missing is for
//       people to decide.
// Receipts belong to the organization. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "crm/events/v1/stock_events.pb.h"
#include "crm/v1/stock_service.pb.h"
#include "domain/decide_context.h"
#include "domain/sales_order/order_effects.h"
#include "domain/sales_order/stock_desk.h"
#include "domain/warehouse/warehouse.h"

namespace crm::domain {

struct StockReceiptState {
  events::v1::StockReceived received;
};

struct StockReceipt {
  using Id = StockReceiptId;
  using State = StockReceiptState;
  using Event = std::variant<events::v1::StockReceived>;
  using Resource = v1::StockReceipt;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<StockReceipt>& self, const Lookup& lookup);

  // Refuses by I1, QUANTITY_INVALID of nothing.
  static Result Decide(const State&, const v1::ReceiveStockRequest&, const DecideContext&);
  // Refuses by I1, I3. A count that finds what was known is a fact too.
  static Result Decide(const State&, const v1::CorrectStockRequest&, const DecideContext&);
};

// FAILED_PRECONDITION PRODUCT_NOT_STOCKED unless quantities of the product are kept.
absl::Status RequireStocked(const ProductId& product, const DecideContext& context);

// Signed quantities of products.
using StockQuantities = std::vector<std::pair<ProductId, int64_t>>;

// I1, I2, I3: takes the quantities in, by the desk of the warehouse, and writes into the receipt
// `id` what moved and who was served.
template <class Event>
absl::Status TakeIn(const WarehouseId& warehouse, const StockQuantities& quantities,
                    const StockReceiptId& id, const DecideContext& context, StockDesk& desk,
                    events::v1::StockReceived& received, Decision<Event>& decision) {
  ASSIGN_OR_RETURN(const Ref<Warehouse> place, context.Require<Warehouse>(warehouse));
  RETURN_IF_ERROR(RequireTakesGoods(place));
  for (const auto& [product, quantity_e6] : quantities) {
    RETURN_IF_ERROR(desk.PutIn(product, quantity_e6, StreamOf(id)));
    events::v1::StockMovement& movement = *received.add_movements();
    movement.set_product_id(ToBytes(product));
    movement.set_warehouse_id(ToBytes(warehouse));
    movement.set_quantity_e6(quantity_e6);
  }
  desk.Serve();
  desk.PostTo(decision);
  for (const auto& [order, given] : desk.served()) received.add_served_order_ids(ToBytes(order));
  return GiveGoods(desk, warehouse, id, SalesOrderId(), context, decision);
}

}  // namespace crm::domain
