#include "domain/payment_balance/payment_balance.h"

#include <utility>

namespace crm::domain {
namespace {

PaymentBalanceState On(PaymentBalanceState state, const events::v1::PaymentBalancePosted& event) {
  state.credit_minor += event.credit_minor();
  state.credit_changes.emplace_back(absl::FromUnixMicros(event.instant_us()), event.credit_minor());
  const auto invoice = FromBytes<InvoiceId>(event.invoice_id());
  if (invoice.IsNil()) return state;
  PaymentBalanceState::Amounts& amounts = state.invoices[invoice];
  amounts.paid_minor += event.paid_minor();
  amounts.overpaid_minor += event.overpaid_minor();
  return state;
}

}  // namespace

int64_t PaymentBalanceState::CreditAsOf(absl::Time instant) const {
  int64_t as_of_minor = 0;
  for (const auto& [changed, minor] : credit_changes) {
    if (changed <= instant) as_of_minor += minor;
  }
  return as_of_minor;
}

PaymentBalance::State PaymentBalance::Evolve(State state, const Event& event,
                                             const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

events::v1::PaymentBalancePosted BalancePosted(const BalanceChange& change) {
  events::v1::PaymentBalancePosted posted;
  posted.set_cause_category(change.cause.category);
  posted.set_cause_id(change.cause.id.ToBytes());
  posted.set_instant_us(absl::ToUnixMicros(change.instant));
  posted.set_invoice_id(ToBytes(change.invoice));
  posted.set_paid_minor(change.paid_minor);
  posted.set_credit_minor(change.credit_minor);
  posted.set_overpaid_minor(change.overpaid_minor);
  return posted;
}

}  // namespace crm::domain
