// The decision that records money: what it pays, what it leaves, and what it earns.
#include <algorithm>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/commission_book/recognition.h"
#include "domain/customer/customer.h"
#include "domain/ownership.h"
#include "domain/payment/payment_rules.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using PaymentDecision = Decision<Payment::Event>;

struct Wanted {
  InvoiceId invoice;
  int64_t amount_minor = 0;
};

absl::StatusOr<std::vector<Wanted>> AllocationsFrom(const v1::Payment& payment,
                                                    const Money& amount) {
  std::vector<Wanted> allocations;
  absl::btree_set<InvoiceId> named;
  __int128 sum_minor = 0;
  for (const v1::PaymentAllocation& allocation : payment.allocations()) {
    ASSIGN_OR_RETURN(const InvoiceId invoice, ParseName<InvoiceId>(allocation.invoice()));
    ASSIGN_OR_RETURN(const Money part, PositiveAmount(allocation.amount()));
    if (part.currency() != amount.currency()) {
      return AmountsMismatch(amount, part.currency().code());
    }
    if (!named.insert(invoice).second) {
      return Invalid("ALLOCATION_REPEATED", "a payment names an invoice once",
                     {{"invoice", NameOf(invoice)}});
    }
    sum_minor += part.minor();
    allocations.push_back({invoice, part.minor()});
  }
  if (sum_minor > amount.minor()) {
    return Invalid("ALLOCATION_EXCEEDS_PAYMENT", "more is allocated than was paid",
                   {{"amount_minor", absl::StrCat(amount.minor())}});
  }
  return allocations;
}

// One payment as it is recorded, invoice by invoice.
class Recording {
 public:
  Recording(const PaymentId& payment, const Money& amount, bool keep_excess,
            const OrganizationState& settings, const DecideContext& context)
      : payment_(payment),
        amount_(amount),
        keep_excess_(keep_excess),
        settings_(settings),
        context_(context),
        recognition_(context, settings) {
    recorded_.set_credit_minor(amount.minor());  // what is left
    *recorded_.mutable_amount() = StoredAmount(amount);
    *recorded_.mutable_received() = StoredDay(settings.zone().DayOf(context.effective_time()));
  }

  // Refuses by I2.
  absl::Status Allocate(const Wanted& wanted);
  absl::Status PaidBy(const v1::Payment& payment);
  absl::StatusOr<PaymentDecision> Conclude();

 private:
  absl::Status Belong(const InvoiceId& invoice, const events::v1::DocumentSnapshot& at);
  absl::Status Pay(const Receivable& receivable, int64_t paid_minor, int64_t overpaid_minor);

  const PaymentId payment_;
  const Money amount_;
  const bool keep_excess_;
  const OrganizationState& settings_;
  const DecideContext& context_;
  Recognition recognition_;
  events::v1::PaymentRecorded recorded_;
  std::vector<BalanceChange> balance_;
  PaymentDecision effects_;
};

// The first invoice says whose the payment is; owners of others see it, too.
absl::Status Recording::Belong(const InvoiceId& invoice, const events::v1::DocumentSnapshot& at) {
  if (recorded_.customer_id().empty()) recorded_.set_customer_id(at.customer_id());
  if (recorded_.customer_id() != at.customer_id()) {
    return RefuseInvoice("CUSTOMER_MISMATCH", "is of another customer", invoice);
  }
  events::v1::Ownership& ownership = *recorded_.mutable_ownership();
  if (balance_.empty()) {
    ownership = at.ownership();
    return absl::OkStatus();
  }
  const std::string& owner = at.ownership().owner_id();
  const auto& known = ownership.contributor_ids();
  if (!owner.empty() && owner != ownership.owner_id() &&
      std::find(known.begin(), known.end(), owner) == known.end()) {
    ownership.add_contributor_ids(owner);
  }
  return absl::OkStatus();
}

absl::Status Recording::Allocate(const Wanted& wanted) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, RequirePayable(wanted.invoice, amount_, context_));
  RETURN_IF_ERROR(Belong(wanted.invoice, invoice->issued->at()));
  ASSIGN_OR_RETURN(const Receivable receivable, ReceivableOf(invoice, context_));
  const int64_t paid_minor =
      keep_excess_ ? std::min(wanted.amount_minor, receivable.DueMinor()) : wanted.amount_minor;
  return Pay(receivable, paid_minor, wanted.amount_minor - paid_minor);
}

