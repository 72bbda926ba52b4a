// How a goal stands: a function of what counted so far, the target and whether the period is over.
// Nothing of it is stored (T57, T58). Pure functions; thread-safe.
#pragma once

#include <cstdint>

#include "crm/v1/goal_service.pb.h"

namespace crm::domain {

struct GoalTally {
  int64_t current = 0;  // minor units, or records
  int64_t target = 0;   // more than zero
  bool ended = false;   // the period is over
};

struct GoalVerdict {
  v1::GoalState state = v1::GOAL_STATE_OPEN;
  // Current over target, of at-most goals target over current once it is above; rounded down.
  int32_t attainment_bp = 0;

  friend bool operator==(const GoalVerdict&, const GoalVerdict&) = default;
};

// At least: reached with the target, at once. At most: reached when the period ends within it.
GoalVerdict JudgeGoal(v1::GoalComparison comparison, const GoalTally& tally);

// Whether the kind counts amounts; others count records.
bool CountsMoney(v1::GoalKind kind);

}  // namespace crm::domain
