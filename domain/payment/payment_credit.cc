// Decisions about what a payment left over: it pays another invoice, or goes back to the payer.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/commission_book/recognition.h"
#include "domain/payment/payment_rules.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

using PaymentDecision = Decision<Payment::Event>;
using Excesses = google::protobuf::RepeatedPtrField<events::v1::PaymentExcess>;

// Credit as it is used up: first what came by no invoice, then what was paid beyond one, whose
// settlement is no longer "over" by that much.
class Spending {
 public:
  Spending(const PaymentId& payment, const Ref<PaymentBalance>& balance,
           const DecideContext& context)
      : payment_(payment), balance_(balance), context_(context) {}

  // Takes so much of the credit; `excesses` is what of it had come by invoices. Refuses
  // CREDIT_INSUFFICIENT.
  absl::Status Take(int64_t amount_minor, PaymentDecision& decision, Excesses& excesses);
  // ...and pays an invoice with it.
  absl::Status Pay(const Receivable& receivable, int64_t amount_minor, PaymentDecision& decision);

 private:
  void Post(const BalanceChange& change, PaymentDecision& decision) {
    decision.Affect(balance_, BalancePosted(change));
  }
  absl::Status TakeOverpaid(const InvoiceId& invoice, int64_t amount_minor,
                            PaymentDecision& decision);

  const PaymentId payment_;
  const Ref<PaymentBalance>& balance_;
  const DecideContext& context_;
};

absl::Status Spending::Take(int64_t amount_minor, PaymentDecision& decision, Excesses& excesses) {
  if (amount_minor > balance_->credit_minor) {
    return Refuse(
        "CREDIT_INSUFFICIENT", absl::StrCat(NameOf(payment_), " left less over"),
        {{"payment", NameOf(payment_)}, {"credit_minor", absl::StrCat(balance_->credit_minor)}});
  }
  int64_t free_minor = balance_->credit_minor;
  for (const auto& [invoice, amounts] : balance_->invoices) free_minor -= amounts.overpaid_minor;
  const int64_t from_free_minor = std::min(free_minor, amount_minor);
  if (from_free_minor > 0) {
    Post({.cause = StreamOf(payment_),
          .instant = context_.effective_time(),
          .invoice = {},
          .credit_minor = -from_free_minor},
         decision);
  }
  int64_t rest_minor = amount_minor - from_free_minor;
  for (const auto& [invoice, amounts] : balance_->invoices) {
    const int64_t part_minor = std::min(rest_minor, amounts.overpaid_minor);
    if (part_minor == 0) continue;
    RETURN_IF_ERROR(TakeOverpaid(invoice, part_minor, decision));
    *excesses.Add() = ExcessOf(invoice, part_minor);
    rest_minor -= part_minor;
  }
  return absl::OkStatus();
}

absl::Status Spending::TakeOverpaid(const InvoiceId& invoice_id, int64_t amount_minor,
                                    PaymentDecision& decision) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context_.Get<Invoice>(invoice_id));
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   context_.Find<Settlement>(SettlementOf(invoice_id)));
  ASSIGN_OR_RETURN(
      events::v1::SettlementPosted posted,
      PostSettlement(settlement, invoice->issued->content().total_minor(), StreamOf(payment_),
                     context_.effective_time(), {.overpaid_minor = -amount_minor}));
  decision.Affect(settlement, std::move(posted));
  Post({.cause = StreamOf(payment_),
        .instant = context_.effective_time(),
        .invoice = invoice_id,
        .credit_minor = -amount_minor,
        .overpaid_minor = -amount_minor},
       decision);
  return absl::OkStatus();
}

absl::Status Spending::Pay(const Receivable& receivable, int64_t amount_minor,
                           PaymentDecision& decision) {
  ASSIGN_OR_RETURN(
      events::v1::SettlementPosted posted,
      PostSettlement(receivable.settlement, receivable.content().total_minor(), StreamOf(payment_),
                     context_.effective_time(), {.paid_minor = amount_minor}));
  decision.Affect(receivable.settlement, std::move(posted));
  Post({.cause = StreamOf(payment_),
        .instant = context_.effective_time(),
        .invoice = receivable.invoice.id,
        .paid_minor = amount_minor},
       decision);
  return absl::OkStatus();
}

// Positive, and in the currency of the payment.
absl::StatusOr<Money> AmountFrom(const google::type::Money& entered, const PaymentState& state) {
  ASSIGN_OR_RETURN(const Money amount, PositiveAmount(entered));
  if (amount.currency() == state.amount->currency()) return amount;
  return AmountsMismatch(amount, state.amount->currency().code());
}

}  // namespace

absl::StatusOr<PaymentDecision> Payment::Decide(const State& state,
                                                const v1::ApplyCreditRequest& command,
                                                const DecideContext& context) {
  ASSIGN_OR_RETURN(const PaymentId id, ParseName<PaymentId>(command.name()));
  RETURN_IF_ERROR(RequireNotReversed(state, id));
  ASSIGN_OR_RETURN(const Money amount, AmountFrom(command.amount(), state));
  ASSIGN_OR_RETURN(const InvoiceId invoice_id, ParseName<InvoiceId>(command.invoice()));
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, RequirePayable(invoice_id, amount, context));
  if (invoice->issued->at().customer_id() != ToBytes(state.customer)) {
    return RefuseInvoice("CUSTOMER_MISMATCH", "is of another customer", invoice_id);
  }
  ASSIGN_OR_RETURN(const Receivable receivable, ReceivableOf(invoice, context));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                   context.Find<PaymentBalance>(PaymentBalanceOf(id)));
  events::v1::CreditApplied applied;
  *applied.mutable_allocation() =
      AllocationOf(receivable, amount.minor(), settings.state(), context);
  applied.set_credit_minor(balance->credit_minor - amount.minor());
  PaymentDecision decision;
  Spending spending(id, balance, context);
  RETURN_IF_ERROR(spending.Take(amount.minor(), decision, *applied.mutable_excesses()));
  RETURN_IF_ERROR(spending.Pay(receivable, amount.minor(), decision));
  Recognition recognition(context, settings.state());
  RETURN_IF_ERROR(recognition.Enter(
      receivable.frozen(), PaidCauseOf(id, applied.allocation(), context.effective_time())));
  RETURN_IF_ERROR(recognition.Conclude());
  decision.Add(std::move(applied));
  recognition.ApplyTo(decision);
  return decision;
}

absl::StatusOr<PaymentDecision> Payment::Decide(const State& state,
                                                const v1::RefundCreditRequest& command,
                                                const DecideContext& context) {
  ASSIGN_OR_RETURN(const PaymentId id, ParseName<PaymentId>(command.name()));
  RETURN_IF_ERROR(RequireNotReversed(state, id));
  ASSIGN_OR_RETURN(const Money amount, AmountFrom(command.amount(), state));
  ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                   context.Find<PaymentBalance>(PaymentBalanceOf(id)));
  PaymentDecision decision;
  Spending spending(id, balance, context);
  events::v1::CreditRefunded refunded;
  RETURN_IF_ERROR(spending.Take(amount.minor(), decision, *refunded.mutable_excesses()));
  refunded.set_amount_minor(amount.minor());
  refunded.set_credit_minor(balance->credit_minor - amount.minor());
  refunded.set_reference(command.reference());
  decision.Add(std::move(refunded));
  return decision;
}

}  // namespace crm::domain
