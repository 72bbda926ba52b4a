#include "projections/team_tile.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::TileLead;
using views::v1::TileTeam;

namespace {

// Only a lead of a team and an owner counts against a maximum.
void Give(TileLead& lead, const events::v1::Ownership& to, int64_t time_us) {
  lead.set_team_id(to.team_id());
  lead.set_owner_id(to.owner_id());
  lead.set_take_time_us(to.team_id().empty() || to.owner_id().empty() ? 0 : time_us);
}

void SetTarget(TileTeam& team, const events::v1::Amount& target) {
  team.clear_monthly_target();
  if (!target.currency_code().empty()) *team.mutable_monthly_target() = target;
}

}  // namespace

void FoldTile(TileLead& lead, const events::v1::LeadCaptured& event,
              const EventMetadata& metadata) {
  lead.set_open(true);
  Give(lead, event.ownership(), absl::ToUnixMicros(metadata.effective_time));
}

void FoldTile(TileLead& lead, const events::v1::LeadAssigned& event, const EventMetadata&) {
  Give(lead, event.to(), event.assign_time_us());
}

void FoldTile(TileLead& lead, const events::v1::LeadConverted&, const EventMetadata&) {
  lead.set_open(false);
}

void FoldTile(TileLead& lead, const events::v1::LeadLost&, const EventMetadata&) {
  lead.set_open(false);
}

void FoldTile(TileLead& lead, const events::v1::LeadJunked&, const EventMetadata&) {
  lead.set_open(false);
}

void FoldTile(TileLead& lead, const events::v1::LeadRestored&, const EventMetadata&) {
  lead.set_open(true);
}

void FoldTile(TileTeam& team, const events::v1::TeamCreated& event) {
  team.set_display_name(event.display_name());
  team.set_color_index(event.color_index());
  team.set_target_measure(event.target_measure());
  SetTarget(team, event.monthly_target());
}

void FoldTile(TileTeam& team, const events::v1::TeamSettingsRevised& event) {
  if (event.has_display_name()) team.set_display_name(event.display_name());
  if (event.has_color_index()) team.set_color_index(event.color_index());
  if (event.has_target_measure()) team.set_target_measure(event.target_measure());
  if (event.has_monthly_target()) SetTarget(team, event.monthly_target());
}

void FoldTile(TileTeam& team, const events::v1::LeaderAppointed& event) {
  if (!absl::c_linear_search(team.leader_ids(), event.member_id())) {
    team.add_leader_ids(event.member_id());
  }
}

void FoldTile(TileTeam& team, const events::v1::LeaderDismissed& event) {
  auto& leaders = *team.mutable_leader_ids();
  leaders.erase(std::remove(leaders.begin(), leaders.end(), event.member_id()), leaders.end());
}

void FoldTile(TileTeam& team, const events::v1::TeamArchived&) { team.set_archived(true); }

void FoldTile(TileTeam& team, const events::v1::TeamRestored&) { team.set_archived(false); }

}  // namespace crm::projections
