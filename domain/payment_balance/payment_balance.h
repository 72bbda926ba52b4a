// PaymentBalance: where the money of a payment is: on which invoices, and what of it is credit of
// the payer. One bookkeeping stream per payment, beside the dated facts of the payment itself: a
// credit note may release money under a date earlier than the last thing done with it.
//
// Invariants
//   I1  What is on the invoices and the credit sum to the payment, until it goes back; nothing of
//       them is less than nothing.
// Pure functions; thread-safe.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "crm/events/v1/payment_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct PaymentBalanceState {
  // Minor units of the payment's currency.
  struct Amounts {
    int64_t paid_minor = 0;
    int64_t overpaid_minor = 0;  // of the credit, what came by this invoice
  };
  absl::btree_map<InvoiceId, Amounts> invoices;  // also those that nothing is left on
  int64_t credit_minor = 0;
  std::vector<std::pair<absl::Time, int64_t>> credit_changes;  // signed; in order of recording

  // The credit as it was at the end of `instant`.
  int64_t CreditAsOf(absl::Time instant) const;
};

struct PaymentBalance {
  using Id = PaymentBalanceId;
  using State = PaymentBalanceState;
  using Event = std::variant<events::v1::PaymentBalancePosted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The balance of a payment.
inline PaymentBalanceId PaymentBalanceOf(const PaymentId& payment) {
  return PaymentBalanceId(payment.uuid());
}

// What a cause, which names itself, changes on an invoice (nil: only the credit). Amounts are
// added; signed.
struct BalanceChange {
  StreamId cause;
  absl::Time instant;
  InvoiceId invoice;
  int64_t paid_minor = 0;
  int64_t credit_minor = 0;
  int64_t overpaid_minor = 0;
};
events::v1::PaymentBalancePosted BalancePosted(const BalanceChange& change);

}  // namespace crm::domain
