// crmctl dashboard: one tile a team.
#include <memory>

#include "base/status_macros.h"
#include "crm/v1/dashboard_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/dashboard.h"
#include "tools/crmctl/drawings.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

using crm::v1::TeamDashboard;

constexpr int kPageSize = 1000;

// What is shown, of which team.
struct Wanted {
  std::string team;  // empty: all
  int months = 0;
  PictureFlags pictures;
  bool revenue = false;  // in the pictures; else new opportunities
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

absl::Status SavePictures(Session& session, const Wanted& wanted) {
  if (wanted.team.empty()) return UsageError("a picture shows one team: name it");
  crm::v1::GetTeamDashboardRequest request;
  ASSIGN_OR_RETURN(*request.mutable_team(), session.names().Resolve({"teams"}, wanted.team));
  request.set_month_count(wanted.months);
  const MethodDescriptor& method = *FindMethod("GetTeamDashboardPicture");
  return SavePictures(session, method, request, wanted.pictures, [&](Message& drawing) {
    drawing.GetReflection()->SetEnumValue(
        &drawing, drawing.GetDescriptor()->FindFieldByName("part"),
        wanted.revenue ? crm::v1::TEAM_DASHBOARD_PART_REVENUE
                       : crm::v1::TEAM_DASHBOARD_PART_NEW_OPPORTUNITIES);
  });
}

absl::Status Show(Session& session, const Wanted& wanted) {
  if (wanted.pictures.any()) return SavePictures(session, wanted);
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
  AddPictureOptions(leaf, wanted->pictures);
  leaf.add_flag("--revenue", wanted->revenue, "In a picture: money by month, not new per week");
}

}  // namespace crm::ctl
