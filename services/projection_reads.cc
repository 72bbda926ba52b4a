#include "services/projection_reads.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "domain/types/ids.h"

namespace crm::services {
namespace {

using projections::ComparisonReport;
using projections::ComparisonState;
using projections::ProjectionState;
using projections::ProjectionStatus;
using projections::RowDifferenceKind;

constexpr absl::string_view kCollection = "projections/";

v1::ProjectionState StateOf(ProjectionState state) {
  switch (state) {
    case ProjectionState::kLive:
      return v1::PROJECTION_STATE_LIVE;
    case ProjectionState::kRebuilding:
      return v1::PROJECTION_STATE_REBUILDING;
    case ProjectionState::kStopped:
      return v1::PROJECTION_STATE_STOPPED;
    case ProjectionState::kCatchingUp:
      return v1::PROJECTION_STATE_CATCHING_UP;
  }
  return v1::PROJECTION_STATE_UNSPECIFIED;
}

v1::ComparisonState StateOf(ComparisonState state) {
  switch (state) {
    case ComparisonState::kRunning:
      return v1::COMPARISON_STATE_RUNNING;
    case ComparisonState::kEqual:
      return v1::COMPARISON_STATE_EQUAL;
    case ComparisonState::kDifferent:
      return v1::COMPARISON_STATE_DIFFERENT;
    case ComparisonState::kReadBack:
      return v1::COMPARISON_STATE_READ_BACK;
    case ComparisonState::kFailed:
      return v1::COMPARISON_STATE_FAILED;
  }
  return v1::COMPARISON_STATE_UNSPECIFIED;
}

v1::ProjectionComparison::Kind KindOf(RowDifferenceKind kind) {
  switch (kind) {
    case RowDifferenceKind::kDiffering:
      return v1::ProjectionComparison::KIND_DIFFERING;
    case RowDifferenceKind::kMissing:
      return v1::ProjectionComparison::KIND_MISSING;
    case RowDifferenceKind::kExtra:
      return v1::ProjectionComparison::KIND_EXTRA;
  }
  return v1::ProjectionComparison::KIND_UNSPECIFIED;
}

void Render(const ComparisonReport& report, v1::ProjectionComparison& comparison) {
  comparison.set_state(StateOf(report.state));
  comparison.set_position(report.position);
  comparison.set_rows_count(report.found.rows);
  comparison.set_differing_count(report.found.differing);
  comparison.set_missing_count(report.found.missing);
  comparison.set_extra_count(report.found.extra);
  for (const ComparisonReport::Difference& difference : report.differences) {
    v1::ProjectionComparison::Difference& shown = *comparison.add_differences();
    shown.set_kind(KindOf(difference.kind));
    shown.set_table(difference.table);
    shown.set_key(difference.key);
  }
  if (report.found.rows > 0) {
    comparison.set_rows_sha256(std::string(AsView(report.found.digest)));
  }
  comparison.set_problem(report.problem);
}

v1::Projection ToApi(const ProjectionStatus& status) {
  v1::Projection projection;
  projection.set_name(absl::StrCat(kCollection, status.view));
  projection.set_version(status.version);
  projection.set_state(StateOf(status.state));
  projection.set_position(status.position);
  projection.set_head_position(status.head);
  projection.set_lag_count(status.lag);
  projection.set_rebuild_position(status.rebuild_position.value_or(0));
  projection.set_problem(status.problem);
  if (status.comparison) Render(*status.comparison, *projection.mutable_comparison());
  if (status.cut_over) Render(*status.cut_over, *projection.mutable_cut_over());
  projection.set_warning(status.warning);
  return projection;
}

absl::StatusOr<absl::string_view> ViewOf(const std::string& name) {
  absl::string_view view = name;
  if (!absl::ConsumePrefix(&view, kCollection)) return domain::InvalidName("projections", name);
  return view;
}

absl::Status Show(projections::ProjectionSet& projections, absl::string_view view, const Call& call,
                  v1::Projection* response) {
  ASSIGN_OR_RETURN(const ProjectionStatus status,
                   projections.Status(view, call.organization().uuid()));
  *response = ToApi(status);
  return absl::OkStatus();
}

}  // namespace

absl::Status ListProjections(projections::ProjectionSet& projections, const Call& call,
                             const v1::ListProjectionsRequest&,
                             v1::ListProjectionsResponse* response) {
  for (const ProjectionStatus& status : projections.Status()) {
    if (status.organization != call.organization().uuid()) continue;
    *response->add_projections() = ToApi(status);
    response->set_position(status.head);
  }
  return absl::OkStatus();
}

absl::Status GetProjection(projections::ProjectionSet& projections, const Call& call,
                           const v1::GetProjectionRequest& request, v1::Projection* response) {
  ASSIGN_OR_RETURN(const absl::string_view view, ViewOf(request.name()));
  return Show(projections, view, call, response);
}

absl::Status RebuildProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::RebuildProjectionRequest& request,
                               v1::Projection* response) {
  ASSIGN_OR_RETURN(const absl::string_view view, ViewOf(request.name()));
  RETURN_IF_ERROR(projections.Rebuild(view, call.organization().uuid()));
  return Show(projections, view, call, response);
}

absl::Status CompareProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::CompareProjectionRequest& request,
                               v1::Projection* response) {
  ASSIGN_OR_RETURN(const absl::string_view view, ViewOf(request.name()));
  RETURN_IF_ERROR(projections.Compare(view, call.organization().uuid()));
  return Show(projections, view, call, response);
}

absl::Status ResumeProjection(projections::ProjectionSet& projections, const Call& call,
                              const v1::ResumeProjectionRequest& request,
                              v1::Projection* response) {
  ASSIGN_OR_RETURN(const absl::string_view view, ViewOf(request.name()));
  RETURN_IF_ERROR(projections.Resume(view, call.organization().uuid()));
  return Show(projections, view, call, response);
}

}  // namespace crm::services
