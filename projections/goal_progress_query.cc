// The queries of GoalProgress: lists of goals, and how far they are.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/counters.h"
#include "projections/goal_progress.h"
#include "projections/goal_tracker.h"
#include "projections/sort_key.h"
#include "projections/stored_day.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::GoalId;
using domain::MemberId;
using domain::TeamId;
using events::v1::GoalTerms;
using views::v1::ListedGoal;

absl::StatusOr<Today> TodayOf(const ViewReader& rows, const QueryContext& context) {
  ASSIGN_OR_RETURN(const auto organization, GoalProgress::kOrganization.GetOrEmpty(rows, {}));
  const domain::Zone zone = ZoneOf(organization);
  Today today = {.day = zone.DayOf(context.at())};
  today.over = context.at() + absl::Microseconds(1) >= zone.EndOf(today.day);
  return today;
}

struct GoalFilter {
  std::string member_id, team_id;  // 16 bytes; empty: any
  v1::GoalKind kind = v1::GOAL_KIND_UNSPECIFIED;
  std::optional<absl::CivilDay> running;

  bool Matches(const ListedGoal& goal) const {
    const GoalTerms& terms = goal.terms();
    return (member_id.empty() || member_id == terms.member_id()) &&
           (team_id.empty() || team_id == goal.holder().team_id()) &&
           (kind == v1::GOAL_KIND_UNSPECIFIED || kind == terms.kind()) &&
           (!running.has_value() || PeriodOf(terms).Contains(*running));
  }
};

template <class Request>
absl::StatusOr<GoalFilter> FilterOf(const Request& request) {
  GoalFilter filter;
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  filter.team_id = domain::ToBytes(team);
  if (request.has_running_date()) {
    ASSIGN_OR_RETURN(filter.running, domain::DayFromProto(request.running_date()));
  }
  return filter;
}

}  // namespace

absl::StatusOr<std::vector<GoalId>> GoalProgress::Select(const v1::ListGoalsRequest& request,
                                                         const ViewReader& rows,
                                                         QueryContext& context) {
  ASSIGN_OR_RETURN(GoalFilter filter, FilterOf(request));
  ASSIGN_OR_RETURN(const auto member, domain::ParseOptionalName<MemberId>(request.member()));
  filter.member_id = domain::ToBytes(member);
  TopRows<GoalId> page(static_cast<size_t>(context.page_size()), context.after());
  RETURN_IF_ERROR(kGoals.Scan(rows, kGoals.All(), [&](const auto& key, const ListedGoal& goal) {
    const GoalId id = std::get<0>(key);
    if (goal.archived() && !request.show_archived()) return true;
    if (!filter.Matches(goal) || !context.Sees(ScopeOf(goal.holder()))) return true;
    page.Add(SortKey(Descending<absl::CivilDay>{PeriodOf(goal.terms()).last},
                     SortedName(goal.display_name()), id),
             id);
    return true;
  }));
  std::string more;
  std::vector<GoalId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<v1::GoalProgress> GoalProgress::Answer(const v1::GetGoalProgressRequest& request,
                                                      const ViewReader& rows,
                                                      QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<GoalId>(request.name()));
  ASSIGN_OR_RETURN(const std::optional<ListedGoal> goal, kGoals.Get(rows, {id}));
  if (!goal.has_value() && context.audience().everything) {
    return WithReason(absl::StatusCode::kNotFound, "NOT_FOUND",
                      absl::StrCat(request.name(), " does not exist"),
                      {{"resource", request.name()}});
  }
  if (!goal.has_value() || !context.Sees(ScopeOf(goal->holder()))) {
    return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                      "the record does not exist or may not be seen", {{"goal", request.name()}});
  }
  ASSIGN_OR_RETURN(const Today today, TodayOf(rows, context));
  return ProgressOf(id, *goal, rows, today, /*listed=*/true);
}

absl::StatusOr<v1::ListGoalProgressResponse> GoalProgress::Answer(
    const v1::ListGoalProgressRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(GoalFilter filter, FilterOf(request));
  filter.kind = request.kind();
  ASSIGN_OR_RETURN(const Today today, TodayOf(rows, context));
  TopRows<v1::GoalProgress> page(static_cast<size_t>(context.page_size()), context.after());
  RETURN_IF_ERROR(kGoals.Scan(
      rows, kGoals.All(), [&](const auto& key, const ListedGoal& goal) -> absl::StatusOr<bool> {
        const GoalId id = std::get<0>(key);
        if (goal.archived() || !filter.Matches(goal)) return true;
        if (!context.Sees(ScopeOf(goal.holder()))) return true;
        ASSIGN_OR_RETURN(v1::GoalProgress progress,
                         ProgressOf(id, goal, rows, today, /*listed=*/false));
        progress.set_position(context.position());
        std::string place = SortKey(Descending<int64_t>{progress.attainment_bp()},
                                    SortedName(goal.display_name()), id);
        page.Add(std::move(place), std::move(progress));
        return true;
      }));
  v1::ListGoalProgressResponse response;
  std::string more;
  for (v1::GoalProgress& progress : std::move(page).Take(more)) {
    *response.add_progress() = std::move(progress);
  }
  context.ContinueAfter(std::move(more));
  return response;
}

}  // namespace crm::projections
