#include "projections/schedule.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "domain/render.h"

namespace crm::projections {
namespace {

using domain::DueInstant;
using domain::EventMetadata;
using domain::FindScheduleRule;
using domain::ScheduleRule;
using views::v1::DueRow;
using views::v1::SchedulePlan;

bool IsWanted(const SchedulePlan& plan) {
  return plan.live() && !plan.archived() && plan.has_day();
}

// In microseconds; 0: nothing is due.
int64_t NextOf(const ScheduleRule& rule, const SchedulePlan& plan,
               const domain::ScheduleSettings& settings, int64_t for_good) {
  if (!IsWanted(plan) || plan.settled_us() == for_good) return 0;
  absl::Time from = absl::InfinitePast();
  if (plan.settled_us() != 0) from = absl::FromUnixMicros(plan.settled_us() + 1);
  if (rule.lapses) from = std::max(from, absl::FromUnixMicros(plan.since_us()));
  const auto next = rule.next(absl::CivilDay(1970, 1, 1) + plan.day(), from, settings);
  return next.has_value() ? absl::ToUnixMicros(*next) : 0;
}

Schedule::DueKey DueKeyOf(const ScheduleRule& rule, const Uuid& record, const SchedulePlan& plan) {
  return {plan.try_us(), std::string(rule.word), record};
}

// Puts it among the due rows where it is tried at `try_us`; 0: nowhere.
void Place(const ScheduleRule& rule, const Uuid& record, int64_t try_us, DueRow row,
           SchedulePlan& plan, ViewTransaction& rows) {
  if (plan.try_us() != 0) Schedule::kDue.Erase(rows, DueKeyOf(rule, record, plan));
  plan.set_due_us(row.due_us());
  plan.set_try_us(try_us);
  if (try_us != 0) Schedule::kDue.Put(rows, DueKeyOf(rule, record, plan), std::move(row));
}

// The plan whose next instant this is; null when it has gone on.
struct Standing {
  const ScheduleRule* rule = nullptr;
  SchedulePlan* plan = nullptr;
  DueRow row;
};
absl::StatusOr<Standing> FindStanding(const DueInstant& instant, ViewTransaction& rows) {
  Standing standing;
  standing.rule = FindScheduleRule(instant.rule);
  if (standing.rule == nullptr) return standing;
  const Schedule::PlanKey key = {instant.rule, instant.subject.id};
  ASSIGN_OR_RETURN(const SchedulePlan* found, Schedule::kPlans.Find(rows, key));
  if (found == nullptr || found->due_us() != absl::ToUnixMicros(instant.due)) return standing;
  ASSIGN_OR_RETURN(standing.plan, Schedule::kPlans.Edit(rows, key));
  ASSIGN_OR_RETURN(
      const DueRow* row,
      Schedule::kDue.Find(rows, DueKeyOf(*standing.rule, instant.subject.id, *standing.plan)));
  if (row == nullptr) return absl::InternalError("a plan without its due row");
  standing.row = *row;
  return standing;
}

// It stands where it is tried again.
template <class E, class Change>
absl::Status Postpone(const E& event, const EventMetadata& metadata, ViewTransaction& rows,
                      Change change) {
  const DueInstant instant = domain::InstantFromStored(event.instant());
  ASSIGN_OR_RETURN(Standing standing, FindStanding(instant, rows));
  if (standing.plan == nullptr) return absl::OkStatus();
  change(standing.row);
  standing.row.set_version(metadata.version);
  Place(*standing.rule, instant.subject.id, event.retry_time_us(), std::move(standing.row),
        *standing.plan, rows);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<domain::ScheduleSettings> Schedule::SettingsIn(ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const views::v1::ScheduleSettings* stored, kSettings.Find(rows, {true}));
  if (stored == nullptr) return absl::InternalError("a schedule before its organization");
  domain::OrganizationState organization;
  organization.time_zone = stored->time_zone();
  return domain::ScheduleSettings{
      .zone = organization.zone(),
      .reminder_days = stored->reminder_days(),
      .invoice_reminder_after_days = stored->invoice_reminder_after_days(),
      .invoice_reminder_every_days = stored->invoice_reminder_every_days()};
}

absl::Status Schedule::ChangePlan(const ScheduleRule& rule, const Uuid& record, absl::Time now,
                                  ViewTransaction& rows, absl::FunctionRef<void(Plan&)> change) {
  ASSIGN_OR_RETURN(Plan * plan, kPlans.Edit(rows, {std::string(rule.word), record}));
  const Plan before = *plan;
  change(*plan);
  const bool moved = plan->has_day() != before.has_day() || plan->day() != before.day();
  if (moved) plan->set_settled_us(0);
  if (moved || (IsWanted(*plan) && !IsWanted(before))) plan->set_since_us(absl::ToUnixMicros(now));
  ASSIGN_OR_RETURN(const domain::ScheduleSettings settings, SettingsIn(rows));
  const int64_t due_us = NextOf(rule, *plan, settings, kForGood);
  if (due_us == plan->due_us()) return absl::OkStatus();
  DueRow row;
  row.set_due_us(due_us);
  Place(rule, record, due_us, std::move(row), *plan, rows);
  return absl::OkStatus();
}

absl::Status Schedule::ChangePlans(const EventMetadata& metadata, ViewTransaction& rows,
                                   absl::FunctionRef<void(Plan&)> change) {
  for (const ScheduleRule& rule : domain::ScheduleRules()) {
    if (rule.category != metadata.stream.category) continue;
    ASSIGN_OR_RETURN(const Plan* plan,
                     kPlans.Find(rows, {std::string(rule.word), metadata.stream.id}));
    if (plan == nullptr) continue;
    RETURN_IF_ERROR(ChangePlan(rule, metadata.stream.id, metadata.record_time, rows, change));
  }
  return absl::OkStatus();
}

absl::Status Schedule::Apply(const events::v1::OrganizationCreated& event, const EventMetadata&,
                             ViewTransaction& rows) {
  views::v1::ScheduleSettings settings;
  settings.set_time_zone(event.time_zone());
  kSettings.Put(rows, {true}, std::move(settings));
  return absl::OkStatus();
}

// Plans everything anew; what had passed under the new settings is let go.
absl::Status Schedule::Apply(const events::v1::OrganizationSettingsRevised& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_reminder_days() && !event.has_invoice_reminder_after_days() &&
      !event.has_invoice_reminder_every_days()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(views::v1::ScheduleSettings * settings, kSettings.Edit(rows, {true}));
  if (event.has_reminder_days()) settings->set_reminder_days(event.reminder_days());
  if (event.has_invoice_reminder_after_days()) {
    settings->set_invoice_reminder_after_days(event.invoice_reminder_after_days());
  }
  if (event.has_invoice_reminder_every_days()) {
    settings->set_invoice_reminder_every_days(event.invoice_reminder_every_days());
  }
  std::vector<PlanKey> keys;
  RETURN_IF_ERROR(kPlans.Scan(rows, kPlans.All(), [&](const PlanKey& key, const Plan&) {
    keys.push_back(key);
    return true;
  }));
  for (const auto& [word, record] : keys) {
    RETURN_IF_ERROR(ChangePlan(
        *FindScheduleRule(word), record, metadata.record_time, rows,
        [&](Plan& plan) { plan.set_since_us(absl::ToUnixMicros(metadata.record_time)); }));
  }
  return absl::OkStatus();
}

absl::Status Schedule::Apply(const events::v1::DueFailed& event, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  return Postpone(event, metadata, rows, [&](DueRow& row) {
    row.set_attempts(event.attempt());
    row.set_failure_reason(event.reason());
  });
}

absl::Status Schedule::Apply(const events::v1::DueRetried& event, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  return Postpone(event, metadata, rows, [](DueRow&) {});
}

absl::Status Schedule::Apply(const events::v1::DueSettled& event, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  const DueInstant instant = domain::InstantFromStored(event.instant());
  ASSIGN_OR_RETURN(const Standing standing, FindStanding(instant, rows));
  if (standing.plan == nullptr) return absl::OkStatus();
  const bool waits = !standing.rule->lapses && !event.abandoned();
  // What it waits for has come since that was decided: it stays where it is.
  if (waits && standing.plan->woken_position() > event.known_position()) return absl::OkStatus();
  absl::Status left_out;
  RETURN_IF_ERROR(
      ChangePlan(*standing.rule, instant.subject.id, metadata.record_time, rows, [&](Plan& plan) {
        plan.set_settled_us(waits ? kForGood : plan.due_us());
        if (plan.has_rule() && !waits) left_out = LeaveOutCycle(plan);
      }));
  return left_out;
}

}  // namespace crm::projections
