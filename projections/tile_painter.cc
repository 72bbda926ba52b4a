#include "projections/tile_painter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "projections/tile_money.h"

namespace crm::projections {

using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::TileTeam;

namespace {

// The window of a maximum of leads: elapsed hours, so that no clock change moves it (T44).
constexpr absl::Duration kLoadWindow = absl::Hours(30 * 24);

absl::StatusOr<std::optional<OpportunityCard>> FindCard(const ViewReader& rows, const Uuid& id) {
  ASSIGN_OR_RETURN(const auto tile, TeamDashboard::kCards.Get(rows, {id}));
  if (!tile.has_value()) return std::nullopt;
  return tile->card();
}

Weigher WeigherOver(const ViewReader& rows) {
  return Weigher(
      [&rows](const std::string& id) {
        return TeamDashboard::kPipelines.GetOrEmpty(rows, {UuidOf(id)});
      },
      [&rows](const std::string& id) {
        return TeamDashboard::kGroups.GetOrEmpty(rows, {UuidOf(id)});
      },
      [&rows](const std::string& id) { return FindCard(rows, UuidOf(id)); });
}

}  // namespace

TilePainter::TilePainter(const ViewReader& rows, const QueryContext& context,
                         OrganizationShape organization)
    : rows_(rows),
      context_(context),
      organization_(std::move(organization)),
      today_(ZoneOf(organization_).DayOf(context.at())),
      weigher_(WeigherOver(rows)) {}

absl::StatusOr<TilePainter> TilePainter::Create(const ViewReader& rows,
                                                const QueryContext& context) {
  ASSIGN_OR_RETURN(OrganizationShape organization,
                   TeamDashboard::kOrganization.GetOrEmpty(rows, {}));
  return TilePainter(rows, context, std::move(organization));
}

bool TilePainter::MayShow(const Uuid& id) const {
  const domain::Audience& audience = context_.audience();
  const domain::TeamId team(id);
  return audience.everything || audience.teams.contains(team) || audience.own_teams.contains(team);
}

absl::StatusOr<bool> TilePainter::IsFavorite(const Uuid& id) const {
  ASSIGN_OR_RETURN(const auto mark,
                   TeamDashboard::kFavorites.Get(rows_, {context_.member().uuid(), id}));
  return mark.has_value();
}

absl::StatusOr<v1::TeamDashboard> TilePainter::Paint(const Uuid& id, const TileTeam& team,
                                                     int month_count) {
  v1::TeamDashboard tile;
  tile.set_team(domain::NameOf(domain::TeamId(id)));
  tile.set_display_name(team.display_name());
  tile.set_color_index(team.color_index());
  tile.set_position(context_.position());
  ASSIGN_OR_RETURN(const bool favorite, IsFavorite(id));
  tile.set_favorite(favorite);
  for (const std::string& leader : team.leader_ids()) {
    tile.add_leaders(domain::NameOf(domain::FromBytes<domain::MemberId>(leader)));
  }
  // Proposals and orders do not exist yet: none of them.
  tile.mutable_quotations();
  tile.mutable_sales_orders();
  tile.mutable_orders_to_invoice();
  RETURN_IF_ERROR(PaintMoney(id, team, organization_, month_count, rows_, context_, tile));
  std::map<Uuid, int> open_by_owner;
  RETURN_IF_ERROR(PaintOpen(id, tile, open_by_owner));
  RETURN_IF_ERROR(PaintClosings(id, tile));
  RETURN_IF_ERROR(PaintWeeks(id, tile));
  RETURN_IF_ERROR(PaintUnassigned(id, tile));
  RETURN_IF_ERROR(PaintLoads(id, open_by_owner, tile));
  return tile;
}

absl::Status TilePainter::PaintOpen(const Uuid& id, v1::TeamDashboard& tile,
                                    std::map<Uuid, int>& open_by_owner) {
  TotalsByCurrency open;
  TotalsByCurrency overdue;
  v1::TeamDashboard::Figure& open_figure = *tile.mutable_open();
  v1::TeamDashboard::Figure& overdue_figure = *tile.mutable_overdue();
  RETURN_IF_ERROR(TeamDashboard::kOpen.Scan(
      rows_, TeamDashboard::kOpen.Prefix(id),
      [&](const auto& key, const views::v1::Mark&) -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(const auto card, FindCard(rows_, std::get<1>(key)));
        if (!card.has_value() || !context_.SeesOpportunity(ScopeOf(*card))) return true;
        ASSIGN_OR_RETURN(const Contribution contribution, weigher_.Weigh(*card));
        open_figure.set_count(open_figure.count() + 1);
        RETURN_IF_ERROR(open.Add(contribution));
        ++open_by_owner[UuidOf(card->owner_id())];
        if (!IsOverdue(*card, today_)) return true;
        overdue_figure.set_count(overdue_figure.count() + 1);
        RETURN_IF_ERROR(overdue.Add(contribution));
        return true;
      }));
  open.WriteExpectedTo(open_figure.mutable_amounts());
  open.WriteWeightedTo(tile.mutable_weighted_revenue());
  overdue.WriteExpectedTo(overdue_figure.mutable_amounts());
  return absl::OkStatus();
}

