#include "domain/reconciliation/cycle_sums.h"

#include "base/uuid.h"
#include "domain/types/ids.h"

namespace crm::domain {

int64_t& CycleSums::NextOf(const StreamId& recurring) {
  return next_.try_emplace(recurring, 1).first->second;
}

void CycleSums::Name(const std::string& invoice_id, int64_t cycle, const StreamId& recurring) {
  CycleInvoice& invoice = invoices_[invoice_id];
  ++invoice.times_named;
  invoice.named_cycle = cycle;
  invoice.named_by = recurring;
}

void CycleSums::On(const events::v1::RecurringCycleInvoiced& event, const EventMetadata& metadata) {
  int64_t& next = NextOf(metadata.stream);
  steps_.push_back({metadata.stream, next + event.left_out(), event.cycle()});
  next = event.cycle() + 1;
  Name(event.invoice_id(), event.cycle(), metadata.stream);
}

// What a pause left out.
void CycleSums::On(const events::v1::RecurringInvoiceResumed& event,
                   const EventMetadata& metadata) {
  NextOf(metadata.stream) = event.next_cycle();
}

// The days before it ended stand for the cycle that does not come.
void CycleSums::On(const events::v1::RecurringInvoiceCancelled& event,
                   const EventMetadata& metadata) {
  if (event.invoice_id().empty()) return;
  Name(event.invoice_id(), NextOf(metadata.stream), metadata.stream);
}

void CycleSums::On(const events::v1::InvoiceDrafted& event, const EventMetadata& metadata) {
  if (event.cycle() == 0) return;
  CycleInvoice& invoice = invoices_[metadata.stream.id.ToBytes()];
  invoice.cycle = event.cycle();
  invoice.made_of = {event.source().category(),
                     Uuid::FromBytes(event.source().source_id()).value_or(Uuid())};
}

void CycleSums::Conclude(Comparisons& comparisons) const {
  for (const Step& step : steps_) {
    comparisons.Compare("cycle", step.recurring, "the cycle that came next", step.expected,
                        step.cycle);
  }
  for (const auto& [id, invoice] : invoices_) {
    const StreamId subject = StreamOf(FromBytes<InvoiceId>(id));
    comparisons.Compare("cycle", subject, "times it was made of a cycle", 1, invoice.times_named);
    comparisons.Compare("cycle", subject, "the cycle it was made of", invoice.named_cycle,
                        invoice.cycle);
    comparisons.Compare("cycle", subject, "made of the recurring invoice that says so", 1,
                        invoice.made_of == invoice.named_by ? 1 : 0);
  }
}

}  // namespace crm::domain
