// Settlement: what was paid on an invoice and credited to it. A guard: every payment, reversal and
// credit note posts to it in its own commit, so that two of them at once cannot both take what is
// due. One bookkeeping stream per invoice, absent until something was posted; the instants of the
// business are in the posts, which may arrive in any order.
//
// Invariants
//   I1  0 <= paid <= total - credited, over all posts: an invoice is never overpaid. What a payer
//       sent beyond it is the payer's credit, and only noted here (T37).
//   I2  What it says as of an instant rests on the posts up to that instant alone. There paid may
//       be more than was asked for, or less than nothing, when causes became known late.
// Pure functions; thread-safe.
#pragma once

#include <algorithm>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct SettlementState {
  // Minor units of the invoice's currency.
  struct Amounts {
    int64_t paid_minor = 0;
    int64_t credited_minor = 0;  // tax included
    int64_t overpaid_minor = 0;  // kept as credit of the payer
    friend bool operator==(const Amounts&, const Amounts&) = default;
  };
  struct Post {
    StreamId cause;  // payment or credit note
    absl::Time instant;
    Amounts amounts;  // added; signed
  };
  std::vector<Post> posts;  // in order of recording
  Amounts sum;              // of all posts

  // What is still asked for of an invoice of this total.
  int64_t DueMinor(int64_t total_minor) const {
    return total_minor - sum.credited_minor - sum.paid_minor;
  }
  // As it was at the end of `instant`.
  Amounts AsOf(absl::Time instant) const;
  // Nothing was ever paid or credited.
  bool untouched() const { return posts.empty(); }
  // The causes of this kind that ever posted, each once, in the order of their first posts.
  template <class Id>
  std::vector<Id> Causes() const;
};

struct Settlement {
  using Id = SettlementId;
  using State = SettlementState;
  using Event = std::variant<events::v1::SettlementPosted>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

template <class Id>
std::vector<Id> SettlementState::Causes() const {
  std::vector<Id> causes;
  for (const Post& post : posts) {
    const Id id(post.cause.id);
    if (post.cause != StreamOf(id)) continue;
    if (std::find(causes.begin(), causes.end(), id) == causes.end()) causes.push_back(id);
  }
  return causes;
}

// The settlement of an invoice.
inline SettlementId SettlementOf(const InvoiceId& invoice) { return SettlementId(invoice.uuid()); }

// The post of a cause, which names itself. FAILED_PRECONDITION PAYMENT_EXCEEDS_DUE when it would
// break I1, with the invoice, what is due and the total in the metadata.
absl::StatusOr<events::v1::SettlementPosted> PostSettlement(
    const Ref<Settlement>& settlement, int64_t total_minor, const StreamId& cause,
    absl::Time instant, const SettlementState::Amounts& amounts);

}  // namespace crm::domain
