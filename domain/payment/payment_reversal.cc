// The decision that takes a payment back: what it had paid is due again, and what it earned goes
// back with it.
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

// I3: one payment as it goes back.
class Reversing {
 public:
  Reversing(const PaymentId& payment, const OrganizationState& settings,
            const DecideContext& context)
      : payment_(payment), context_(context), recognition_(context, settings) {}

  // What is on the invoice is due again; what that earned goes back with it.
  absl::Status TakeOff(const InvoiceId& invoice, const PaymentBalanceState::Amounts& amounts);
  absl::StatusOr<PaymentDecision> Conclude(const PaymentState& state, const std::string& reason,
                                           const Ref<PaymentBalance>& balance);

 private:
  absl::Status TakeBack(const Receivable& receivable, const PaidPart& part,
                        int64_t& paid_before_minor);

  const PaymentId payment_;
  const DecideContext& context_;
  Recognition recognition_;
  std::vector<BalanceChange> balance_;
  events::v1::PaymentReversed reversed_;
  PaymentDecision effects_;
};

absl::Status Reversing::TakeOff(const InvoiceId& invoice_id,
                                const PaymentBalanceState::Amounts& amounts) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context_.Get<Invoice>(invoice_id));
  ASSIGN_OR_RETURN(const Receivable receivable, ReceivableOf(invoice, context_));
  ASSIGN_OR_RETURN(events::v1::SettlementPosted posted,
                   PostSettlement(receivable.settlement, receivable.content().total_minor(),
                                  StreamOf(payment_), context_.effective_time(),
                                  {.paid_minor = -amounts.paid_minor,
                                   .overpaid_minor = -amounts.overpaid_minor}));
  effects_.Affect(receivable.settlement, std::move(posted));
  balance_.push_back({.cause = StreamOf(payment_),
                      .instant = context_.effective_time(),
                      .invoice = invoice_id,
                      .paid_minor = -amounts.paid_minor,
                      .credit_minor = -amounts.overpaid_minor,
                      .overpaid_minor = -amounts.overpaid_minor});
  if (amounts.overpaid_minor > 0) {
    *reversed_.add_excesses() = ExcessOf(invoice_id, amounts.overpaid_minor);
  }
  ASSIGN_OR_RETURN(const std::vector<PaidPart> parts, PaidPartsOf(receivable, context_));
  int64_t paid_minor = receivable.settlement->sum.paid_minor;
  for (const PaidPart& part : parts) {
    if (part.payment == payment_) RETURN_IF_ERROR(TakeBack(receivable, part, paid_minor));
  }
  return absl::OkStatus();
}

absl::Status Reversing::TakeBack(const Receivable& receivable, const PaidPart& part,
                                 int64_t& paid_before_minor) {
  if (part.left_minor == 0) return absl::OkStatus();
  const int64_t paid_after_minor = paid_before_minor - part.left_minor;
  events::v1::PaymentAllocation& allocation = *reversed_.add_allocations();
  allocation = part.allocation;
  allocation.set_amount_minor(part.left_minor);
  allocation.set_base_minor(receivable.BasePaidMinor(paid_before_minor) -
                            receivable.BasePaidMinor(paid_after_minor));
  paid_before_minor = paid_after_minor;
  PaidCause cause = PaidCauseOf(payment_, allocation, context_.effective_time());
  cause.reversal = true;
  cause.paid_minor = -part.left_minor;
  return recognition_.Enter(receivable.frozen(), cause);
}

absl::StatusOr<PaymentDecision> Reversing::Conclude(const PaymentState& state,
                                                    const std::string& reason,
                                                    const Ref<PaymentBalance>& balance) {
  RETURN_IF_ERROR(recognition_.Conclude());
  int64_t rest_minor = balance->credit_minor;  // credit that came by no invoice
  for (const BalanceChange& change : balance_) rest_minor += change.credit_minor;
  if (rest_minor != 0) {
    balance_.push_back({.cause = StreamOf(payment_),
                        .instant = context_.effective_time(),
                        .invoice = {},
                        .credit_minor = -rest_minor});
  }
  for (const BalanceChange& change : balance_) effects_.Affect(balance, BalancePosted(change));
  reversed_.set_reason(reason);
  reversed_.set_credit_minor(balance->credit_minor);
  *reversed_.mutable_ownership() = state.ownership;
  effects_.Add(std::move(reversed_));
  recognition_.ApplyTo(effects_);
  return std::move(effects_);
}

}  // namespace

absl::StatusOr<PaymentDecision> Payment::Decide(const State& state,
                                                const v1::ReversePaymentRequest& command,
                                                const DecideContext& context) {
  ASSIGN_OR_RETURN(const PaymentId id, ParseName<PaymentId>(command.name()));
  RETURN_IF_ERROR(RequireNotReversed(state, id));
  if (state.refunded_minor > 0) {
    return Refuse(
        "CREDIT_REFUNDED", absl::StrCat("part of ", NameOf(id), " was paid back already"),
        {{"payment", NameOf(id)}, {"refunded_minor", absl::StrCat(state.refunded_minor)}});
  }
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                   context.Find<PaymentBalance>(PaymentBalanceOf(id)));
  Reversing reversing(id, settings.state(), context);
  for (const auto& [invoice, amounts] : balance->invoices) {
    RETURN_IF_ERROR(reversing.TakeOff(invoice, amounts));
  }
  return reversing.Conclude(state, command.reason(), balance);
}

}  // namespace crm::domain
