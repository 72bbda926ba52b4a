// Which figures of a report are seen in its chart. Names that a report gives only as resource names
// come along. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "services/papers/chart.h"

namespace crm::services::papers {

// Display names of whom a report is about; empty: everybody.
struct Whose {
  std::string team;
  std::string member;
};

// Stages of `pipeline` that are open or won.
FunnelChart FunnelOf(const v1::GetStageFlowRequest& asked, const v1::StageFlow& flow,
                     const v1::Pipeline& pipeline, const Whose& whose);

BarChart NewOpportunitiesOf(const v1::TeamDashboard& tile);
TrendChart RevenueOf(const v1::TeamDashboard& tile);

// `today` is the day of the instant asked for.
GoalChart GoalOf(const v1::GoalProgress& progress, const Whose& whose, absl::CivilDay today);

}  // namespace crm::services::papers