absl::Status Recording::Pay(const Receivable& receivable, int64_t paid_minor,
                            int64_t overpaid_minor) {
  const absl::Time instant = context_.effective_time();
  ASSIGN_OR_RETURN(
      events::v1::SettlementPosted posted,
      PostSettlement(receivable.settlement, receivable.content().total_minor(), StreamOf(payment_),
                     instant, {.paid_minor = paid_minor, .overpaid_minor = overpaid_minor}));
  effects_.Affect(receivable.settlement, std::move(posted));
  balance_.push_back({.cause = StreamOf(payment_),
                      .instant = instant,
                      .invoice = receivable.invoice.id,
                      .paid_minor = paid_minor,
                      .credit_minor = overpaid_minor,
                      .overpaid_minor = overpaid_minor});
  if (overpaid_minor > 0) {
    *recorded_.add_excesses() = ExcessOf(receivable.invoice.id, overpaid_minor);
  }
  if (paid_minor == 0) return absl::OkStatus();  // nothing was due: all of it is credit

  events::v1::PaymentAllocation& allocation = *recorded_.add_allocations();
  allocation = AllocationOf(receivable, paid_minor, settings_, context_);
  recorded_.set_credit_minor(recorded_.credit_minor() - paid_minor);
  return recognition_.Enter(receivable.frozen(), PaidCauseOf(payment_, allocation, instant));
}

absl::Status Recording::PaidBy(const v1::Payment& payment) {
  ASSIGN_OR_RETURN(const CustomerId customer, ParseOptionalName<CustomerId>(payment.customer()));
  recorded_.set_method(payment.method());
  recorded_.set_reference(payment.reference());
  recorded_.set_provider(payment.provider());
  recorded_.set_external_id(payment.external_id());
  recorded_.set_customer_id(ToBytes(customer));
  if (customer.IsNil()) {
    if (!payment.allocations().empty()) return absl::OkStatus();
    return Invalid("PAYER_REQUIRED", "a payment on no invoice says whose credit it is",
                   {{"field", "customer"}});
  }
  ASSIGN_OR_RETURN(const Ref<Customer> payer, context_.RequireSeen<Customer>(customer));
  *recorded_.mutable_ownership() =
      ToEvent(Ownership{.team = payer->team, .owner = payer->account_manager});
  return absl::OkStatus();
}

absl::StatusOr<PaymentDecision> Recording::Conclude() {
  int64_t kept_minor = 0;  // credit that came by an invoice
  for (const BalanceChange& change : balance_) kept_minor += change.credit_minor;
  const int64_t rest_minor = recorded_.credit_minor() - kept_minor;
  if (rest_minor > 0 && !keep_excess_ && !balance_.empty()) {
    return Refuse("PAYMENT_NOT_ALLOCATED", "part of the payment is on no invoice",
                  {{"rest_minor", absl::StrCat(rest_minor)}});
  }
  if (rest_minor > 0) {
    balance_.push_back({.cause = StreamOf(payment_),
                        .instant = context_.effective_time(),
                        .invoice = {},
                        .credit_minor = rest_minor});
  }
  RETURN_IF_ERROR(recognition_.Conclude());
  ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                   context_.Find<PaymentBalance>(PaymentBalanceOf(payment_)));
  for (const BalanceChange& change : balance_) effects_.Affect(balance, BalancePosted(change));
  effects_.Add(std::move(recorded_));
  recognition_.ApplyTo(effects_);
  return std::move(effects_);
}

}  // namespace

Payment::Result RecordAs(const PaymentId& id, const v1::Payment& payment, bool keep_excess,
                         const DecideContext& context) {
  ASSIGN_OR_RETURN(const Money amount, PositiveAmount(payment.amount()));
  ASSIGN_OR_RETURN(const std::vector<Wanted> allocations, AllocationsFrom(payment, amount));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  Recording recording(id, amount, keep_excess, settings.state(), context);
  RETURN_IF_ERROR(recording.PaidBy(payment));
  for (const Wanted& allocation : allocations) RETURN_IF_ERROR(recording.Allocate(allocation));
  return recording.Conclude();
}

Payment::Result Payment::Decide(const State&, const v1::RecordPaymentRequest& command,
                                const DecideContext& context) {
  v1::Payment entered = command.payment();
  entered.clear_provider();  // output only
  entered.clear_external_id();
  return RecordAs(context.NewId<PaymentId>(0), entered, command.keep_excess(), context);
}

}  // namespace crm::domain
