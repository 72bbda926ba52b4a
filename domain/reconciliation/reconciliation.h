// Reconciliation: folds the events of an organization and checks that what is kept of them more
// than once agrees. It rests on the events alone: no view, no cache and no decision is asked.
//
// The published invariants, each under the word by which it is reported:
//   settlement  What an invoice's settlement says was paid and credited is what payments,
//               reversals, applied credit and credit notes say; never more than it asks for; and
//               once it is settled, the parts of its base that were paid sum to its base.
//   payment     What is on invoices, what is credit and what was refunded sum to the payment, and
//               its balance says the same; of one that went back nothing is left.
//   number      Every document bears the number that its register gave it, once; no two of a
//               series bear the same. That registers have no gap the log itself holds: a number is
//               the version of an event.
//   share       The members' parts of a line of an invoice or credit note sum to its base.
//   commission  Every cause in a book was recognised with what the book, reckoned anew under the
//               frozen policy version, earns by it: the sum of what is recognised is the
//               commission of what was paid.
//   receipt     What the balances of agents say was earned and what receipts took is what entries
//               and receipts say.
//   cycle       Every cycle of a recurring invoice became one invoice, which says the same, and
//               cycles follow each other without a gap but for those that were left out.
//   stock       What is on hand is what receipts, counts, deliveries and returns tell; what is
//               reserved and waited for is the sum of what the orders say of their lines; reserved
//               is never more than on hand.
//   order       Delivered is never more than was reserved, or ordered of what is not stocked;
//               invoiced is never more than was ordered.
//
//   Reconciliation reconciliation(keys);
//   for each event: RETURN_IF_ERROR(reconciliation.Add(event));
//   ASSIGN_OR_RETURN(const Comparisons found, reconciliation.Conclude());
//
// Memory grows with the number of documents, payments, commission causes and stock items. Belongs
// to one thread.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "domain/reconciliation/commission_sums.h"
#include "domain/reconciliation/comparisons.h"
#include "domain/reconciliation/cycle_sums.h"
#include "domain/reconciliation/money_sums.h"
#include "domain/reconciliation/stock_sums.h"

namespace crm::domain {

class Reconciliation {
 public:
  // `keys` must outlive it.
  explicit Reconciliation(KeyRing& keys) : keys_(keys) {}

  // Events in log order, from the first one on. DATA_LOSS for one that cannot be read.
  absl::Status Add(const RecordedEvent& event);
  // Once, at the end of a commit.
  absl::StatusOr<Comparisons> Conclude() const;

 private:
  KeyRing& keys_;
  MoneySums money_;
  CommissionSums commissions_;
  CycleSums cycles_;
  StockSums stock_;
};

}  // namespace crm::domain
