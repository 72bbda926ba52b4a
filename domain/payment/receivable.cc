#include "domain/payment/receivable.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "domain/credit_note/credit_note.h"
#include "domain/render.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

// What one payment paid on one day counts as one part: nothing tells its allocations apart.
void Add(PaidPart part, size_t first, std::vector<PaidPart>& parts) {
  for (size_t i = first; i < parts.size(); ++i) {
    events::v1::PaymentAllocation& known = parts[i].allocation;
    if (known.paid().days() != part.allocation.paid().days()) continue;
    known.set_amount_minor(known.amount_minor() + part.allocation.amount_minor());
    return;
  }
  parts.push_back(std::move(part));
}

// What credit notes released of this part.
int64_t ReleasedOf(const PaidPart& part, const std::vector<FrozenCreditNote>& notes) {
  int64_t released_minor = 0;
  for (const FrozenCreditNote& note : notes) {
    for (const events::v1::ReleasedPayment& released : note.issued.released()) {
      const bool same = released.payment_id() == ToBytes(part.payment) &&
                        released.paid().days() == part.allocation.paid().days();
      if (same) released_minor += released.amount_minor();
    }
  }
  return released_minor;
}

}  // namespace

int64_t Receivable::BasePaidMinor(int64_t paid_minor) const {
  int64_t base_minor = content().base_minor();
  int64_t total_minor = content().total_minor();
  for (const FrozenCreditNote& note : credit_notes) {
    base_minor -= note.issued.content().base_minor();
    total_minor -= note.issued.content().total_minor();
  }
  if (total_minor == 0) return 0;
  return static_cast<int64_t>(RoundedQuotient(static_cast<__int128>(base_minor) * paid_minor,
                                              total_minor,
                                              RoundingFromStored(content().profile().rounding())));
}

absl::StatusOr<Receivable> ReceivableOf(const Ref<Invoice>& invoice, const Lookup& lookup) {
  Receivable receivable = {.invoice = invoice, .settlement = {}, .credit_notes = {}};
  ASSIGN_OR_RETURN(receivable.settlement, lookup.Find<Settlement>(SettlementOf(invoice.id)));
  for (const CreditNoteId& id : receivable.settlement->Causes<CreditNoteId>()) {
    ASSIGN_OR_RETURN(const Ref<CreditNote> note, lookup.Get<CreditNote>(id));
    receivable.credit_notes.push_back({id, note->issue_time, note->issued});
  }
  return receivable;
}

absl::StatusOr<std::vector<PaidPart>> PaidPartsOf(const Receivable& receivable,
                                                  const Lookup& lookup) {
  std::vector<PaidPart> parts;
  const std::string invoice_id = ToBytes(receivable.invoice.id);
  for (const PaymentId& id : receivable.settlement->Causes<PaymentId>()) {
    ASSIGN_OR_RETURN(const Ref<Payment> payment, lookup.Get<Payment>(id));
    const size_t first = parts.size();
    for (const PaymentState::Allocation& allocation : payment->allocations) {
      if (allocation.stored.invoice_id() == invoice_id) {
        Add({id, allocation.stored, allocation.instant}, first, parts);
      }
    }
    for (size_t i = first; i < parts.size(); ++i) {
      parts[i].left_minor = payment->reversed() ? 0
                                                : parts[i].allocation.amount_minor() -
                                                      ReleasedOf(parts[i], receivable.credit_notes);
    }
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const PaidPart& a, const PaidPart& b) { return a.instant < b.instant; });
  return parts;
}

PaidCause PaidCauseOf(const PaymentId& payment, const events::v1::PaymentAllocation& allocation,
                      absl::Time instant) {
  PaidCause cause = {.cause = StreamOf(payment),
                     .instant = instant,
                     .paid_minor = allocation.amount_minor(),
                     .paid_day = DayFromStored(allocation.paid()),
                     .fiscal_year_start = {}};
  cause.fiscal_year_start =
      FiscalYearStart::FromMonth(allocation.fiscal_year_start_month()).value_or(FiscalYearStart());
  return cause;
}

}  // namespace crm::domain
