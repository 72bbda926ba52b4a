#include "domain/payment/payment_rules.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {

absl::StatusOr<Money> PositiveAmount(const google::type::Money& amount) {
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(amount));
  if (money.minor() > 0) return money;
  return Invalid("AMOUNT_NOT_POSITIVE", "a payment is more than nothing", {{"field", "amount"}});
}

absl::Status AmountsMismatch(const Money& amount, absl::string_view other_currency_code) {
  return Invalid("CURRENCY_MISMATCH", "a payment and what it pays are in one currency",
                 {{"currency_code", std::string(amount.currency().code())},
                  {"other_currency_code", std::string(other_currency_code)}});
}

absl::Status RefuseInvoice(absl::string_view reason, absl::string_view message,
                           const InvoiceId& invoice) {
  return Refuse(reason, absl::StrCat(NameOf(invoice), " ", message),
                {{"invoice", NameOf(invoice)}});
}

absl::Status RequireNotReversed(const PaymentState& state, const PaymentId& payment) {
  if (!state.reversed()) return absl::OkStatus();
  return Refuse("PAYMENT_REVERSED", absl::StrCat(NameOf(payment), " went back already"),
                {{"payment", NameOf(payment)}});
}

absl::StatusOr<Ref<Invoice>> RequirePayable(const InvoiceId& id, const Money& amount,
                                            const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context.RequireSeen<Invoice>(id));
  if (invoice->voided()) return RefuseInvoice("INVOICE_VOID", "is void", id);
  if (!invoice->issued.has_value()) return RefuseInvoice("INVOICE_NOT_ISSUED", "is a draft", id);
  const std::string& currency_code = invoice->issued->content().currency_code();
  if (currency_code != amount.currency().code()) return AmountsMismatch(amount, currency_code);
  if (context.effective_time() < invoice->issue_time) {
    return RefuseInvoice("PAYMENT_BEFORE_ISSUE", "was issued after this payment", id);
  }
  return invoice;
}

events::v1::PaymentExcess ExcessOf(const InvoiceId& invoice, int64_t amount_minor) {
  events::v1::PaymentExcess excess;
  excess.set_invoice_id(ToBytes(invoice));
  excess.set_amount_minor(amount_minor);
  return excess;
}

events::v1::PaymentAllocation AllocationOf(const Receivable& receivable, int64_t paid_minor,
                                           const OrganizationState& settings,
                                           const DecideContext& context) {
  events::v1::PaymentAllocation allocation;
  allocation.set_invoice_id(ToBytes(receivable.invoice.id));
  allocation.set_amount_minor(paid_minor);
  *allocation.mutable_at() = receivable.issued().at();
  const int64_t before_minor = receivable.settlement->sum.paid_minor;
  allocation.set_base_minor(receivable.BasePaidMinor(before_minor + paid_minor) -
                            receivable.BasePaidMinor(before_minor));
  allocation.set_settled(receivable.DueMinor() == paid_minor);
  *allocation.mutable_paid() = StoredDay(settings.zone().DayOf(context.effective_time()));
  allocation.set_fiscal_year_start_month(settings.fiscal_year_start.month());
  return allocation;
}

}  // namespace crm::domain
