// Receivable: an issued invoice as money sees it - what it still asks for after its credit notes,
// what is paid of it, and by which allocations of which payments. Read whole for one decision;
// nothing of it is stored. Pure over what the lookup reads; thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/commission_book/recognition.h"
#include "domain/invoice/invoice.h"
#include "domain/lookup.h"
#include "domain/payment/payment.h"
#include "domain/settlement/settlement.h"

namespace crm::domain {

struct Receivable {
  Ref<Invoice> invoice;  // issued
  Ref<Settlement> settlement;
  std::vector<FrozenCreditNote> credit_notes;  // in order of recording

  const events::v1::InvoiceIssued& issued() const { return *invoice->issued; }
  const events::v1::DocumentContent& content() const { return issued().content(); }
  // The reference in it is to this invoice, which must live as long.
  FrozenInvoice frozen() const { return {invoice.id, invoice->issue_time, issued(), credit_notes}; }
  // What is still asked for.
  int64_t DueMinor() const { return settlement->DueMinor(content().total_minor()); }
  // What is asked for besides tax, when so much is paid of the whole: rounded, so that a settled
  // invoice's is its base less what was credited of it.
  int64_t BasePaidMinor(int64_t paid_minor) const;
};

// Requires an invoice that is issued.
absl::StatusOr<Receivable> ReceivableOf(const Ref<Invoice>& invoice, const Lookup& lookup);

// What a payment ever paid on the invoice on one day, as commission books know it, and what is left
// of it there.
struct PaidPart {
  PaymentId payment;
  events::v1::PaymentAllocation allocation;  // all of that day
  absl::Time instant;                        // of the first
  int64_t left_minor = 0;                    // less what credit notes released; 0 when it went back
};
// In order of their dates; of one instant in order of recording.
absl::StatusOr<std::vector<PaidPart>> PaidPartsOf(const Receivable& receivable,
                                                  const Lookup& lookup);

// The part as commission books see it when it was paid.
PaidCause PaidCauseOf(const PaymentId& payment, const events::v1::PaymentAllocation& allocation,
                      absl::Time instant);

}  // namespace crm::domain
