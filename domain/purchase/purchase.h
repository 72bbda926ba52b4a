// Purchase: goods that are missing, asked for, ordered from a supplier, and received.
//
//   CreatePurchase, or an order that must wait
//        |
//        v
//    requested -- Order --> ordered -- Receive, in parts --> received
//        |                     |
//        +------ Cancel -------+ ----> cancelled
//
// Invariants
//   I1  It is asked for in a warehouse that takes goods (WAREHOUSE_ARCHIVED), of a product whose
//       quantities are kept (PRODUCT_NOT_STOCKED).
//   I2  Received <= ordered (RECEIPT_EXCEEDS_ORDERED), after it was ordered (PURCHASE_NOT_ORDERED).
//   I3  Goods that arrive are taken into stock, and given to those who wait, in the same commit.
//   I4  What is received or cancelled is so for good (PURCHASE_CLOSED).
// Purchases belong to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/stock_events.pb.h"
#include "crm/v1/purchase_service.pb.h"
#include "domain/decide_context.h"
#include "domain/stock_item/stock_item.h"

namespace crm::domain {

struct PurchaseState {
  PurchaseId id;
  v1::PurchaseState phase = v1::PURCHASE_STATE_UNSPECIFIED;
  ProductId product;
  WarehouseId warehouse;
  SalesOrderId order;       // that waits for it; nil: asked for by hand
  int64_t quantity_e6 = 0;  // ordered, or asked for
  int64_t received_e6 = 0;
  std::string supplier;
  std::string reference;
  std::optional<absl::CivilDay> expected;

  bool IsOpen() const {
    return phase == v1::PURCHASE_STATE_REQUESTED || phase == v1::PURCHASE_STATE_ORDERED;
  }
};

struct Purchase {
  using Id = PurchaseId;
  using State = PurchaseState;
  using Event = std::variant<events::v1::PurchaseRequested, events::v1::PurchaseOrdered,
                             events::v1::PurchaseReceived, events::v1::PurchaseCancelled>;
  using Resource = v1::Purchase;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Purchase>& self, const Lookup& lookup);

  // Refuses by I1.
  static Result Decide(const State&, const v1::CreatePurchaseRequest&, const DecideContext&);
  // Refuses PURCHASE_CLOSED; ordering anew replaces what was said before, and is never less than
  // what arrived (RECEIPT_EXCEEDS_ORDERED).
  static Result Decide(const State&, const v1::OrderPurchaseRequest&, const DecideContext&);
  // Refuses by I1, I2, I4.
  static Result Decide(const State&, const v1::ReceivePurchaseRequest&, const DecideContext&);
  // Refuses by I4.
  static Result Decide(const State&, const v1::CancelPurchaseRequest&, const DecideContext&);
};

// The purchase that a line of an order asks for when it is confirmed.
PurchaseId PurchaseFor(const OrderLineKey& line);

}  // namespace crm::domain
