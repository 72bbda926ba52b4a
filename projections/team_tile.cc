#include "projections/team_tile.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "crm/v1/team_service.pb.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::TileLead;
using views::v1::TileTarget;
using views::v1::TileTeam;

namespace {

// Only a lead of a team and an owner counts against a maximum.
void Give(TileLead& lead, const events::v1::Ownership& to, int64_t time_us) {
  lead.set_team_id(to.team_id());
  lead.set_owner_id(to.owner_id());
  lead.set_take_time_us(to.team_id().empty() || to.owner_id().empty() ? 0 : time_us);
}

// From the event's instant on the target is as `change(TileTarget&)` leaves it.
template <class Change>
void ChangeTarget(TileTeam& team, const EventMetadata& metadata, Change change) {
  TileTarget target;
  if (team.targets_size() > 0) target = team.targets(team.targets_size() - 1);
  target.set_time_us(absl::ToUnixMicros(metadata.effective_time));
  change(target);
  *team.add_targets() = std::move(target);
}

void SetMonthly(TileTarget& target, const events::v1::Amount& monthly) {
  target.clear_monthly();
  if (!monthly.currency_code().empty()) *target.mutable_monthly() = monthly;
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

void FoldTile(TileTeam& team, const events::v1::TeamCreated& event, const EventMetadata& metadata) {
  team.set_display_name(event.display_name());
  team.set_color_index(event.color_index());
  ChangeTarget(team, metadata, [&](TileTarget& target) {
    target.set_measure(event.target_measure());
    SetMonthly(target, event.monthly_target());
  });
}

void FoldTile(TileTeam& team, const events::v1::TeamSettingsRevised& event,
              const EventMetadata& metadata) {
  if (event.has_display_name()) team.set_display_name(event.display_name());
  if (event.has_color_index()) team.set_color_index(event.color_index());
  if (!event.has_target_measure() && !event.has_monthly_target()) return;
  ChangeTarget(team, metadata, [&](TileTarget& target) {
    if (event.has_target_measure()) target.set_measure(event.target_measure());
    if (event.has_monthly_target()) SetMonthly(target, event.monthly_target());
  });
}

void FoldTile(TileTeam& team, const events::v1::LeaderAppointed& event, const EventMetadata&) {
  if (!absl::c_linear_search(team.leader_ids(), event.member_id())) {
    team.add_leader_ids(event.member_id());
  }
}

void FoldTile(TileTeam& team, const events::v1::LeaderDismissed& event, const EventMetadata&) {
  auto& leaders = *team.mutable_leader_ids();
  leaders.erase(std::remove(leaders.begin(), leaders.end(), event.member_id()), leaders.end());
}

void FoldTile(TileTeam& team, const events::v1::TeamArchived&, const EventMetadata&) {
  team.set_archived(true);
}

void FoldTile(TileTeam& team, const events::v1::TeamRestored&, const EventMetadata&) {
  team.set_archived(false);
}

TileTarget TargetAt(const TileTeam& team, absl::Time instant) {
  TileTarget found;
  for (const TileTarget& target : team.targets()) {
    if (target.time_us() <= absl::ToUnixMicros(instant)) found = target;
  }
  if (found.measure() == v1::TARGET_MEASURE_UNSPECIFIED) {
    found.set_measure(v1::TARGET_MEASURE_ISSUED_NET);
  }
  return found;
}

}  // namespace crm::projections
