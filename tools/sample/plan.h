// Plan: everything the sample does, as scripts in phases. A pure function of its settings: the same
// settings give the same scripts, byte for byte. Scripts are made when they are asked for, each
// from its own place in the plan alone, so the plan has no size however large the sample is.
//
// Effective times of a script never decrease, which is what the server demands of each stream; a
// script names only what scripts of earlier phases or its own earlier steps created. Immutable;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tools/sample/script.h"
#include "tools/sample/work_calendar.h"

namespace crm::sample {

struct PlanSettings {
  uint64_t seed = 1;
  absl::CivilDay end_date;  // the history ends before this day
  absl::TimeZone zone;      // of the organization
  std::string currency_code = "EUR";
  int64_t scale_percent = 100;  // of the ordinary number of records
};

// How many scripts of each kind there are.
struct PlanCounts {
  int64_t customers = 0;
  int64_t leads = 0;
  int64_t opportunities = 0;  // without those that leads become and those in groups
  int64_t groups = 0;
};

// Scripts that may be sent side by side once all of earlier phases are done; or, `in_order`, one
// after the other.
struct Phase {
  enum Kind { kSettings, kMembers, kTeams, kCustomers, kCaptures, kLeads, kOpportunities, kGroups };
  Kind kind;
  absl::string_view display_name;
  int64_t script_count;
  bool in_order;
};

class Plan {
 public:
  explicit Plan(PlanSettings settings);

  std::vector<Phase> Phases() const;
  // 0 <= index < script_count of the phase.
  Script MakeScript(Phase::Kind phase, int64_t index) const;

  const PlanSettings& settings() const { return settings_; }
  const PlanCounts& counts() const { return counts_; }
  const WorkCalendar& calendar() const { return calendar_; }
  // When the department began; the organization has to be as old.
  absl::Time begin_time() const;

 private:
  const PlanSettings settings_;
  const PlanCounts counts_;
  const WorkCalendar calendar_;
};

}  // namespace crm::sample
