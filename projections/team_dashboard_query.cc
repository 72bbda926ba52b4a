// The queries of TeamDashboard: one tile, and the tiles of a page.
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "projections/team_dashboard.h"
#include "projections/tile_painter.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using views::v1::TileTeam;

// Bytes of a name that order a page; ids settle the rest.
constexpr size_t kSortedNameBytes = 256;

}  // namespace

absl::StatusOr<v1::TeamDashboard> TeamDashboard::Answer(const v1::GetTeamDashboardRequest& request,
                                                        const ViewReader& rows,
                                                        QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::TeamId>(request.team()));
  ASSIGN_OR_RETURN(const std::optional<TileTeam> team, kTeams.Get(rows, {id.uuid()}));
  ASSIGN_OR_RETURN(TilePainter painter, TilePainter::Create(rows, context));
  if (!painter.MayShow(id.uuid())) {
    return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                      "the team's dashboard is not shown to you", {{"team", request.team()}});
  }
  if (!team.has_value()) {
    return WithReason(absl::StatusCode::kNotFound, "NOT_FOUND",
                      absl::StrCat(request.team(), " does not exist"),
                      {{"resource", request.team()}});
  }
  return painter.Paint(id.uuid(), *team, request.month_count());
}

absl::StatusOr<v1::ListTeamDashboardsResponse> TeamDashboard::Answer(
    const v1::ListTeamDashboardsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(TilePainter painter, TilePainter::Create(rows, context));
  TopRows<std::pair<Uuid, TileTeam>> page(static_cast<size_t>(context.page_size()),
                                          context.after());
  RETURN_IF_ERROR(kTeams.Scan(
      rows, kTeams.All(), [&](const auto& key, const TileTeam& team) -> absl::StatusOr<bool> {
        const Uuid& id = std::get<0>(key);
        if (team.archived() || !painter.MayShow(id)) return true;
        ASSIGN_OR_RETURN(const bool favorite, painter.IsFavorite(id));
        std::string place;
        AppendKey(place,
                  std::make_tuple(
                      !favorite,
                      absl::AsciiStrToLower(team.display_name()).substr(0, kSortedNameBytes), id));
        page.Add(std::move(place), {id, team});
        return true;
      }));
  v1::ListTeamDashboardsResponse response;
  std::string more;
  for (const auto& [id, team] : std::move(page).Take(more)) {
    ASSIGN_OR_RETURN(*response.add_team_dashboards(),
                     painter.Paint(id, team, request.month_count()));
  }
  context.ContinueAfter(std::move(more));
  return response;
}

}  // namespace crm::projections
