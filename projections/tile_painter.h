// TilePainter: draws tiles from the rows of TeamDashboard, for one answer. Every figure covers what
// the caller may see; days are those of the organization's zone, "today" is that of the instant
// asked for.
//
// One query, one thread; must not outlive the rows and the context.
#pragma once

#include <map>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/v1/dashboard_service.pb.h"
#include "projections/team_dashboard.h"

namespace crm::projections {

class TilePainter {
 public:
  // Errors are those of the rows.
  static absl::StatusOr<TilePainter> Create(const ViewReader& rows, const QueryContext& context);

  // Whether the caller is shown the team's tile. Rights are today's, also for a tile of the past.
  bool MayShow(const Uuid& id) const;

  // Of the caller.
  absl::StatusOr<bool> IsFavorite(const Uuid& id) const;

  // The whole tile, with this many months. OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
  absl::StatusOr<v1::TeamDashboard> Paint(const Uuid& id, const views::v1::TileTeam& team,
                                          int month_count);

 private:
  TilePainter(const ViewReader& rows, const QueryContext& context,
              views::v1::OrganizationShape organization);

  // Counts what each owner has open besides, for the loads.
  absl::Status PaintOpen(const Uuid& id, v1::TeamDashboard& tile,
                         std::map<Uuid, int>& open_by_owner);
  absl::Status PaintClosings(const Uuid& id, v1::TeamDashboard& tile) const;
  absl::Status PaintWeeks(const Uuid& id, v1::TeamDashboard& tile) const;
  absl::Status PaintUnassigned(const Uuid& id, v1::TeamDashboard& tile) const;

  // Leads the member took in the team, in the window that ends now.
  absl::StatusOr<int> LoadOf(const Uuid& team, const Uuid& member) const;
  absl::Status PaintLoads(const Uuid& id, const std::map<Uuid, int>& open_by_owner,
                          v1::TeamDashboard& tile) const;

  const ViewReader& rows_;
  const QueryContext& context_;
  const views::v1::OrganizationShape organization_;
  const absl::CivilDay today_;
  Weigher weigher_;
};

}  // namespace crm::projections
