// Decisions of Payment: what money pays when it comes, and what it leaves when it goes back.
#include <algorithm>
#include <utility>

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/commission_book/recognition.h"
#include "domain/customer/customer.h"
#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/payment/paid_cause.h"
#include "domain/payment/payment.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/settlement/settlement.h"

namespace crm::domain {
namespace {

using PaymentDecision = Decision<Payment::Event>;

struct Wanted {
  InvoiceId invoice;
  int64_t amount_minor = 0;
};

absl::Status AmountNotPositive() {
  return Invalid("AMOUNT_NOT_POSITIVE", "a payment is more than nothing", {{"field", "amount"}});
}

absl::Status RefuseInvoice(absl::string_view reason, absl::string_view message,
                           const InvoiceId& invoice) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason,
                    absl::StrCat(NameOf(invoice), " ", message), {{"invoice", NameOf(invoice)}});
}

absl::Status CurrencyMismatch(const Money& amount, absl::string_view other) {
  return Invalid("CURRENCY_MISMATCH", "a payment and what it pays are in one currency",
                 {{"currency_code", std::string(amount.currency().code())},
                  {"other_currency_code", std::string(other)}});
}

absl::StatusOr<std::vector<Wanted>> AllocationsFrom(const v1::Payment& payment,
                                                    const Money& amount) {
  std::vector<Wanted> allocations;
  absl::btree_set<InvoiceId> named;
  __int128 sum_minor = 0;
  for (const v1::PaymentAllocation& allocation : payment.allocations()) {
    ASSIGN_OR_RETURN(const InvoiceId invoice, ParseName<InvoiceId>(allocation.invoice()));
    ASSIGN_OR_RETURN(const Money part, Money::FromProto(allocation.amount()));
    if (part.currency() != amount.currency()) {
      return CurrencyMismatch(amount, part.currency().code());
    }
    if (part.minor() <= 0) return AmountNotPositive();
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

// I4: up to `paid_minor` of the total.
int64_t BasePaid(const events::v1::DocumentContent& content, int64_t paid_minor) {
  if (content.total_minor() == 0) return 0;
  return static_cast<int64_t>(
      RoundedQuotient(static_cast<__int128>(content.base_minor()) * paid_minor,
                      content.total_minor(), RoundingFromStored(content.profile().rounding())));
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
  absl::StatusOr<Ref<Invoice>> Payable(const InvoiceId& id) const;
  absl::Status Belong(const InvoiceId& invoice, const events::v1::DocumentSnapshot& at);
  absl::Status Pay(const Ref<Invoice>& invoice, const Ref<Settlement>& settlement,
                   int64_t paid_minor, int64_t overpaid_minor);

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

absl::StatusOr<Ref<Invoice>> Recording::Payable(const InvoiceId& id) const {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context_.RequireSeen<Invoice>(id));
  if (invoice->voided()) return RefuseInvoice("INVOICE_VOID", "is void", id);
  if (!invoice->issued.has_value()) return RefuseInvoice("INVOICE_NOT_ISSUED", "is a draft", id);
  const std::string& currency_code = invoice->issued->content().currency_code();
  if (currency_code != amount_.currency().code()) return CurrencyMismatch(amount_, currency_code);
  if (context_.effective_time() < invoice->issue_time) {
    return RefuseInvoice("PAYMENT_BEFORE_ISSUE", "was issued after this payment", id);
  }
  return invoice;
}

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
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, Payable(wanted.invoice));
  RETURN_IF_ERROR(Belong(wanted.invoice, invoice->issued->at()));
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   context_.Find<Settlement>(SettlementOf(wanted.invoice)));
  const int64_t due_minor = settlement->DueMinor(invoice->issued->content().total_minor());
  const int64_t paid_minor =
      keep_excess_ ? std::min(wanted.amount_minor, due_minor) : wanted.amount_minor;
  return Pay(invoice, settlement, paid_minor, wanted.amount_minor - paid_minor);
}

absl::Status Recording::Pay(const Ref<Invoice>& invoice, const Ref<Settlement>& settlement,
                            int64_t paid_minor, int64_t overpaid_minor) {
  const events::v1::InvoiceIssued& issued = *invoice->issued;
  const int64_t total_minor = issued.content().total_minor();
  const absl::Time instant = context_.effective_time();
  ASSIGN_OR_RETURN(events::v1::SettlementPosted posted,
                   PostSettlement(settlement, total_minor, StreamOf(payment_), instant,
                                  {.paid_minor = paid_minor, .overpaid_minor = overpaid_minor}));
  effects_.Affect(settlement, std::move(posted));
  balance_.push_back({.cause = StreamOf(payment_),
                      .instant = instant,
                      .invoice = invoice.id,
                      .paid_minor = paid_minor,
                      .credit_minor = overpaid_minor,
                      .overpaid_minor = overpaid_minor});
  if (paid_minor == 0) return absl::OkStatus();  // nothing was due: all of it is credit

  events::v1::PaymentAllocation& allocation = *recorded_.add_allocations();
  allocation.set_invoice_id(ToBytes(invoice.id));
  allocation.set_amount_minor(paid_minor);
  *allocation.mutable_at() = issued.at();
  const int64_t before_minor = settlement->sum.paid_minor;
  allocation.set_base_minor(BasePaid(issued.content(), before_minor + paid_minor) -
                            BasePaid(issued.content(), before_minor));
  allocation.set_settled(settlement->DueMinor(total_minor) == paid_minor);
  *allocation.mutable_paid() = recorded_.received();
  allocation.set_fiscal_year_start_month(settings_.fiscal_year_start.month());
  recorded_.set_credit_minor(recorded_.credit_minor() - paid_minor);
  return recognition_.Enter({invoice.id, invoice->issue_time, issued},
                            PaidCauseOf(payment_, {allocation, instant}));
}

