// SalesOrder: what a customer ordered, until it is delivered and invoiced, or cancelled.
//
//   CreateSalesOrder, or a proposal's conversion
//        |
//        v
//      draft --- Confirm ---> confirmed --- Deliver, Return, Invoice: in parts, in any order
//        |                        |
//        +------- Cancel ---------+ ----> cancelled
//
// Invariants
//   I1  Lines change only in a draft (ORDER_NOT_DRAFT); what is cancelled is so for good
//       (ORDER_CANCELLED). It is cancelled only while no invoice of it lives (ORDER_INVOICED) and
//       the customer has nothing of it (ORDER_DELIVERED).
//   I2  It is confirmed once, with the next number of the organization's orders; numbers are
//   gapless
//       in the order of recording. Stock is reserved in that commit (STOCK_INSUFFICIENT unless the
//       rest may be waited for); for what is waited for, purchases are requested.
//   I3  Where a manager must approve what is offered, what nobody accepted as a proposal is
//       confirmed only when it was approved (APPROVAL_REQUIRED); new lines want a new approval.
//   I4  Delivered <= reserved for a stocked line, and <= ordered (DELIVERY_EXCEEDS_RESERVED);
//       returned <= delivered, delivery by delivery (RETURN_EXCEEDS_DELIVERED).
//   I5  Invoiced <= ordered, and <= delivered where it is invoiced by delivery
//       (INVOICING_EXCEEDS_ORDERED). An invoice of it is drafted, and its voiding undone, in the
//       same commit; discounts and adjustments that are amounts are shared so that the parts of all
//       live invoices of the whole order sum to them.
//   I6  Goods that are free go to whoever waits longest, in the commit that frees them.
//   I7  Delivery and invoicing status are not in it: they follow from its lines (order_line.h).
//   I8  A revision of its fields names exactly those whose values changed; no change, no event.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/sales_order_events.pb.h"
#include "crm/v1/sales_order_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/document.h"
#include "domain/sales_order/order_line.h"

namespace crm::domain {

struct SalesOrderState {
  struct Delivery {
    std::string id;   // 16 bytes
    absl::Time time;  // effective
    std::string reference;
    OrderedQuantities left;  // handed over, less what came back
  };
  // Of an invoice that is not void.
  struct Invoicing {
    InvoiceId invoice;
    OrderedQuantities invoiced;
    int64_t discount_minor = 0;    // its part of the document's discount, where that is an amount
    int64_t adjustment_minor = 0;  // its part of the adjustment
  };

  SalesOrderId id;              // nil before the first event
  OrganizationId organization;  // the same
  v1::SalesOrderState phase = v1::SALES_ORDER_STATE_UNSPECIFIED;
  events::v1::SalesOrderDetails details;
  DocumentState document;
  OrderLines lines;  // as the content's
  bool approved = false;
  bool agreed = false;                     // its lines are those of an accepted proposal
  std::string number;                      // empty: not confirmed
  std::optional<absl::Time> confirm_time;  // effective
  std::vector<Delivery> deliveries;        // in order
  std::vector<Invoicing> invoicings;       // in order
  int invoicings_ever = 0;
  std::string cancel_reason;

  v1::InvoicingPolicy invoicing() const { return InvoicingFrom(details.invoicing()); }
  WarehouseId warehouse() const { return FromBytes<WarehouseId>(details.warehouse_id()); }
  bool cancelled() const { return phase == v1::SALES_ORDER_STATE_CANCELLED; }
};

struct SalesOrder {
  using Id = SalesOrderId;
  using State = SalesOrderState;
  using Event =
      std::variant<events::v1::SalesOrderDrafted, events::v1::SalesOrderContentRevised,
                   events::v1::SalesOrderDetailsRevised, events::v1::SalesOrderApproved,
                   events::v1::SalesOrderConfirmed, events::v1::SalesOrderGoodsReserved,
                   events::v1::SalesOrderDelivered, events::v1::SalesOrderDeliveryReturned,
                   events::v1::SalesOrderInvoiced, events::v1::SalesOrderInvoicingUndone,
                   events::v1::SalesOrderCancelled, events::v1::SalesOrderAssigned>;
  using Resource = v1::SalesOrder;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<SalesOrder>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<SalesOrderId> TargetOf(const v1::UpdateSalesOrderRequest&, const Caller&);

  // Refuses DISPLAY_NAME_REQUIRED, WAREHOUSE_ARCHIVED, and by OriginFrom and DocumentFrom
  // (domain/document/document.h).
  static Result Decide(const State&, const v1::CreateSalesOrderRequest&, const DecideContext&);
  // This and all below refuse ORDER_CANCELLED (I1). The warehouse is a draft's to change.
  static Result Decide(const State&, const v1::UpdateSalesOrderRequest&, const DecideContext&);
  // Refuses by I1 and ContentFrom.
  static Result Decide(const State&, const v1::ReviseSalesOrderContentRequest&,
                       const DecideContext&);
  // Refuses by I1.
  static Result Decide(const State&, const v1::ApproveSalesOrderRequest&, const DecideContext&);
  // Refuses WAREHOUSE_REQUIRED, and by I1, I2, I3.
  static Result Decide(const State&, const v1::ConfirmSalesOrderRequest&, const DecideContext&);
  // This and the two below refuse ORDER_NOT_CONFIRMED, LINE_UNKNOWN, LINE_REPEATED. Refuses
  // NOTHING_TO_DELIVER, and by I4.
  static Result Decide(const State&, const v1::DeliverSalesOrderRequest&, const DecideContext&);
  // Refuses DELIVERY_UNKNOWN, and by I4.
  static Result Decide(const State&, const v1::ReturnSalesOrderDeliveryRequest&,
                       const DecideContext&);
  // Refuses NOTHING_TO_INVOICE, and by I5.
  static Result Decide(const State&, const v1::InvoiceSalesOrderRequest&, const DecideContext&);
  // Refuses by I1.
  static Result Decide(const State&, const v1::CancelSalesOrderRequest&, const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignSalesOrderRequest&, const DecideContext&);

  // The order, and the draft that was made of it.
  static absl::StatusOr<v1::InvoiceSalesOrderResponse> Respond(const v1::InvoiceSalesOrderRequest&,
                                                               const Ref<SalesOrder>& self,
                                                               const Lookup& lookup);
};

// The birth of an order, by a client or as an effect of a conversion.
events::v1::SalesOrderDrafted DraftSalesOrder(const DocumentState& document,
                                              const events::v1::SalesOrderDetails& details);

// I1: ORDER_CANCELLED, then ORDER_NOT_DRAFT or ORDER_NOT_CONFIRMED.
absl::Status RequireNotCancelled(const SalesOrderState& state);
absl::Status RequireDraft(const SalesOrderState& state);
absl::Status RequireConfirmed(const SalesOrderState& state);

// Quantities by line, as a client entered them, in the order of the lines. Refuses LINE_UNKNOWN,
// LINE_REPEATED.
absl::StatusOr<std::vector<std::pair<const OrderLine*, int64_t>>> LinesFrom(
    const google::protobuf::RepeatedPtrField<v1::LineQuantity>& entered,
    const SalesOrderState& state);

// What it is worth and whose it is, as every event carries it.
events::v1::DocumentSnapshot SnapshotOf(const SalesOrderState& state);

}  // namespace crm::domain
