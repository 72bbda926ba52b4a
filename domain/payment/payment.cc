#include "domain/payment/payment.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "domain/commission_book/recognition.h"
#include "domain/invoice/invoice.h"
#include "domain/ownership.h"
#include "domain/payment/receivable.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/render.h"
#include "domain/types/calendar.h"

namespace crm::domain {
namespace {

PaymentState On(PaymentState state, const events::v1::PaymentRecorded& event,
                const EventMetadata& metadata) {
  state.organization = OrganizationId(metadata.organization);
  state.amount = AmountFromStored(event.amount());
  for (const events::v1::PaymentAllocation& allocation : event.allocations()) {
    state.allocations.push_back({allocation, metadata.effective_time});
  }
  state.customer = FromBytes<CustomerId>(event.customer_id());
  state.method = event.method();
  state.reference = event.reference();
  state.provider = event.provider();
  state.external_id = event.external_id();
  state.ownership = event.ownership();
  state.received = DayFromStored(event.received());
  return state;
}

// Owners of what its credit pays see it, too.
PaymentState On(PaymentState state, const events::v1::CreditApplied& event,
                const EventMetadata& metadata) {
  state.allocations.push_back({event.allocation(), metadata.effective_time});
  const std::string& owner = event.allocation().at().ownership().owner_id();
  const auto& known = state.ownership.contributor_ids();
  const bool is_new = !owner.empty() && owner != state.ownership.owner_id() &&
                      std::find(known.begin(), known.end(), owner) == known.end();
  if (is_new) state.ownership.add_contributor_ids(owner);
  return state;
}

PaymentState On(PaymentState state, const events::v1::CreditRefunded& event, const EventMetadata&) {
  state.refunded_minor += event.amount_minor();
  return state;
}

PaymentState On(PaymentState state, const events::v1::PaymentReversed& event,
                const EventMetadata& metadata) {
  state.reverse_time = metadata.effective_time;
  state.reverse_reason = event.reason();
  return state;
}

google::type::Money ShownMinor(const Money& like, int64_t minor) {
  return Money(like.currency(), minor).ToProto();
}

}  // namespace

Payment::State Payment::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

Scope Payment::ScopeOf(const State& state) { return ScopeFrom(state.ownership); }

absl::StatusOr<v1::Payment> Payment::Render(const Ref<Payment>& self, const Lookup& lookup) {
  v1::Payment resource;
  resource.set_name(NameOf(self.id));
  if (self->amount.has_value()) {
    *resource.mutable_amount() = self->amount->ToProto();
    ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                     lookup.Find<PaymentBalance>(PaymentBalanceOf(self.id)));
    *resource.mutable_credit() = ShownMinor(*self->amount, balance->CreditAsOf(lookup.instant()));
    *resource.mutable_refunded() = ShownMinor(*self->amount, self->refunded_minor);
    for (const PaymentState::Allocation& allocation : self->allocations) {
      v1::PaymentAllocation& shown = *resource.add_allocations();
      shown.set_invoice(NameOf(FromBytes<InvoiceId>(allocation.stored.invoice_id())));
      *shown.mutable_amount() = ShownMinor(*self->amount, allocation.stored.amount_minor());
    }
  }
  resource.set_customer(NameOf(self->customer));
  resource.set_method(self->method);
  resource.set_reference(self->reference);
  resource.set_provider(self->provider);
  resource.set_external_id(self->external_id);
  *resource.mutable_payment_date() = DayToProto(self->received);
  if (self->reversed()) {
    *resource.mutable_reverse_time() = TimestampOf(*self->reverse_time);
    resource.set_reverse_reason(self->reverse_reason);
  }
  resource.set_team(NameOf(FromBytes<TeamId>(self->ownership.team_id())));
  resource.set_owner(NameOf(FromBytes<MemberId>(self->ownership.owner_id())));
  Stamp(resource, self.head);
  return resource;
}

absl::StatusOr<v1::RecordPaymentResponse> Payment::Respond(const v1::RecordPaymentRequest&,
                                                           const Ref<Payment>& self,
                                                           const Lookup& lookup) {
  v1::RecordPaymentResponse response;
  ASSIGN_OR_RETURN(*response.mutable_payment(), Render(self, lookup));
  for (const PaymentState::Allocation& allocation : self->allocations) {
    const auto id = FromBytes<InvoiceId>(allocation.stored.invoice_id());
    ASSIGN_OR_RETURN(const Ref<Invoice> invoice, lookup.Get<Invoice>(id));
    const FrozenInvoice frozen = {id, invoice->issue_time, *invoice->issued};
    ASSIGN_OR_RETURN(const std::vector<Earned> earned,
                     EarnedBy(frozen, PaidCauseOf(self.id, allocation.stored, allocation.instant),
                              self->organization, lookup));
    for (const Earned& part : earned) {
      v1::EarnedCommission& shown = *response.add_commissions();
      shown.set_agent(NameOf(part.agent));
      shown.set_invoice(NameOf(id));
      *shown.mutable_amount() = ShownMinor(*self->amount, part.amount_minor);
    }
  }
  return response;
}

}  // namespace crm::domain
