#include "projections/commission_what_if.h"

#include <string>
#include <utility>

#include "absl/types/span.h"
#include "base/status_macros.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::EventMetadata;
using events::v1::DocumentContent;
using events::v1::DocumentLine;
using events::v1::PaymentAllocation;
using views::v1::WhatIfCause;
using views::v1::WhatIfInvoice;

namespace {

// What commissions read of a document.
DocumentContent ReadOf(const DocumentContent& content) {
  DocumentContent read;
  read.set_currency_code(content.currency_code());
  read.set_total_minor(content.total_minor());
  read.mutable_profile()->set_rounding(content.profile().rounding());
  for (const DocumentLine& line : content.lines()) {
    DocumentLine& kept = *read.add_lines();
    kept.set_line_id(line.line_id());
    kept.set_product_id(line.product_id());
    *kept.mutable_category_ids() = line.category_ids();
    if (line.has_unit_cost()) *kept.mutable_unit_cost() = line.unit_cost();
  }
  return read;
}

// Puts a cause to its invoice, which has no causes before it is issued.
absl::Status AddCause(const std::string& invoice_id, WhatIfCause cause,
                      const EventMetadata& metadata, ViewTransaction& rows) {
  const Uuid id = UuidOf(invoice_id);
  ASSIGN_OR_RETURN(const WhatIfInvoice* known, CommissionWhatIf::kInvoices.Find(rows, {id}));
  if (known == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(CommissionWhatIf::kOrganization, rows));
  const absl::CivilDay day = zone.DayOf(metadata.effective_time);
  cause.set_time_us(absl::ToUnixMicros(metadata.effective_time));
  cause.set_day(DayNumber(day));
  cause.set_position(metadata.position);
  CommissionWhatIf::kByDay.Put(rows, {day, id}, {});
  if (!cause.has_note()) {
    CommissionWhatIf::kByDay.Put(rows, {NumberedDay(cause.paid_day()), id}, {});
  }
  ASSIGN_OR_RETURN(WhatIfInvoice * invoice, CommissionWhatIf::kInvoices.Edit(rows, {id}));
  *invoice->add_causes() = std::move(cause);
  return absl::OkStatus();
}

// `sign` -1 of what went back.
template <class Allocations>
absl::Status AddPaid(const Allocations& allocations, int sign, const EventMetadata& metadata,
                     ViewTransaction& rows) {
  int32_t place = 0;
  for (const PaymentAllocation& allocation : allocations) {
    WhatIfCause cause;
    cause.set_paid_minor(sign * allocation.amount_minor());
    cause.set_paid_day(allocation.paid().days());
    cause.set_fiscal_year_start_month(allocation.fiscal_year_start_month());
    cause.set_place(place++);
    RETURN_IF_ERROR(AddCause(allocation.invoice_id(), std::move(cause), metadata, rows));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CommissionWhatIf::Apply(const events::v1::InvoiceIssued& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  WhatIfInvoice invoice;
  invoice.set_issue_time_us(absl::ToUnixMicros(metadata.effective_time));
  events::v1::InvoiceIssued& issued = *invoice.mutable_issued();
  *issued.mutable_content() = ReadOf(event.content());
  *issued.mutable_credits() = event.credits();
  issued.set_override_leader_id(event.override_leader_id());
  issued.mutable_at()->mutable_ownership()->set_team_id(event.at().ownership().team_id());
  issued.set_cycle(event.cycle());
  kInvoices.Put(rows, {metadata.stream.id}, std::move(invoice));
  return absl::OkStatus();
}

absl::Status CommissionWhatIf::Apply(const events::v1::PaymentRecorded& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return AddPaid(event.allocations(), /*sign=*/1, metadata, rows);
}

absl::Status CommissionWhatIf::Apply(const events::v1::CreditApplied& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return AddPaid(absl::MakeConstSpan(&event.allocation(), 1), /*sign=*/1, metadata, rows);
}

absl::Status CommissionWhatIf::Apply(const events::v1::PaymentReversed& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return AddPaid(event.allocations(), /*sign=*/-1, metadata, rows);
}

absl::Status CommissionWhatIf::Apply(const events::v1::CreditNoteIssued& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  WhatIfCause cause;
  *cause.mutable_note()->mutable_content() = ReadOf(event.content());
  *cause.mutable_note()->mutable_credits() = event.credits();
  *cause.mutable_note()->mutable_released() = event.released();
  return AddCause(event.invoice_id(), std::move(cause), metadata, rows);
}

absl::Status CommissionWhatIf::Apply(const events::v1::CommissionRecognized& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  views::v1::RecognisedEntry entry;
  entry.set_agent_id(event.agent_id());
  entry.set_role(event.role());
  entry.set_team_id(event.ownership().team_id());
  entry.set_invoice_id(event.cause().invoice_id());
  entry.set_currency_code(event.currency_code());
  entry.set_amount_minor(event.amount_minor());
  kRecognised.Put(rows, {zone.DayOf(metadata.effective_time), metadata.position}, std::move(entry));
  return absl::OkStatus();
}

absl::Status CommissionWhatIf::Apply(const events::v1::CommissionPolicyVersionPublished& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  views::v1::WhatIfTerms version;
  *version.mutable_terms() = event.terms();
  kTerms.Put(rows,
             {domain::CommissionPolicyId(metadata.stream.id),
              static_cast<uint32_t>(event.policy_version())},
             std::move(version));
  return absl::OkStatus();
}

}  // namespace crm::projections
