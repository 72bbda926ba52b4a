#include "domain/recurring_invoice/recurring_invoice.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/document/content.h"
#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/recurring_invoice/recurrence_rule.h"
#include "domain/render.h"
#include "domain/settlement/settlement.h"

namespace crm::domain {
namespace {

using State = RecurringInvoiceState;

void On(State& state, const events::v1::RecurringInvoiceCreated& event,
        const EventMetadata& metadata) {
  state.id = RecurringInvoiceId(metadata.stream.id);
  state.organization = OrganizationId(metadata.organization);
  state.phase = v1::RECURRENCE_STATE_ACTIVE;
  state.display_name = event.display_name();
  state.rule = event.rule();
  state.document = {.ownership = event.at().ownership(),
                    .recipient = event.recipient(),
                    .subject = FromBytes<PersonId>(event.subject_id()),
                    .content = event.content(),
                    .credited = event.credited(),
                    .channel = event.at().channel(),
                    .source = event.source()};
  state.due_days = event.due_days();
  state.series = FromBytes<InvoiceSeriesId>(event.series_id());
  state.draft_only = event.draft_only();
}

void On(State& state, const events::v1::RecurringInvoiceRevised& event, const EventMetadata&) {
  const auto has = [&](absl::string_view field) {
    return absl::c_linear_search(event.fields(), field);
  };
  if (has("display_name")) state.display_name = event.display_name();
  if (has("cycles")) state.rule.set_cycles(event.cycles());
  if (has("only_when_paid")) state.rule.set_only_when_paid(event.only_when_paid());
  if (has("due_days")) state.due_days = event.due_days();
  if (has("end_date")) {
    state.rule.clear_last();
    if (event.has_last()) *state.rule.mutable_last() = event.last();
  }
  if (!has("content")) return;
  state.document.content = event.content();
  state.document.ownership = event.to();
}

void On(State& state, const events::v1::RecurringCycleInvoiced& event, const EventMetadata&) {
  state.next_cycle = event.cycle() + 1;
  state.last_invoice = FromBytes<InvoiceId>(event.invoice_id());
  state.invoices.push_back(state.last_invoice);
}

void On(State& state, const events::v1::RecurringInvoicePaused&, const EventMetadata&) {
  state.phase = v1::RECURRENCE_STATE_PAUSED;
}

void On(State& state, const events::v1::RecurringInvoiceResumed& event, const EventMetadata&) {
  state.phase = v1::RECURRENCE_STATE_ACTIVE;
  state.next_cycle = event.next_cycle();
}

void On(State& state, const events::v1::RecurringInvoiceCancelled& event, const EventMetadata&) {
  state.phase = v1::RECURRENCE_STATE_CANCELLED;
  state.last_day = DayFromStored(event.last_day());
  state.cancel_reason = event.reason();
  if (!event.invoice_id().empty()) state.last_invoice = FromBytes<InvoiceId>(event.invoice_id());
}

void On(State& state, const events::v1::RecurringInvoiceCompleted&, const EventMetadata&) {
  state.phase = v1::RECURRENCE_STATE_COMPLETED;
}

void On(State& state, const events::v1::RecurringInvoiceAssigned& event, const EventMetadata&) {
  state.document.ownership = event.to();
}

// The next cycle, while one is planned.
absl::Status ShowNext(const State& state, const Lookup& lookup, v1::RecurringInvoice& shown) {
  if (!state.IsActive()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(state.rule));
  const std::optional<absl::CivilDay> next = recurrence.DayOf(state.next_cycle);
  if (!next.has_value()) return absl::OkStatus();
  *shown.mutable_next_date() = DayToProto(*next);
  if (!state.rule.only_when_paid()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::CivilDay today, DayIn(state.organization, lookup.instant(), lookup));
  if (*next > today) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool paid, AreInvoicesPaid(state, lookup));
  shown.set_waiting(!paid);
  return absl::OkStatus();
}

}  // namespace

State RecurringInvoice::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope RecurringInvoice::ScopeOf(const State& state) { return ScopeFrom(state.document.ownership); }

absl::StatusOr<v1::RecurringInvoice> RecurringInvoice::Render(const Ref<RecurringInvoice>& self,
                                                              const Lookup& lookup) {
  const State& state = self.state();
  v1::RecurringInvoice shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(state.display_name);
  shown.set_state(state.phase);
  ShowRule(state.rule, shown);
  shown.set_draft_only(state.draft_only);
  *shown.mutable_content() = ShownContent(state.document.content);
  *shown.mutable_recipient() = ShownRecipient(state.document.recipient);
  shown.set_due_days(state.due_days);
  shown.set_series(NameOf(state.series));
  shown.set_channel(state.document.channel);
  shown.set_team(NameOf(FromBytes<TeamId>(state.document.ownership.team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(state.document.ownership.owner_id())));
  *shown.mutable_contributors() = ShownCredit(state.document.credited);
  shown.set_invoiced_cycles(static_cast<int32_t>(state.invoices.size()));
  shown.set_last_invoice(NameOf(state.last_invoice));
  if (state.last_day.has_value()) *shown.mutable_last_date() = DayToProto(*state.last_day);
  shown.set_cancel_reason(state.cancel_reason);
  RETURN_IF_ERROR(ShowNext(state, lookup, shown));
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<RecurringInvoiceId> RecurringInvoice::TargetOf(
    const v1::UpdateRecurringInvoiceRequest& command, const Caller&) {
  return ParseName<RecurringInvoiceId>(command.recurring_invoice().name());
}

InvoiceId InvoiceOfCycle(const RecurringInvoiceId& id, int64_t cycle) {
  return InvoiceId(Uuid::FromName(id.uuid(), absl::StrCat("cycle/", cycle)));
}

absl::StatusOr<bool> AreInvoicesPaid(const State& state, const Lookup& lookup) {
  for (auto id = state.invoices.rbegin(); id != state.invoices.rend(); ++id) {
    ASSIGN_OR_RETURN(const Ref<Invoice> invoice, lookup.Get<Invoice>(*id));
    if (invoice->voided()) continue;
    if (!invoice->issued.has_value()) return false;
    ASSIGN_OR_RETURN(const Ref<Settlement> settlement, lookup.Find<Settlement>(SettlementOf(*id)));
    const SettlementState::Amounts amounts = settlement->AsOf(lookup.instant());
    const int64_t total_minor = invoice->issued->content().total_minor();
    if (total_minor - amounts.credited_minor > amounts.paid_minor) return false;
  }
  return true;
}

events::v1::DocumentSnapshot SnapshotOf(const State& state) { return SnapshotOf(state.document); }

absl::StatusOr<absl::CivilDay> DayIn(const OrganizationId& organization, absl::Time instant,
                                     const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Get<Organization>(organization));
  return settings->zone().DayOf(instant);
}

}  // namespace crm::domain
