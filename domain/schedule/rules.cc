#include "domain/schedule/rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::domain {
namespace {

using Next = decltype(ScheduleRule::next);
using Instant = std::optional<absl::Time>;

Instant NotBefore(absl::Time from, absl::Time due) {
  return due >= from ? Instant(due) : std::nullopt;
}

// T43: four days before 31 March is 27 March.
Instant BeforeTheLastDay(absl::CivilDay last, absl::Time from, const ScheduleSettings& settings) {
  return NotBefore(from, settings.zone.StartOf(last - settings.reminder_days));
}

Instant OnTheDay(absl::CivilDay day, absl::Time from, const ScheduleSettings& settings) {
  return NotBefore(from, settings.zone.StartOf(day));
}

// First after so many days overdue, then every so many.
Instant AfterTheDueDay(absl::CivilDay due, absl::Time from, const ScheduleSettings& settings) {
  if (settings.invoice_reminder_after_days <= 0) return std::nullopt;
  const absl::CivilDay first = due + settings.invoice_reminder_after_days;
  const absl::Time start = settings.zone.StartOf(first);
  if (start >= from) return start;
  const int every = settings.invoice_reminder_every_days;
  if (every <= 0) return std::nullopt;
  absl::CivilDay day = settings.zone.DayOf(from);
  if (settings.zone.StartOf(day) < from) ++day;
  const absl::civil_diff_t steps = (day - first + every - 1) / every;
  return settings.zone.StartOf(first + steps * every);
}

template <class Tag>
constexpr ScheduleRule RuleAbout(absl::string_view word, Next next, bool lapses) {
  return {word, Tag::kCategory, Tag::kCollection, next, lapses};
}

constexpr std::array<ScheduleRule, 5> kRules = {
    RuleAbout<ProposalTag>(kProposalExpiryNotice, BeforeTheLastDay, /*lapses=*/true),
    RuleAbout<InvoiceTag>(kInvoiceReminder, AfterTheDueDay, /*lapses=*/true),
    RuleAbout<OpportunityTag>(kOpportunityStandby, OnTheDay, /*lapses=*/true),
    RuleAbout<RecurringInvoiceTag>(kRecurringCycle, OnTheDay, /*lapses=*/false),
    // By the day of the notice: so many days before the last one, which the contract itself says.
    RuleAbout<ContractTag>(kContractExpiryNotice, OnTheDay, /*lapses=*/true),
};

std::string KeyOf(const DueInstant& instant) {
  return absl::StrCat(instant.rule, "/", instant.subject.category, "/",
                      instant.subject.id.ToString(), "/", absl::ToUnixMicros(instant.due));
}

}  // namespace

ScheduleSettings SettingsOf(const OrganizationState& organization) {
  return {.zone = organization.zone(),
          .reminder_days = organization.reminder_days,
          .invoice_reminder_after_days = organization.invoice_reminder_after_days,
          .invoice_reminder_every_days = organization.invoice_reminder_every_days};
}

absl::Span<const ScheduleRule> ScheduleRules() { return kRules; }

const ScheduleRule* FindScheduleRule(absl::string_view word) {
  const auto* const found = std::find_if(
      kRules.begin(), kRules.end(), [&](const ScheduleRule& rule) { return rule.word == word; });
  return found == kRules.end() ? nullptr : &*found;
}

absl::StatusOr<bool> IsDue(const DueInstant& instant, absl::CivilDay day,
                           const DecideContext& context) {
  const ScheduleRule* const rule = FindScheduleRule(instant.rule);
  if (rule == nullptr) return false;
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Get<Organization>(context.caller().organization));
  return rule->next(day, instant.due, SettingsOf(organization.state())) == instant.due;
}

std::string RecordNameOf(const DueInstant& instant) {
  const ScheduleRule* const rule = FindScheduleRule(instant.rule);
  if (rule == nullptr) return std::string();
  return absl::StrCat(rule->collection, "/", instant.subject.id.ToString());
}

Uuid RequestIdOf(const Uuid& organization, const DueInstant& instant) {
  return Uuid::FromName(organization, absl::StrCat("schedule/", KeyOf(instant)));
}

DueId DueOf(const DueInstant& instant) { return DueId(Uuid::FromName({}, KeyOf(instant))); }

events::v1::DueInstant StoredInstant(const DueInstant& instant) {
  events::v1::DueInstant stored;
  stored.set_due_time_us(absl::ToUnixMicros(instant.due));
  stored.set_rule(instant.rule);
  stored.set_category(instant.subject.category);
  stored.set_subject_id(instant.subject.id.ToBytes());
  return stored;
}

DueInstant InstantFromStored(const events::v1::DueInstant& stored) {
  return {.due = absl::FromUnixMicros(stored.due_time_us()),
          .rule = stored.rule(),
          .subject = {stored.category(), FromBytes<Uuid>(stored.subject_id())}};
}

}  // namespace crm::domain