absl::Status TilePainter::PaintClosings(const Uuid& id, v1::TeamDashboard& tile) const {
  views::v1::TileClosings sums;
  RETURN_IF_ERROR(TeamDashboard::kClosings.Scan(
      rows_, TeamDashboard::kClosings.Prefix(id),
      [&](const auto& key, const views::v1::TileClosings& counter) {
        const auto& [team, owner, contributors] = key;
        if (!context_.SeesOpportunity(ScopeOf(team, owner, contributors))) return true;
        sums.set_won_count(sums.won_count() + counter.won_count());
        sums.set_lost_count(sums.lost_count() + counter.lost_count());
        AddSums(*sums.mutable_won(), counter.won());
        AddSums(*sums.mutable_lost(), counter.lost());
        return true;
      }));
  tile.mutable_won()->set_count(static_cast<int32_t>(sums.won_count()));
  tile.mutable_lost()->set_count(static_cast<int32_t>(sums.lost_count()));
  RETURN_IF_ERROR(WriteSums(sums.won(), tile.mutable_won()->mutable_amounts()));
  return WriteSums(sums.lost(), tile.mutable_lost()->mutable_amounts());
}

absl::Status TilePainter::PaintWeeks(const Uuid& id, v1::TeamDashboard& tile) const {
  const std::vector<domain::Period> weeks = domain::NewOpportunityWeeks(today_);
  for (const domain::Period& week : weeks) {
    v1::TeamDashboard::Week& bar = *tile.add_weeks();
    *bar.mutable_start_date() = domain::DayToProto(week.start);
    bar.set_week_number(domain::IsoWeekOf(week.start).week);
    RETURN_IF_ERROR(TeamDashboard::kOpened.Scan(
        rows_,
        TeamDashboard::kOpened.Prefix(id)
            .From(std::make_tuple(id, week.start))
            .Until(std::make_tuple(id, week.end)),
        [&](const auto& key, const views::v1::Tally& tally) {
          const auto& [team, day, owner, contributors] = key;
          if (context_.SeesOpportunity(ScopeOf(team, owner, contributors))) {
            bar.set_opened_count(bar.opened_count() + static_cast<int32_t>(tally.count()));
          }
          return true;
        }));
  }
  return absl::OkStatus();
}

absl::Status TilePainter::PaintUnassigned(const Uuid& id, v1::TeamDashboard& tile) const {
  if (!context_.SeesLead(ScopeOf(id, Uuid(), ""))) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto tally, TeamDashboard::kUnassigned.GetOrEmpty(rows_, {id}));
  tile.set_unassigned_lead_count(static_cast<int32_t>(tally.count()));
  return absl::OkStatus();
}

absl::StatusOr<int> TilePainter::LoadOf(const Uuid& team, const Uuid& member) const {
  int count = 0;
  if (!context_.SeesLead(ScopeOf(team, member, ""))) return count;
  const auto& takes = TeamDashboard::kTakes;
  RETURN_IF_ERROR(
      takes.Scan(rows_,
                 takes.Prefix(team, member)
                     .From(std::make_tuple(team, member, context_.at() - kLoadWindow))
                     .Until(std::make_tuple(team, member, context_.at() + absl::Microseconds(1))),
                 [&](const auto&, const views::v1::Mark&) { return ++count > 0; }));
  return count;
}

absl::Status TilePainter::PaintLoads(const Uuid& id, const std::map<Uuid, int>& open_by_owner,
                                     v1::TeamDashboard& tile) const {
  std::map<std::pair<std::string, Uuid>, v1::TeamDashboard::Load> loads;
  RETURN_IF_ERROR(TeamDashboard::kMemberships.Scan(
      rows_, TeamDashboard::kMemberships.Prefix(id),
      [&](const auto& key, const views::v1::TileMembership& membership) -> absl::StatusOr<bool> {
        const Uuid& member = std::get<1>(key);
        ASSIGN_OR_RETURN(const auto name, TeamDashboard::kNames.GetOrEmpty(rows_, {member}));
        v1::TeamDashboard::Load& load = loads[{absl::AsciiStrToLower(name.display_name()), member}];
        load.set_member(domain::NameOf(domain::MemberId(member)));
        ASSIGN_OR_RETURN(const int count, LoadOf(id, member));
        load.set_lead_count(count);
        load.set_maximum_leads(membership.maximum_leads());
        const auto open = open_by_owner.find(member);
        load.set_open_opportunity_count(open == open_by_owner.end() ? 0 : open->second);
        return true;
      }));
  for (auto& [key, load] : loads) *tile.add_loads() = std::move(load);
  return absl::OkStatus();
}

}  // namespace crm::projections
