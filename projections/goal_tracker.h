// How far a goal is: its facts read day by day, judged at the instant asked for. Used by the
// queries of GoalProgress only. Pure over the rows.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/goal_events.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/views/v1/goal_progress.pb.h"
#include "domain/types/ids.h"
#include "projections/table.h"

namespace crm::projections {

struct GoalPeriod {
  absl::CivilDay first, last;

  bool Contains(absl::CivilDay day) const { return first <= day && day <= last; }
};

// The days that count.
GoalPeriod PeriodOf(const events::v1::GoalTerms& terms);

// The day of the instant asked for. As of a date that is its last instant: then the day is over.
struct Today {
  absl::CivilDay day;
  bool over = false;

  bool IsOver(absl::CivilDay other) const { return day > other || (day == other && over); }
};

// `listed`: with what contributed. OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
absl::StatusOr<v1::GoalProgress> ProgressOf(const domain::GoalId& id,
                                            const views::v1::ListedGoal& goal,
                                            const ViewReader& rows, const Today& today,
                                            bool listed);

}  // namespace crm::projections
