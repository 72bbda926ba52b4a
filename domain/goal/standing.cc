#include "domain/goal/standing.h"

#include "domain/goal/attainment.h"

namespace crm::domain {
namespace {

constexpr int32_t kWholeBp = 10'000;

GoalVerdict JudgeAtMost(const GoalTally& tally) {
  const bool within = tally.current <= tally.target;
  GoalVerdict verdict;
  // Above the target it is more than zero.
  verdict.attainment_bp = within ? kWholeBp : FlooredBp(tally.target, tally.current);
  if (tally.ended) verdict.state = within ? v1::GOAL_STATE_REACHED : v1::GOAL_STATE_MISSED;
  return verdict;
}

}  // namespace

GoalVerdict JudgeGoal(v1::GoalComparison comparison, const GoalTally& tally) {
  if (comparison == v1::GOAL_COMPARISON_AT_MOST) return JudgeAtMost(tally);
  GoalVerdict verdict;
  verdict.attainment_bp = FlooredBp(tally.current, tally.target);
  if (tally.current >= tally.target) {
    verdict.state = v1::GOAL_STATE_REACHED;
  } else if (tally.ended) {
    verdict.state = v1::GOAL_STATE_MISSED;
  }
  return verdict;
}

bool CountsMoney(v1::GoalKind kind) {
  switch (kind) {
    case v1::GOAL_KIND_INCOME:
    case v1::GOAL_KIND_CONTRACT_VALUE:
    case v1::GOAL_KIND_INVOICES_ISSUED:
    case v1::GOAL_KIND_MARGIN:
      return true;
    default:
      return false;
  }
}

}  // namespace crm::domain