absl::Status Recording::PaidBy(const v1::Payment& payment) {
  ASSIGN_OR_RETURN(const CustomerId customer, ParseOptionalName<CustomerId>(payment.customer()));
  recorded_.set_method(payment.method());
  recorded_.set_reference(payment.reference());
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

// I3: one payment as it goes back.
class Reversing {
 public:
  Reversing(const PaymentId& payment, const OrganizationState& settings,
            const DecideContext& context)
      : payment_(payment), context_(context), recognition_(context, settings) {}

  // What it is on an invoice is due again.
  absl::Status TakeOff(const InvoiceId& invoice, const PaymentBalanceState::Amounts& amounts);
  // What it earned goes back with it.
  absl::Status TakeBack(const PaymentState::Allocation& allocation);
  absl::StatusOr<PaymentDecision> Conclude(const PaymentState& state, const std::string& reason,
                                           const Ref<PaymentBalance>& balance);

 private:
  const PaymentId payment_;
  const DecideContext& context_;
  Recognition recognition_;
  std::vector<BalanceChange> balance_;
  PaymentDecision effects_;
};

absl::Status Reversing::TakeOff(const InvoiceId& invoice_id,
                                const PaymentBalanceState::Amounts& amounts) {
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context_.Get<Invoice>(invoice_id));
  ASSIGN_OR_RETURN(const Ref<Settlement> settlement,
                   context_.Find<Settlement>(SettlementOf(invoice_id)));
  ASSIGN_OR_RETURN(events::v1::SettlementPosted posted,
                   PostSettlement(settlement, invoice->issued->content().total_minor(),
                                  StreamOf(payment_), context_.effective_time(),
                                  {.paid_minor = -amounts.paid_minor,
                                   .overpaid_minor = -amounts.overpaid_minor}));
  effects_.Affect(settlement, std::move(posted));
  balance_.push_back({.cause = StreamOf(payment_),
                      .instant = context_.effective_time(),
                      .invoice = invoice_id,
                      .paid_minor = -amounts.paid_minor,
                      .credit_minor = -amounts.overpaid_minor,
                      .overpaid_minor = -amounts.overpaid_minor});
  return absl::OkStatus();
}

absl::Status Reversing::TakeBack(const PaymentState::Allocation& allocation) {
  const auto id = FromBytes<InvoiceId>(allocation.stored.invoice_id());
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context_.Get<Invoice>(id));
  PaidCause cause = PaidCauseOf(payment_, allocation);
  cause.reversal = true;
  cause.instant = context_.effective_time();
  cause.paid_minor = -cause.paid_minor;
  return recognition_.Enter({id, invoice->issue_time, *invoice->issued}, cause);
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
  events::v1::PaymentReversed reversed;
  reversed.set_reason(reason);
  for (const PaymentState::Allocation& allocation : state.allocations) {
    *reversed.add_allocations() = allocation.stored;
  }
  reversed.set_credit_minor(state.credit_minor);
  *reversed.mutable_ownership() = state.ownership;
  effects_.Add(std::move(reversed));
  recognition_.ApplyTo(effects_);
  return std::move(effects_);
}

}  // namespace

PaidCause PaidCauseOf(const PaymentId& payment, const PaymentState::Allocation& allocation) {
  PaidCause cause = {.cause = StreamOf(payment),
                     .instant = allocation.instant,
                     .paid_minor = allocation.stored.amount_minor(),
                     .paid_day = DayFromStored(allocation.stored.paid()),
                     .fiscal_year_start = {}};
  cause.fiscal_year_start = FiscalYearStart::FromMonth(allocation.stored.fiscal_year_start_month())
                                .value_or(FiscalYearStart());
  return cause;
}

absl::StatusOr<PaymentDecision> Payment::Decide(const State&,
                                                const v1::RecordPaymentRequest& command,
                                                const DecideContext& context) {
  const v1::Payment& wanted = command.payment();
  ASSIGN_OR_RETURN(const Money amount, Money::FromProto(wanted.amount()));
  if (amount.minor() <= 0) return AmountNotPositive();
  ASSIGN_OR_RETURN(const std::vector<Wanted> allocations, AllocationsFrom(wanted, amount));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  Recording recording(context.NewId<PaymentId>(0), amount, command.keep_excess(), settings.state(),
                      context);
  RETURN_IF_ERROR(recording.PaidBy(wanted));
  for (const Wanted& allocation : allocations) RETURN_IF_ERROR(recording.Allocate(allocation));
  return recording.Conclude();
}

absl::StatusOr<PaymentDecision> Payment::Decide(const State& state,
                                                const v1::ReversePaymentRequest& command,
                                                const DecideContext& context) {
  ASSIGN_OR_RETURN(const PaymentId id, ParseName<PaymentId>(command.name()));
  if (state.reversed()) {
    return Refuse("PAYMENT_REVERSED", absl::StrCat(NameOf(id), " went back already"),
                  {{"payment", NameOf(id)}});
  }
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Get<Organization>(context.caller().organization));
  ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                   context.Find<PaymentBalance>(PaymentBalanceOf(id)));
  Reversing reversing(id, settings.state(), context);
  for (const auto& [invoice, amounts] : balance->invoices) {
    RETURN_IF_ERROR(reversing.TakeOff(invoice, amounts));
  }
  for (const PaymentState::Allocation& allocation : state.allocations) {
    RETURN_IF_ERROR(reversing.TakeBack(allocation));
  }
  return reversing.Conclude(state, command.reason(), balance);
}

}  // namespace crm::domain
