#include "domain/reconciliation/money_sums.h"

#include <algorithm>

#include "base/uuid.h"
#include "domain/types/ids.h"

namespace crm::domain {
namespace {

StreamId InvoiceStream(const std::string& stored_id) {
  return StreamOf(FromBytes<InvoiceId>(stored_id));
}

StreamId PaymentStream(const std::string& stored_id) {
  return StreamOf(FromBytes<PaymentId>(stored_id));
}

}  // namespace

// A line that earns nobody anything is credited to nobody.
template <class Document>
void MoneySums::Split(const Document& document, const StreamId& id) {
  absl::btree_map<std::string, int64_t> credited_minor;
  for (const events::v1::FrozenCredit& credit : document.credits())
    for (const events::v1::CreditedShare& share : credit.shares())
      credited_minor[share.line_id()] += share.base_minor();
  for (const events::v1::DocumentLine& line : document.content().lines()) {
    const auto credited = credited_minor.find(line.line_id());
    if (credited == credited_minor.end()) continue;
    shares_.push_back({id, line.base_minor(), credited->second});
  }
}

void MoneySums::Bear(const StreamId& document, const std::string& series_id,
                     const std::string& number, int64_t ordinal) {
  numbers_[document].borne = ordinal;
  ++texts_[{series_id, number}];
}

void MoneySums::On(const events::v1::InvoiceIssued& event, const EventMetadata& metadata) {
  Invoice& invoice = invoices_[metadata.stream.id.ToBytes()];
  invoice.total_minor = event.content().total_minor();
  invoice.base_minor = event.content().base_minor();
  Bear(metadata.stream, event.series_id(), event.number(), event.ordinal());
  Split(event, metadata.stream);
}

void MoneySums::On(const events::v1::CreditNoteIssued& event, const EventMetadata& metadata) {
  Invoice& invoice = invoices_[event.invoice_id()];
  invoice.credited_minor += event.content().total_minor();
  invoice.credited_base_minor += event.content().base_minor();
  invoice.paid_base_minor += event.paid_base_minor();
  for (const events::v1::ReleasedPayment& released : event.released()) {
    invoice.paid_minor -= released.amount_minor();
    Payment& payment = payments_[released.payment_id()];
    payment.on_invoices_minor -= released.amount_minor();
    payment.credit_minor += released.amount_minor();
  }
  Bear(metadata.stream, event.series_id(), event.number(), event.ordinal());
  Split(event, metadata.stream);
}

void MoneySums::Pay(const events::v1::PaymentAllocation& allocation, Payment& payment) {
  Invoice& invoice = invoices_[allocation.invoice_id()];
  invoice.paid_minor += allocation.amount_minor();
  invoice.paid_base_minor += allocation.base_minor();
  payment.on_invoices_minor += allocation.amount_minor();
}

void MoneySums::On(const events::v1::PaymentRecorded& event, const EventMetadata& metadata) {
  Payment& payment = payments_[metadata.stream.id.ToBytes()];
  payment.amount_minor = event.amount().minor();
  payment.credit_minor = event.credit_minor();
  for (const events::v1::PaymentAllocation& allocation : event.allocations())
    Pay(allocation, payment);
}

void MoneySums::On(const events::v1::CreditApplied& event, const EventMetadata& metadata) {
  Payment& payment = payments_[metadata.stream.id.ToBytes()];
  Pay(event.allocation(), payment);
  payment.credit_minor -= event.allocation().amount_minor();
}

void MoneySums::On(const events::v1::CreditRefunded& event, const EventMetadata& metadata) {
  Payment& payment = payments_[metadata.stream.id.ToBytes()];
  payment.refunded_minor += event.amount_minor();
  payment.credit_minor -= event.amount_minor();
}

void MoneySums::On(const events::v1::PaymentReversed& event, const EventMetadata& metadata) {
  Payment& payment = payments_[metadata.stream.id.ToBytes()];
  payment.reversed = true;
  for (const events::v1::PaymentAllocation& allocation : event.allocations()) {
    Invoice& invoice = invoices_[allocation.invoice_id()];
    invoice.paid_minor -= allocation.amount_minor();
    invoice.paid_base_minor -= allocation.base_minor();
    payment.on_invoices_minor -= allocation.amount_minor();
  }
  payment.credit_minor -= event.credit_minor();
}

void MoneySums::On(const events::v1::SettlementPosted& event, const EventMetadata& metadata) {
  Invoice& invoice = invoices_[metadata.stream.id.ToBytes()];
  invoice.posted_paid_minor += event.paid_minor();
  invoice.posted_credited_minor += event.credited_minor();
}

void MoneySums::On(const events::v1::PaymentBalancePosted& event, const EventMetadata& metadata) {
  Payment& payment = payments_[metadata.stream.id.ToBytes()];
  payment.posted_on_invoices_minor += event.paid_minor();
  payment.posted_credit_minor += event.credit_minor();
}

// Orders have one series, which has no name.
void MoneySums::On(const events::v1::SalesOrderConfirmed& event, const EventMetadata& metadata) {
  Bear(metadata.stream, std::string(), event.number(), event.ordinal());
}

void MoneySums::On(const events::v1::NumberAllotted& event, const EventMetadata& metadata) {
  Numbers& numbers =
      numbers_[{event.holder_category(), Uuid::FromBytes(event.holder_id()).value_or(Uuid())}];
  numbers.allotted = metadata.version;
  ++numbers.times_allotted;
}

void MoneySums::Conclude(Comparisons& comparisons) const {
  for (const auto& [id, invoice] : invoices_) {
    const StreamId subject = InvoiceStream(id);
    const int64_t asked_minor = invoice.total_minor - invoice.credited_minor;
    comparisons.Compare("settlement", subject, "paid by its payments", invoice.paid_minor,
                        invoice.posted_paid_minor);
    comparisons.Compare("settlement", subject, "credited by its credit notes",
                        invoice.credited_minor, invoice.posted_credited_minor);
    comparisons.Compare(
        "settlement", subject, "paid, within what it asks for",
        std::clamp<int64_t>(invoice.paid_minor, 0, std::max<int64_t>(asked_minor, 0)),
        invoice.paid_minor);
    if (invoice.paid_minor != asked_minor) continue;
    comparisons.Compare("settlement", subject, "base of what is paid, as it is settled",
                        invoice.base_minor - invoice.credited_base_minor, invoice.paid_base_minor);
  }
  for (const auto& [id, payment] : payments_) {
    const StreamId subject = PaymentStream(id);
    comparisons.Compare("payment", subject, "on invoices", payment.on_invoices_minor,
                        payment.posted_on_invoices_minor);
    comparisons.Compare("payment", subject, "credit left", payment.credit_minor,
                        payment.posted_credit_minor);
    comparisons.Compare("payment", subject, "amount, wherever it is",
                        payment.reversed ? 0 : payment.amount_minor - payment.refunded_minor,
                        payment.on_invoices_minor + payment.credit_minor);
  }
  for (const auto& [document, numbers] : numbers_) {
    comparisons.Compare("number", document, "ordinal", numbers.allotted, numbers.borne);
    comparisons.Compare("number", document, "times it was given a number", 1,
                        numbers.times_allotted);
  }
  for (const auto& [text, bearers] : texts_) {
    comparisons.Compare("number", StreamOf(FromBytes<InvoiceSeriesId>(text.first)),
                        "documents that bear one number", 1, bearers);
  }
  for (const Share& share : shares_) {
    comparisons.Compare("share", share.document, "base of a line, in the parts of its members",
                        share.base_minor, share.credited_minor);
  }
}

}  // namespace crm::domain
