#include "domain/sales_order/sales_order.h"

#include <algorithm>

#include "base/status_macros.h"
#include "base/uuid.h"
#include "domain/ownership.h"
#include "domain/render.h"
#include "domain/sales_order/sales_order_details.h"

namespace crm::domain {
namespace {

using State = SalesOrderState;
using events::v1::OrderedQuantity;

void On(State& state, const events::v1::SalesOrderDrafted& event, const EventMetadata& metadata) {
  state.id = SalesOrderId(metadata.stream.id);
  state.organization = OrganizationId(metadata.organization);
  state.phase = v1::SALES_ORDER_STATE_DRAFT;
  state.details = event.details();
  state.document = {.ownership = event.at().ownership(),
                    .recipient = event.recipient(),
                    .subject = FromBytes<PersonId>(event.subject_id()),
                    .content = event.content(),
                    .credited = event.credited(),
                    .channel = event.at().channel(),
                    .source = event.source()};
  state.agreed = event.source().category() == ProposalTag::kCategory;
  FoldLines(event.content(), state.lines);
}

void On(State& state, const events::v1::SalesOrderContentRevised& event, const EventMetadata&) {
  state.document.content = event.content();
  SetContributors(state.document);
  state.approved = false;  // I3
  state.agreed = false;
  FoldLines(event.content(), state.lines);
}

void On(State& state, const events::v1::SalesOrderDetailsRevised& event, const EventMetadata&) {
  ApplyRevision(event, state.details);
}

void On(State& state, const events::v1::SalesOrderApproved&, const EventMetadata&) {
  state.approved = true;
}

void On(State& state, const events::v1::SalesOrderConfirmed& event, const EventMetadata& metadata) {
  state.phase = v1::SALES_ORDER_STATE_CONFIRMED;
  state.number = event.number();
  state.confirm_time = metadata.effective_time;
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderGoodsReserved& event, const EventMetadata&) {
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderDelivered& event, const EventMetadata& metadata) {
  state.deliveries.push_back({.id = event.delivery_id(),
                              .time = metadata.effective_time,
                              .reference = event.reference(),
                              .left = event.delivered()});
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderDeliveryReturned& event, const EventMetadata&) {
  for (State::Delivery& delivery : state.deliveries) {
    if (delivery.id != event.delivery_id()) continue;
    for (const OrderedQuantity& returned : event.returned()) {
      for (OrderedQuantity& left : delivery.left) {
        if (left.line_id() != returned.line_id()) continue;
        left.set_quantity_e6(left.quantity_e6() - returned.quantity_e6());
      }
    }
  }
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderInvoiced& event, const EventMetadata&) {
  state.invoicings.push_back({.invoice = FromBytes<InvoiceId>(event.invoice_id()),
                              .invoiced = event.invoiced(),
                              .discount_minor = event.discount_minor(),
                              .adjustment_minor = event.adjustment_minor()});
  ++state.invoicings_ever;
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderInvoicingUndone& event, const EventMetadata&) {
  const auto invoice = FromBytes<InvoiceId>(event.invoice_id());
  const auto undone =
      std::remove_if(state.invoicings.begin(), state.invoicings.end(),
                     [&](const State::Invoicing& made) { return made.invoice == invoice; });
  state.invoicings.erase(undone, state.invoicings.end());
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderCancelled& event, const EventMetadata&) {
  state.phase = v1::SALES_ORDER_STATE_CANCELLED;
  state.cancel_reason = event.reason();
  FoldLines(event, state.lines);
}

void On(State& state, const events::v1::SalesOrderAssigned& event, const EventMetadata&) {
  state.document.ownership = event.to();
}

std::string KeyOf(const std::string& bytes) {
  return Uuid::FromBytes(bytes).value_or(Uuid{}).ToString();
}

void ShowLines(const State& state, v1::SalesOrder& shown) {
  for (const OrderLine& line : state.lines) {
    v1::OrderLineStatus& status = *shown.add_line_statuses();
    status.set_line_key(KeyOf(line.line_id));
    status.set_ordered_e6(line.ordered_e6);
    status.set_reserved_e6(line.reserved_e6);
    status.set_waiting_e6(line.waiting_e6);
    status.set_delivered_e6(line.delivered_e6);
    status.set_returned_e6(line.returned_e6);
    status.set_invoiced_e6(line.invoiced_e6);
  }
  for (const State::Delivery& made : state.deliveries) {
    v1::OrderDelivery& delivery = *shown.add_deliveries();
    delivery.set_delivery_key(KeyOf(made.id));
    *delivery.mutable_delivery_time() = TimestampOf(made.time);
    delivery.set_reference(made.reference);
    for (const OrderedQuantity& left : made.left) {
      v1::LineQuantity& quantity = *delivery.add_quantities();
      quantity.set_line_key(KeyOf(left.line_id()));
      quantity.set_quantity_e6(left.quantity_e6());
    }
  }
}

// I7.
void ShowStanding(const State& state, v1::SalesOrder& shown) {
  shown.set_state(state.phase);
  if (state.phase == v1::SALES_ORDER_STATE_CONFIRMED) {
    shown.set_delivery_status(DeliveryStatusOf(state.lines));
    shown.set_invoiceable(IsInvoiceable(state.lines, state.invoicing()));
  }
  shown.set_number(state.number);
  if (state.confirm_time.has_value()) {
    *shown.mutable_confirm_time() = TimestampOf(*state.confirm_time);
  }
  for (const State::Invoicing& made : state.invoicings) shown.add_invoices(NameOf(made.invoice));
  shown.set_approved(state.approved);
  shown.set_cancel_reason(state.cancel_reason);
}

}  // namespace

State SalesOrder::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope SalesOrder::ScopeOf(const State& state) { return ScopeFrom(state.document.ownership); }

absl::StatusOr<v1::SalesOrder> SalesOrder::Render(const Ref<SalesOrder>& self, const Lookup&) {
  const State& state = self.state();
  const DocumentState& document = state.document;
  v1::SalesOrder shown;
  shown.set_name(NameOf(self.id));
  ShowDetails(state.details, shown);
  ShowStanding(state, shown);
  *shown.mutable_recipient() = ShownRecipient(document.recipient);
  *shown.mutable_content() = ShownContent(document.content);
  ShowLines(state, shown);
  if (document.source.category() == ProposalTag::kCategory) {
    shown.set_proposal(NameOf(FromBytes<ProposalId>(document.source.source_id())));
  }
  shown.set_channel(document.channel);
  shown.set_team(NameOf(FromBytes<TeamId>(document.ownership.team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(document.ownership.owner_id())));
  *shown.mutable_contributors() = ShownCredit(document.credited);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<v1::InvoiceSalesOrderResponse> SalesOrder::Respond(
    const v1::InvoiceSalesOrderRequest&, const Ref<SalesOrder>& self, const Lookup& lookup) {
  v1::InvoiceSalesOrderResponse response;
  ASSIGN_OR_RETURN(*response.mutable_sales_order(), Render(self, lookup));
  if (!self->invoicings.empty()) response.set_invoice(NameOf(self->invoicings.back().invoice));
  return response;
}

absl::StatusOr<SalesOrderId> SalesOrder::TargetOf(const v1::UpdateSalesOrderRequest& command,
                                                  const Caller&) {
  return ParseName<SalesOrderId>(command.sales_order().name());
}

events::v1::DocumentSnapshot SnapshotOf(const State& state) {
  events::v1::DocumentSnapshot at = SnapshotOf(state.document);
  at.set_opportunity_id(state.details.opportunity_id());
  at.set_number(state.number);
  return at;
}

}  // namespace crm::domain
