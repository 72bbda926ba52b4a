// What ProjectionService answers: how far the views of the caller's organization are behind its
// log, and building one of them anew beside the one that serves. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/v1/projection_service.pb.h"
#include "projections/projection_set.h"
#include "services/call.h"

namespace crm::services {

absl::Status ListProjections(projections::ProjectionSet& projections, const Call& call,
                             const v1::ListProjectionsRequest& request,
                             v1::ListProjectionsResponse* response);

// NOT_FOUND when there is no such projection.
absl::Status RebuildProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::RebuildProjectionRequest& request,
                               v1::Projection* response);

}  // namespace crm::services
