// Decisions of RecurringInvoice by members: what it says, and whether it goes on.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/document/content.h"
#include "domain/field_mask.h"
#include "domain/invoice_series/invoice_series.h"
#include "domain/ownership.h"
#include "domain/recurring_invoice/recurrence_rule.h"
#include "domain/recurring_invoice/recurring_invoice.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using events::v1::RecurringInvoiceCreated;
using events::v1::RecurringInvoiceRevised;
using google::protobuf::util::MessageDifferencer;
using State = RecurringInvoiceState;
using Result = RecurringInvoice::Result;

absl::Status RefuseRecurring(absl::string_view reason, absl::string_view message,
                             const RecurringInvoiceId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message),
                {{"recurring_invoice", NameOf(id)}});
}

// The named series, which must give numbers to invoices; nil when none is named.
absl::StatusOr<InvoiceSeriesId> SeriesIn(absl::string_view name, const DecideContext& context) {
  if (name.empty()) return InvoiceSeriesId();
  ASSIGN_OR_RETURN(const internal::ChosenSeries chosen,
                   internal::ChooseSeries(v1::SERIES_KIND_INVOICE, name, context));
  RETURN_IF_ERROR(RequireGivesNumbers(chosen.series));
  return chosen.series.id;
}

// I6: as the clock stands, for all of them are invoiced at once.
absl::Status RequireNoBacklog(const Recurrence& recurrence, const DecideContext& context) {
  ASSIGN_OR_RETURN(const absl::CivilDay today,
                   DayIn(context.caller().organization, context.now(), context));
  const int64_t backlog = recurrence.CountUntil(today);
  if (backlog <= kMostUnasked) return absl::OkStatus();
  return Refuse("RECURRENCE_BACKLOG",
                absl::StrCat(backlog, " cycles lie in the past: say catch_up to invoice them all"),
                {{"cycles", absl::StrCat(backlog)}});
}

// The document that cycles are made of. Its recipient is a customer (I5).
absl::StatusOr<DocumentState> TemplateFrom(const v1::RecurringInvoice& entered,
                                           const DecideContext& context) {
  const PersonId own(context.NewId<RecurringInvoiceId>(0).uuid());
  ASSIGN_OR_RETURN(DocumentState document, DocumentFrom({.recipient = entered.recipient(),
                                                         .content = entered.content(),
                                                         .contributors = entered.contributors(),
                                                         .team = entered.team(),
                                                         .owner = entered.owner(),
                                                         .channel = entered.channel()},
                                                        DocumentOrigin(), own, context));
  if (!document.recipient.customer_id().empty()) return document;
  return Refuse("RECIPIENT_REQUIRED", "a recurring invoice is to a customer");
}

// Names what differs; `has` says which fields the client changes.
class Revising {
 public:
  Revising(const State& state, const v1::RecurringInvoice& entered, const FieldChanges& changes)
      : state_(state), entered_(entered), changes_(changes) {}

  absl::Status ReviseDisplayName() {
    if (!changes_.Has("display_name")) return absl::OkStatus();
    RETURN_IF_ERROR(RequireDisplayName(entered_.display_name()));
    const std::string name(absl::StripAsciiWhitespace(entered_.display_name()));
    if (name != state_.display_name) {
      revised_.add_fields("display_name");
      revised_.set_display_name(name);
    }
    return absl::OkStatus();
  }
  absl::Status ReviseContent(const DecideContext& context) {
    if (!changes_.Has("content")) return absl::OkStatus();
    const events::v1::DocumentContent& before = state_.document.content;
    ASSIGN_OR_RETURN(events::v1::DocumentContent content,
                     ContentFrom(entered_.content(), before, context));
    if (!MessageDifferencer::Equals(content, before)) {
      DocumentState document = state_.document;
      document.content = content;
      SetContributors(document);
      revised_.add_fields("content");
      *revised_.mutable_content() = std::move(content);
      *revised_.mutable_to() = std::move(document.ownership);
    }
    return absl::OkStatus();
  }
  absl::Status ReviseRule() {
    if (changes_.Has("cycles") && entered_.cycles() != state_.rule.cycles()) {
      revised_.add_fields("cycles");
      revised_.set_cycles(entered_.cycles());
    }
    if (changes_.Has("end_date")) RETURN_IF_ERROR(ReviseLast());
    const bool only_when_paid = entered_.only_when_paid();
    if (changes_.Has("only_when_paid") && only_when_paid != state_.rule.only_when_paid()) {
      revised_.add_fields("only_when_paid");
      revised_.set_only_when_paid(only_when_paid);
    }
    return absl::OkStatus();
  }
  void ReviseDueDays() {
    if (!changes_.Has("due_days") || entered_.due_days() == state_.due_days) return;
    revised_.add_fields("due_days");
    revised_.set_due_days(entered_.due_days());
  }
  RecurringInvoiceRevised Conclude() && {
    *revised_.mutable_at() = SnapshotOf(state_);
    return std::move(revised_);
  }

 private:
  absl::Status ReviseLast() {
    events::v1::RecurrenceRule to;
    if (entered_.has_end_date()) {
      ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(entered_.end_date()));
      *to.mutable_last() = StoredDay(last);
    }
    const events::v1::RecurrenceRule& from = state_.rule;
    if (to.has_last() == from.has_last() && to.last().days() == from.last().days()) {
      return absl::OkStatus();
    }
    revised_.add_fields("end_date");
    if (to.has_last()) *revised_.mutable_last() = to.last();
    return absl::OkStatus();
  }

  const State& state_;
  const v1::RecurringInvoice& entered_;
  const FieldChanges& changes_;
  RecurringInvoiceRevised revised_;
};

