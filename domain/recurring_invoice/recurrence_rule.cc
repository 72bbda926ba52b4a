#include "domain/recurring_invoice/recurrence_rule.h"

#include <algorithm>

#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/calendar.h"

namespace crm::domain {
namespace {

RecurrenceUnit UnitOf(int stored) {
  switch (stored) {
    case v1::RECURRENCE_UNIT_WEEK:
      return RecurrenceUnit::kWeek;
    case v1::RECURRENCE_UNIT_QUARTER:
      return RecurrenceUnit::kQuarter;
    case v1::RECURRENCE_UNIT_YEAR:
      return RecurrenceUnit::kYear;
    default:
      return RecurrenceUnit::kMonth;
  }
}

}  // namespace

absl::StatusOr<events::v1::RecurrenceRule> RuleFrom(const v1::RecurringInvoice& entered) {
  if (!entered.has_anchor_date()) {
    return Invalid("RECURRENCE_INVALID", "a recurring invoice has a first day",
                   {{"field", "anchor_date"}});
  }
  events::v1::RecurrenceRule rule;
  ASSIGN_OR_RETURN(const absl::CivilDay anchor, DayFromProto(entered.anchor_date()));
  *rule.mutable_anchor() = StoredDay(anchor);
  const bool monthly = entered.unit() == v1::RECURRENCE_UNIT_UNSPECIFIED;
  rule.set_unit(monthly ? v1::RECURRENCE_UNIT_MONTH : entered.unit());
  rule.set_interval(std::max(entered.interval(), 1));
  rule.set_cycles(entered.cycles());
  rule.set_only_when_paid(entered.only_when_paid());
  if (entered.has_end_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(entered.end_date()));
    *rule.mutable_last() = StoredDay(last);
  }
  RETURN_IF_ERROR(RecurrenceOf(rule).status());
  return rule;
}

absl::StatusOr<Recurrence> RecurrenceOf(const events::v1::RecurrenceRule& rule) {
  const absl::CivilDay anchor = DayFromStored(rule.anchor());
  const auto make = [&](int64_t cycles) {
    return Recurrence::Make(UnitOf(rule.unit()), rule.interval(), anchor, cycles);
  };
  absl::StatusOr<Recurrence> recurrence = make(rule.cycles());
  if (!recurrence.ok() || !rule.has_last()) return recurrence;
  const int64_t until_last = recurrence->CountUntil(DayFromStored(rule.last()));
  if (until_last == 0) {
    return Invalid("RECURRENCE_INVALID", "the last day is before the first",
                   {{"field", "end_date"}});
  }
  return make(until_last);
}

void ShowRule(const events::v1::RecurrenceRule& rule, v1::RecurringInvoice& shown) {
  shown.set_unit(static_cast<v1::RecurrenceUnit>(rule.unit()));
  shown.set_interval(rule.interval());
  *shown.mutable_anchor_date() = DayToProto(DayFromStored(rule.anchor()));
  shown.set_cycles(rule.cycles());
  if (rule.has_last()) *shown.mutable_end_date() = DayToProto(DayFromStored(rule.last()));
  shown.set_only_when_paid(rule.only_when_paid());
}

}  // namespace crm::domain
