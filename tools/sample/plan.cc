#include "tools/sample/plan.h"

#include <algorithm>
#include <utility>

#include "tools/sample/department_script.h"
#include "tools/sample/record_scripts.h"
#include "tools/sample/sales_department.h"

namespace crm::sample {
namespace {

constexpr int64_t kHistoryDays = 365;
// Setting up comes before the history, so that everything in it finds its team and pipeline.
constexpr int64_t kSettingUpDays = 14;

PlanCounts CountsFor(int64_t scale_percent) {
  const auto scaled = [&](int64_t count) {
    return std::max<int64_t>(1, count * scale_percent / 100);
  };
  return {.customers = std::max<int64_t>(kTeamCount, scaled(120)),
          .leads = scaled(1100),
          .opportunities = scaled(620),
          .groups = scaled(14)};
}

}  // namespace

Plan::Plan(PlanSettings settings)
    : settings_(std::move(settings)),
      counts_(CountsFor(settings_.scale_percent)),
      calendar_(settings_.end_date - kHistoryDays, settings_.end_date, settings_.zone) {}

absl::Time Plan::begin_time() const {
  return calendar_.At(calendar_.first_day() - kSettingUpDays, 0);
}

std::vector<Phase> Plan::Phases() const {
  return {
      {Phase::kSettings, "settings and pipelines", 1, true},
      {Phase::kMembers, "members", kMemberCount, false},
      {Phase::kTeams, "teams", kTeamCount, true},
      {Phase::kCustomers, "customers and contacts", counts_.customers, false},
      // The assignment rule looks at who took what before: only in order is its choice the same.
      {Phase::kCaptures, "captured leads", counts_.leads, true},
      {Phase::kLeads, "work on leads", counts_.leads, false},
      {Phase::kOpportunities, "opportunities", counts_.opportunities, false},
      {Phase::kGroups, "groups", counts_.groups, false},
  };
}

Script Plan::MakeScript(Phase::Kind phase, int64_t index) const {
  switch (phase) {
    case Phase::kSettings:
      return SettingsScript(*this);
    case Phase::kMembers:
      return MemberScript(*this, static_cast<int>(index));
    case Phase::kTeams:
      return TeamScript(*this, static_cast<int>(index));
    case Phase::kCustomers:
      return CustomerScript(*this, index);
    case Phase::kCaptures:
      return LeadScript(*this, index).SplitFirst().first;
    case Phase::kLeads:
      return LeadScript(*this, index).SplitFirst().second;
    case Phase::kOpportunities:
      return OpportunityScript(*this, index);
    case Phase::kGroups:
      return GroupScript(*this, index);
  }
  return Script(settings_.seed, "");
}

}  // namespace crm::sample
