// Payment: money that came in, and what it paid. What it earns its agents is decided and recorded
// with it, in one commit, so what is recognised is the commission of what was paid at every
// position of the log (ADR "A payment pays its commission").
//
//   recorded -> reversed            meanwhile its credit pays invoices, or is refunded
//
// Invariants
//   I1  What is on invoices and what is credit of the payer sum to the payment, until it goes back
//       (PaymentBalance).
//   I2  It pays invoices that are issued, not void, in its currency, of its payer, and not before
//       they were issued; never more than is due of one (Settlement). What exceeds that is refused
//       unless it is to be kept as credit (T37).
//   I3  It goes back whole, and once, and not after part of it was refunded (CREDIT_REFUNDED). What
//       it earned is taken back in the books it was earned in, dated as the reversal; what a credit
//       note released of it earned nothing any more.
//   I4  The parts of an invoice's base that its payments paid sum to the base once it is settled.
//   I5  Credit is used once (CREDIT_INSUFFICIENT): by invoices of the same customer, or refunded.
//       What was paid beyond an invoice is used last.
//   I6  What a provider reports is one payment by provider and external id, however often it is
//       reported; another amount for it is refused (NOTICE_CONTRADICTED).
// Of the team and owner of its first invoice; owners of others see it as contributors. Pure
// functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/payment_events.pb.h"
#include "crm/v1/payment_callback_service.pb.h"
#include "crm/v1/payment_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/money.h"

namespace crm::domain {

struct PaymentState {
  struct Allocation {
    events::v1::PaymentAllocation stored;
    absl::Time instant;  // of the event that made it
  };
  OrganizationId organization;  // nil before the first event
  std::optional<Money> amount;  // set from the first event on
  std::vector<Allocation> allocations;
  int64_t refunded_minor = 0;
  CustomerId customer;
  std::string method;
  std::string reference;
  std::string provider;
  std::string external_id;
  events::v1::Ownership ownership;
  absl::CivilDay received;
  std::optional<absl::Time> reverse_time;  // effective time
  std::string reverse_reason;

  bool reversed() const { return reverse_time.has_value(); }
};

struct Payment {
  using Id = PaymentId;
  using State = PaymentState;
  using Event = std::variant<events::v1::PaymentRecorded, events::v1::CreditApplied,
                             events::v1::CreditRefunded, events::v1::PaymentReversed>;
  using Resource = v1::Payment;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Its credit as of the lookup's instant.
  static absl::StatusOr<Resource> Render(const Ref<Payment>& self, const Lookup& lookup);

  // Refuses by I2: AMOUNT_NOT_POSITIVE, ALLOCATION_REPEATED, ALLOCATION_EXCEEDS_PAYMENT,
  // PAYMENT_NOT_ALLOCATED, PAYMENT_EXCEEDS_DUE, CURRENCY_MISMATCH, INVOICE_NOT_ISSUED,
  // INVOICE_VOID, PAYMENT_BEFORE_ISSUE, CUSTOMER_MISMATCH; PAYER_REQUIRED when neither an invoice
  // nor the caller says whose credit it is.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RecordPaymentRequest&,
                                                const DecideContext&);
  // By I6: of a genuine notice, which the caller has made sure of. Refuses NOTICE_UNREADABLE, and
  // what RecordPayment refuses.
  static Result Decide(const State&, const v1::ReceiveProviderNoticeRequest&, const DecideContext&);
  static absl::StatusOr<PaymentId> TargetOf(const v1::ReceiveProviderNoticeRequest&, const Caller&);
  static void BirthsIfAbsent(const v1::ReceiveProviderNoticeRequest&);
  // This and all below refuse PAYMENT_REVERSED. Refuses by I2 and I5.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ApplyCreditRequest&,
                                                const DecideContext&);
  // Refuses by I5.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RefundCreditRequest&,
                                                const DecideContext&);
  // Refuses by I3.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReversePaymentRequest&,
                                                const DecideContext&);
  // The payment, and what it earned, by agent.
  static absl::StatusOr<v1::RecordPaymentResponse> Respond(const v1::RecordPaymentRequest&,
                                                           const Ref<Payment>& self,
                                                           const Lookup& lookup);
  static absl::StatusOr<v1::ReceiveProviderNoticeResponse> Respond(
      const v1::ReceiveProviderNoticeRequest&, const Ref<Payment>& self, const Lookup& lookup);
};

}  // namespace crm::domain
