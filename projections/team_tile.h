// What a tile remembers of a team and of a lead, and how their events change that. TeamDashboard
// keeps the rows.
//
// Pure functions.
#pragma once

#include <variant>

#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/views/v1/team_dashboard.pb.h"
#include "domain/event_codec.h"

namespace crm::projections {

using TileLeadEvents =
    std::variant<events::v1::LeadCaptured, events::v1::LeadAssigned, events::v1::LeadConverted,
                 events::v1::LeadLost, events::v1::LeadJunked, events::v1::LeadRestored>;

void FoldTile(views::v1::TileLead& lead, const events::v1::LeadCaptured& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileLead& lead, const events::v1::LeadAssigned& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileLead& lead, const events::v1::LeadConverted& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileLead& lead, const events::v1::LeadLost& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileLead& lead, const events::v1::LeadJunked& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileLead& lead, const events::v1::LeadRestored& event,
              const domain::EventMetadata& metadata);

using TileTeamEvents = std::variant<events::v1::TeamCreated, events::v1::TeamSettingsRevised,
                                    events::v1::LeaderAppointed, events::v1::LeaderDismissed,
                                    events::v1::TeamArchived, events::v1::TeamRestored>;

void FoldTile(views::v1::TileTeam& team, const events::v1::TeamCreated& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileTeam& team, const events::v1::TeamSettingsRevised& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileTeam& team, const events::v1::LeaderAppointed& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileTeam& team, const events::v1::LeaderDismissed& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileTeam& team, const events::v1::TeamArchived& event,
              const domain::EventMetadata& metadata);
void FoldTile(views::v1::TileTeam& team, const events::v1::TeamRestored& event,
              const domain::EventMetadata& metadata);

// The target in force at an instant; without an amount when there is none.
views::v1::TileTarget TargetAt(const views::v1::TileTeam& team, absl::Time instant);

}  // namespace crm::projections
