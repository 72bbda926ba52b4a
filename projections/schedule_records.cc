// What the view `schedule` hears of the records it plans for.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/recurring_invoice/recurrence_rule.h"
#include "domain/render.h"
#include "projections/schedule.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::ScheduleRule;
using views::v1::SchedulePlan;

const ScheduleRule& RuleCalled(absl::string_view word) { return *domain::FindScheduleRule(word); }

// It is asked again whether it waits.
void EndWait(const EventMetadata& metadata, SchedulePlan& plan) {
  plan.set_settled_us(0);
  plan.set_woken_position(metadata.position);
}

// The day of the next cycle; absent: none is left.
template <class Event>
void GoByNext(const Event& event, SchedulePlan& plan) {
  plan.clear_day();
  if (event.has_next()) plan.set_day(event.next().days());
}

}  // namespace

absl::Status Schedule::Wake(const Uuid& invoice, const EventMetadata& metadata,
                            ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const views::v1::CycleInvoice* made, kCycleInvoices.Find(rows, {invoice}));
  if (made == nullptr) return absl::OkStatus();
  const Uuid recurring =
      domain::FromBytes<domain::RecurringInvoiceId>(made->recurring_invoice_id()).uuid();
  return ChangePlan(RuleCalled(domain::kRecurringCycle), recurring, metadata.record_time, rows,
                    [&](Plan& plan) { EndWait(metadata, plan); });
}

absl::Status Schedule::LeaveOutCycle(Plan& plan) {
  ASSIGN_OR_RETURN(const domain::Recurrence recurrence, domain::RecurrenceOf(plan.rule()));
  plan.set_cycle(plan.cycle() + 1);
  plan.clear_day();
  const std::optional<absl::CivilDay> next = recurrence.DayOf(plan.cycle());
  if (next.has_value()) plan.set_day(domain::StoredDay(*next).days());
  return absl::OkStatus();
}

absl::Status Schedule::Apply(const events::v1::ProposalDrafted& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlan(RuleCalled(domain::kProposalExpiryNotice), metadata.stream.id,
                    metadata.record_time, rows, [&](Plan& plan) {
                      plan.set_live(true);
                      if (event.details().has_open_till()) {
                        plan.set_day(event.details().open_till().days());
                      }
                    });
}

absl::Status Schedule::Apply(const events::v1::ProposalExtended& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    plan.clear_day();
    if (event.has_to()) plan.set_day(event.to().days());
  });
}

absl::Status Schedule::Apply(const events::v1::InvoiceIssued& event, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  RETURN_IF_ERROR(Wake(metadata.stream.id, metadata, rows));
  return ChangePlan(RuleCalled(domain::kInvoiceReminder), metadata.stream.id, metadata.record_time,
                    rows, [&](Plan& plan) {
                      plan.set_day(event.due().days());
                      plan.set_open_minor(event.content().total_minor());
                      plan.set_live(plan.open_minor() > 0);
                    });
}

absl::Status Schedule::Apply(const events::v1::InvoiceReminded& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::ScheduleSettings settings, SettingsIn(rows));
  const absl::Time planned = settings.zone.StartOf(domain::DayFromStored(event.planned()));
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    plan.set_settled_us(std::max(plan.settled_us(), absl::ToUnixMicros(planned)));
  });
}

absl::Status Schedule::Apply(const events::v1::InvoiceVoided&, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  RETURN_IF_ERROR(Wake(metadata.stream.id, metadata, rows));
  return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_archived(true); });
}

// The settlement of an invoice has the invoice's id.
absl::Status Schedule::Apply(const events::v1::SettlementPosted& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  RETURN_IF_ERROR(Wake(metadata.stream.id, metadata, rows));
  return ChangePlan(
      RuleCalled(domain::kInvoiceReminder), metadata.stream.id, metadata.record_time, rows,
      [&](Plan& plan) {
        plan.set_open_minor(plan.open_minor() - event.paid_minor() - event.credited_minor());
        plan.set_live(plan.open_minor() > 0);
      });
}

absl::Status Schedule::Apply(const events::v1::OpportunityPlacedOnStandby& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlan(RuleCalled(domain::kOpportunityStandby), metadata.stream.id,
                    metadata.record_time, rows, [&](Plan& plan) {
                      plan.set_live(true);
                      plan.set_settled_us(0);
                      plan.set_day(event.reminder().days());
                    });
}

absl::Status Schedule::Apply(const events::v1::RecurringInvoiceCreated& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlan(RuleCalled(domain::kRecurringCycle), metadata.stream.id, metadata.record_time,
                    rows, [&](Plan& plan) {
                      plan.set_live(true);
                      *plan.mutable_rule() = event.rule();
                      plan.set_cycle(1);
                      plan.set_day(event.rule().anchor().days());
                    });
}

absl::Status Schedule::Apply(const events::v1::RecurringInvoiceRevised& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  const auto has = [&](absl::string_view field) {
    return absl::c_linear_search(event.fields(), field);
  };
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    events::v1::RecurrenceRule& rule = *plan.mutable_rule();
    if (has("cycles")) rule.set_cycles(event.cycles());
    if (has("end_date")) {
      rule.clear_last();
      if (event.has_last()) *rule.mutable_last() = event.last();
    }
    EndWait(metadata, plan);
  });
}

absl::Status Schedule::Apply(const events::v1::RecurringCycleInvoiced& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  views::v1::CycleInvoice made;
  made.set_recurring_invoice_id(metadata.stream.id.ToBytes());
  kCycleInvoices.Put(rows, {domain::FromBytes<domain::InvoiceId>(event.invoice_id()).uuid()},
                     std::move(made));
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    plan.set_cycle(event.cycle() + 1);
    GoByNext(event, plan);
  });
}

absl::Status Schedule::Apply(const events::v1::RecurringInvoiceResumed& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    plan.set_archived(false);
    plan.set_cycle(event.next_cycle());
    plan.set_settled_us(0);
    GoByNext(event, plan);
  });
}

}  // namespace crm::projections
