// Decisions of RecurringInvoice that make invoices: cycles, and what is owed at the end.
#include <memory>
#include <utility>

#include "base/status_macros.h"
#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/recurring_invoice/proration.h"
#include "domain/recurring_invoice/recurrence_rule.h"
#include "domain/recurring_invoice/recurring_invoice.h"
#include "domain/render.h"
#include "domain/types/calendar.h"

namespace crm::domain {
namespace {

using State = RecurringInvoiceState;
using Result = RecurringInvoice::Result;
using Events = Decision<RecurringInvoice::Event>;

// The cycle that is planned for this instant and still to come; nullopt: none is.
absl::StatusOr<std::optional<int64_t>> CycleDueAt(const State& state, const Recurrence& recurrence,
                                                  absl::Time instant,
                                                  const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Organization> settings, context.Get<Organization>(state.organization));
  const absl::CivilDay day = settings->zone().DayOf(instant);
  const int64_t cycle = recurrence.CountUntil(day);
  if (cycle < state.next_cycle || recurrence.DayOf(cycle) != day) return std::nullopt;
  if (settings->zone().StartOf(day) != instant) return std::nullopt;
  return cycle;
}

// An invoice of this content, as an effect: drafted, and issued unless it is for others to do. It
// stands for `cycle` (I1).
absl::StatusOr<InvoiceId> MakeInvoice(const State& state, int64_t cycle,
                                      const events::v1::DocumentContent& content,
                                      const DecideContext& context, Events& decision) {
  ASSIGN_OR_RETURN(const Ref<RecurringInvoice> self, context.Find<RecurringInvoice>(state.id));
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice,
                   context.Find<Invoice>(InvoiceOfCycle(state.id, cycle)));
  DocumentState document = state.document;
  document.content = content;
  document.source.set_category(StreamOf(state.id).category);
  document.source.set_source_id(ToBytes(state.id));
  document.source.set_version(self.head.version);
  events::v1::InvoiceDetails details;
  details.set_display_name(state.display_name);
  if (state.due_days != 0) details.set_due_days(state.due_days);
  const events::v1::InvoiceDrafted drafted = DraftInvoice(document, details, cycle);
  decision.Affect(invoice, drafted);
  if (state.draft_only) return invoice.id;

  EventMetadata metadata;
  metadata.organization = state.organization.uuid();
  metadata.stream = StreamOf(invoice.id);
  metadata.effective_time = context.effective_time();
  ASSIGN_OR_RETURN(
      const Decision<Invoice::Event> issued,
      IssueDraft(Invoice::Evolve({}, drafted, metadata), NameOf(state.series), context));
  decision.Include(invoice, issued);
  return invoice.id;
}

}  // namespace

Result RecurringInvoice::Decide(const State& state, const DueInstant& instant,
                                const DecideContext& context) {
  if (!state.IsActive()) return Events();
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(state.rule));
  ASSIGN_OR_RETURN(const std::optional<int64_t> cycle,
                   CycleDueAt(state, recurrence, instant.due, context));
  if (!cycle.has_value()) return Events();
  if (state.rule.only_when_paid()) {
    ASSIGN_OR_RETURN(const bool paid, AreInvoicesPaid(state, context));
    if (!paid) return Events();
  }
  Events decision;
  ASSIGN_OR_RETURN(const InvoiceId invoice,
                   MakeInvoice(state, *cycle, state.document.content, context, decision));
  events::v1::RecurringCycleInvoiced invoiced;
  invoiced.set_cycle(static_cast<int32_t>(*cycle));
  *invoiced.mutable_planned() = StoredDay(*recurrence.DayOf(*cycle));
  invoiced.set_invoice_id(ToBytes(invoice));
  invoiced.set_left_out(static_cast<int32_t>(*cycle - state.next_cycle));
  const std::optional<absl::CivilDay> next = recurrence.DayOf(*cycle + 1);
  if (next.has_value()) *invoiced.mutable_next() = StoredDay(*next);
  *invoiced.mutable_at() = SnapshotOf(state);
  decision.Add(std::move(invoiced));
  if (!next.has_value()) {
    events::v1::RecurringInvoiceCompleted completed;
    *completed.mutable_at() = SnapshotOf(state);
    decision.Add(std::move(completed));
  }
  return decision;
}

Result RecurringInvoice::Decide(const State& state,
                                const v1::CancelRecurringInvoiceRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  ASSIGN_OR_RETURN(absl::CivilDay last,
                   DayIn(state.organization, context.effective_time(), context));
  if (command.has_last_date()) {
    ASSIGN_OR_RETURN(last, DayFromProto(command.last_date()));
  }
  events::v1::RecurringInvoiceCancelled cancelled;
  *cancelled.mutable_last_day() = StoredDay(last);
  cancelled.set_reason(command.reason());
  *cancelled.mutable_at() = SnapshotOf(state);
  Events decision;
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(state.rule));
  const int64_t running = state.next_cycle - 1;  // 0: none began
  const bool owed = command.prorated() && running > 0 && last >= recurrence.DayOf(running);
  if (owed) {  // I8
    RETURN_IF_ERROR(RequireMayIssue(state, context));
    ASSIGN_OR_RETURN(const events::v1::DocumentContent part,
                     ProratedContent(state.document.content, recurrence, running, last));
    ASSIGN_OR_RETURN(const InvoiceId invoice,
                     MakeInvoice(state, state.next_cycle, part, context, decision));
    cancelled.set_invoice_id(ToBytes(invoice));
  }
  decision.Add(std::move(cancelled));
  return decision;
}

}  // namespace crm::domain
