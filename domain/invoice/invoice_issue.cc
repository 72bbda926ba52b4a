// The decision that turns a draft into an invoice: its number, and everything that is frozen.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/commission_register/freeze_credits.h"
#include "domain/invoice/invoice.h"
#include "domain/invoice_series/invoice_series.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using Result = Invoice::Result;

// I2.
absl::StatusOr<absl::CivilDay> DueDayOf(const InvoiceState& state, absl::CivilDay issued) {
  if (!state.details.has_due()) return issued + state.details.due_days();
  const absl::CivilDay due = DayFromStored(state.details.due());
  if (due >= issued) return due;
  return Refuse("DUE_BEFORE_ISSUE", absl::StrCat(NameOf(state.id), " would be due before its day"),
                {{"invoice", NameOf(state.id)}, {"issue_date", absl::FormatCivilTime(issued)}});
}

PolicyCombination CombinationOf(const OrganizationState& settings) {
  return settings.commission_combination == v1::COMMISSION_COMBINATION_ALL
             ? PolicyCombination::kAll
             : PolicyCombination::kFirstByPriority;
}

absl::Status RequireRecipient(const InvoiceState& state) {
  if (!state.document.recipient.customer_id().empty()) return absl::OkStatus();
  return Refuse("RECIPIENT_REQUIRED", absl::StrCat(NameOf(state.id), " is to no customer"),
                {{"invoice", NameOf(state.id)}});
}

}  // namespace

Result IssueDraft(const InvoiceState& state, absl::string_view series_name,
                  const DecideContext& context) {
  RETURN_IF_ERROR(RequireDraft(state));
  RETURN_IF_ERROR(RequireRecipient(state));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  const absl::CivilDay day = settings->zone().DayOf(context.effective_time());
  ASSIGN_OR_RETURN(const absl::CivilDay due, DueDayOf(state, day));

  Decision<Invoice::Event> decision;
  ASSIGN_OR_RETURN(const Ref<InvoiceSeries> series,
                   SeriesFor(v1::SERIES_KIND_INVOICE, series_name, context, decision));
  ASSIGN_OR_RETURN(const DocumentNumber number,
                   NumberDocument(series, StreamOf(state.id), day, settings->fiscal_year_start,
                                  context, decision));
  events::v1::InvoiceIssued issued;
  issued.set_number(number.text);
  issued.set_series_id(ToBytes(series.id));
  issued.set_ordinal(number.ordinal);
  *issued.mutable_issued() = StoredDay(day);
  *issued.mutable_due() = StoredDay(due);
  *issued.mutable_content() = state.document.content;
  *issued.mutable_at() = SnapshotOf(state);
  issued.mutable_at()->set_number(number.text);
  if (!state.document.source.category().empty()) *issued.mutable_source() = state.document.source;
  issued.set_cycle(state.cycle);
  RETURN_IF_ERROR(
      FreezeCredits(state.document.credited, CombinationOf(settings.state()), context, issued));
  decision.Add(std::move(issued));
  return decision;
}

Result Invoice::Decide(const State& state, const v1::IssueInvoiceRequest& command,
                       const DecideContext& context) {
  return IssueDraft(state, command.series(), context);
}

}  // namespace crm::domain
