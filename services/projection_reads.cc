#include "services/projection_reads.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "domain/types/ids.h"

namespace crm::services {
namespace {

using projections::ProjectionState;
using projections::ProjectionStatus;

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
  return projection;
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

absl::Status RebuildProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::RebuildProjectionRequest& request,
                               v1::Projection* response) {
  absl::string_view view = request.name();
  if (!absl::ConsumePrefix(&view, kCollection))
    return domain::InvalidName("projections", request.name());
  const Uuid organization = call.organization().uuid();
  RETURN_IF_ERROR(projections.Rebuild(view, organization));
  for (const ProjectionStatus& status : projections.Status()) {
    if (status.view == view && status.organization == organization) *response = ToApi(status);
  }
  return absl::OkStatus();
}

}  // namespace crm::services
