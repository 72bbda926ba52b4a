// The money of a tile: what a month brought under each measure, against the target at its end.
// Amounts of other currencies are converted at the rate of their day into the target's, or without
// a target the organization's; those without a rate are left out and counted.
//
// One query, one thread.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "crm/v1/dashboard_service.pb.h"
#include "projections/team_dashboard.h"

namespace crm::projections {

// Fills target, what was invoiced this month, attainment, and the last `month_count` months, the
// running one included. Covers what the caller may see. OUT_OF_RANGE SUM_OVERFLOW when a sum cannot
// be shown.
absl::Status PaintMoney(const Uuid& id, const views::v1::TileTeam& team,
                        const views::v1::OrganizationShape& organization, int month_count,
                        const ViewReader& rows, const QueryContext& context,
                        v1::TeamDashboard& tile);

}  // namespace crm::projections
