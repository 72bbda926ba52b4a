// crmctl dashboard: one tile a team.
#include <memory>

#include "base/status_macros.h"
#include "crm/v1/dashboard_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/dashboard.h"

namespace crm::ctl {
namespace {

using crm::v1::TeamDashboard;

constexpr int kPageSize = 1000;

// What is shown, of which team.
struct Wanted {
  std::string team;  // empty: all
  int months = 0;
};

absl::StatusOr<std::vector<TeamDashboard>> Tiles(Session& session, const Wanted& wanted) {
  std::vector<TeamDashboard> tiles;
  if (!wanted.team.empty()) {
    crm::v1::GetTeamDashboardRequest request;
    ASSIGN_OR_RETURN(*request.mutable_team(), session.names().Resolve({"teams"}, wanted.team));
    request.set_month_count(wanted.months);
    RETURN_IF_ERROR(session.Call("GetTeamDashboard", request, tiles.emplace_back()).status());
    return tiles;
  }
  crm::v1::ListTeamDashboardsRequest request;
  request.set_month_count(wanted.months);
  do {
    request.set_page_size(kPageSize);
    crm::v1::ListTeamDashboardsResponse response;
    RETURN_IF_ERROR(session.Call("ListTeamDashboards", request, response).status());
    tiles.insert(tiles.end(), response.team_dashboards().begin(), response.team_dashboards().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return tiles;
}

absl::Status Show(Session& session, const Wanted& wanted) {
  ASSIGN_OR_RETURN(const std::vector<TeamDashboard> tiles, Tiles(session, wanted));
  std::ostream& out = session.environment().out;
  if (session.style().format == Format::kTable) {
    for (size_t i = 0; i < tiles.size(); ++i) {
      out << (i > 0 ? "\n" : "") << DrawTile(tiles[i], session.style());
    }
    return absl::OkStatus();
  }
  RowPrinter printer(
      out, session.style(), *TeamDashboard::descriptor(),
      {"display_name", "team", "leaders", "open.count", "open.amounts", "weighted_revenue",
       "overdue.count", "overdue.amounts", "won.count", "won.amounts", "lost.count", "lost.amounts",
       "unassigned_lead_count", "invoiced_this_month", "monthly_target", "target_attainment_bp",
       "months_on_target"});
  RETURN_IF_ERROR(printer.Begin());
  for (const TeamDashboard& tile : tiles) printer.Add(tile);
  printer.Finish();
  return absl::OkStatus();
}

}  // namespace

void AddDashboardCommand(CommandTree& tree) {
  auto wanted = std::make_shared<Wanted>();
  CLI::App& leaf =
      tree.AddLeaf(tree.root(), "dashboard", "Team tiles: open, won, lost, new per week, loads",
                   [wanted](Session& session) { return Show(session, *wanted); });
  leaf.alias("tiles");
  leaf.add_option("TEAM", wanted->team, "Only this team");
  leaf.add_option("--months", wanted->months, "Months of money to show, up to this one")
      ->check(CLI::Range(0, 1200));
}

}  // namespace crm::ctl