events::v1::RecurringInvoiceCompleted Completed(const State& state) {
  events::v1::RecurringInvoiceCompleted completed;
  *completed.mutable_at() = SnapshotOf(state);
  return completed;
}

}  // namespace

absl::Status RequireNotEnded(const State& state) {
  if (!state.IsEnded()) return absl::OkStatus();
  return RefuseRecurring("RECURRENCE_ENDED", "has ended", state.id);
}

absl::Status RequireMayIssue(const State& state, const DecideContext& context) {
  if (state.draft_only) return absl::OkStatus();
  const Ref<RecurringInvoice> self = {state.id, {}, std::make_shared<const State>(state)};
  return context.RequirePermission("invoice.issue", self);
}

Result RecurringInvoice::Decide(const State&, const v1::CreateRecurringInvoiceRequest& command,
                                const DecideContext& context) {
  const v1::RecurringInvoice& entered = command.recurring_invoice();
  RETURN_IF_ERROR(RequireDisplayName(entered.display_name()));
  RecurringInvoiceCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(entered.display_name())));
  ASSIGN_OR_RETURN(*created.mutable_rule(), RuleFrom(entered));
  ASSIGN_OR_RETURN(const DocumentState document, TemplateFrom(entered, context));
  *created.mutable_content() = document.content;
  *created.mutable_recipient() = document.recipient;
  created.set_subject_id(ToBytes(document.subject));
  *created.mutable_at() = SnapshotOf(document);
  *created.mutable_credited() = document.credited;
  created.set_due_days(entered.due_days());
  ASSIGN_OR_RETURN(const InvoiceSeriesId series, SeriesIn(entered.series(), context));
  created.set_series_id(ToBytes(series));
  created.set_draft_only(entered.draft_only());

  State born;
  born.id = context.NewId<RecurringInvoiceId>(0);
  born.document = document;
  born.draft_only = entered.draft_only();
  RETURN_IF_ERROR(RequireMayIssue(born, context));
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(created.rule()));
  if (!command.catch_up()) RETURN_IF_ERROR(RequireNoBacklog(recurrence, context));
  return created;
}

Result RecurringInvoice::Decide(const State& state,
                                const v1::UpdateRecurringInvoiceRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  RETURN_IF_ERROR(RequireMayIssue(state, context));
  const v1::RecurringInvoice& entered = command.recurring_invoice();
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(entered, command.update_mask(),
                                         {"display_name", "content", "cycles", "end_date",
                                          "only_when_paid", "due_days"}));
  Revising revising(state, entered, changes);
  RETURN_IF_ERROR(revising.ReviseDisplayName());
  RETURN_IF_ERROR(revising.ReviseContent(context));
  RETURN_IF_ERROR(revising.ReviseRule());
  revising.ReviseDueDays();
  RecurringInvoiceRevised revised = std::move(revising).Conclude();
  if (revised.fields().empty()) return Decision<Event>();

  const State after = Evolve(state, revised, {});
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(after.rule));
  const int64_t planned = state.next_cycle - 1;
  if (recurrence.cycles() != 0 && recurrence.cycles() < planned) {
    return RefuseRecurring("CYCLES_BELOW_INVOICED",
                           absl::StrCat("had ", planned, " cycles already"), state.id);
  }
  Decision<Event> decision(std::move(revised));
  if (recurrence.cycles() == planned && planned != 0) decision.Add(Completed(after));
  return decision;
}

Result RecurringInvoice::Decide(const State& state, const v1::PauseRecurringInvoiceRequest&,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  if (!state.IsActive()) return Decision<Event>();
  events::v1::RecurringInvoicePaused paused;
  *paused.mutable_at() = SnapshotOf(state);
  return paused;
}

Result RecurringInvoice::Decide(const State& state, const v1::ResumeRecurringInvoiceRequest&,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  if (state.IsActive()) return Decision<Event>();
  RETURN_IF_ERROR(RequireMayIssue(state, context));
  ASSIGN_OR_RETURN(const absl::CivilDay today,
                   DayIn(state.organization, context.effective_time(), context));
  ASSIGN_OR_RETURN(const Recurrence recurrence, RecurrenceOf(state.rule));
  events::v1::RecurringInvoiceResumed resumed;
  const int64_t next = std::max(state.next_cycle, recurrence.CountUntil(today - 1) + 1);
  resumed.set_next_cycle(static_cast<int32_t>(next));
  *resumed.mutable_at() = SnapshotOf(state);
  const std::optional<absl::CivilDay> day = recurrence.DayOf(next);
  if (day.has_value()) *resumed.mutable_next() = StoredDay(*day);
  Decision<Event> decision(std::move(resumed));
  if (!day.has_value()) decision.Add(Completed(state));
  return decision;
}

Result RecurringInvoice::Decide(const State& state,
                                const v1::AssignRecurringInvoiceRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == OwnershipFrom(state.document.ownership)) return Decision<Event>();
  auto assigned = AssignmentTo<events::v1::RecurringInvoiceAssigned>(to, state.document);
  *assigned.mutable_at() = SnapshotOf(state);
  return assigned;
}

}  // namespace crm::domain
