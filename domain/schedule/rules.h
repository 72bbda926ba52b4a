// What is due by the clock, and when: one table of rules. A row is a rule's word with its version,
// the kind of record it is about, and the instants it is due at for a record that goes by one day:
// the last day of a proposal, the due day of an invoice, the planned day of a cycle. The view
// `schedule` plans by this table, and a record asks it again when it decides (IsDue): what the
// clock brings is a command like any other, DueInstant, and an aggregate that a rule is about has a
// Decide for it, which decides nothing where nothing is left to do.
//
// A new rule: its row here, what it hears in projections/schedule.h, its line in
// services/schedule_work.cc, and that Decide.
//
// Days begin at the organization's midnight. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "crm/events/v1/schedule_events.pb.h"
#include "domain/decide_context.h"
#include "domain/organization/organization.h"
#include "domain/types/calendar.h"

namespace crm::domain {

// One thing that is due at one instant.
struct DueInstant {
  absl::Time due;
  std::string rule;
  StreamId subject;

  friend bool operator==(const DueInstant&, const DueInstant&) = default;
};

// Settings the rules go by.
struct ScheduleSettings {
  Zone zone;
  int reminder_days = 0;
  int invoice_reminder_after_days = 0;
  int invoice_reminder_every_days = 0;
};
ScheduleSettings SettingsOf(const OrganizationState& organization);

struct ScheduleRule {
  absl::string_view word;  // stored: another meaning is another version
  absl::string_view category;
  absl::string_view collection;
  // The first instant at or after `from` that is due for a record that goes by `day`.
  std::optional<absl::Time> (*next)(absl::CivilDay day, absl::Time from,
                                    const ScheduleSettings& settings);
  // Instants that had passed when they were planned, as in history entered late, are let go: nobody
  // wants to be told. Otherwise they are made good, and what decides nothing waits for the next
  // event about it.
  bool lapses = false;
};

inline constexpr absl::string_view kProposalExpiryNotice = "proposal_expiry_notice/1";
inline constexpr absl::string_view kInvoiceReminder = "invoice_reminder/1";
inline constexpr absl::string_view kOpportunityStandby = "opportunity_standby/1";
inline constexpr absl::string_view kRecurringCycle = "recurring_cycle/1";
inline constexpr absl::string_view kContractExpiryNotice = "contract_expiry_notice/1";

absl::Span<const ScheduleRule> ScheduleRules();
// nullptr: this program has no such rule.
const ScheduleRule* FindScheduleRule(absl::string_view word);

// Whether this is an instant of its rule for a record that goes by `day`, as the settings are now.
absl::StatusOr<bool> IsDue(const DueInstant& instant, absl::CivilDay day,
                           const DecideContext& context);

// The record, "proposals/{uuid}"; empty for a rule this program has not.
std::string RecordNameOf(const DueInstant& instant);
// Rule, record and instant make one request, whoever finds it due and however often.
Uuid RequestIdOf(const Uuid& organization, const DueInstant& instant);
// What became of it, when it could not be done at once.
DueId DueOf(const DueInstant& instant);

events::v1::DueInstant StoredInstant(const DueInstant& instant);
DueInstant InstantFromStored(const events::v1::DueInstant& stored);

}  // namespace crm::domain
