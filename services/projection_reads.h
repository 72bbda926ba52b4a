// What ProjectionService answers: how far the views of the caller's organization are behind its
// log, and building, comparing and resuming one of them. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/v1/projection_service.pb.h"
#include "projections/projection_set.h"
#include "services/call.h"

namespace crm::services {

absl::Status ListProjections(projections::ProjectionSet& projections, const Call& call,
                             const v1::ListProjectionsRequest& request,
                             v1::ListProjectionsResponse* response);

// All of these answer with the projection as it is then. NOT_FOUND when there is none of the name.
absl::Status GetProjection(projections::ProjectionSet& projections, const Call& call,
                           const v1::GetProjectionRequest& request, v1::Projection* response);
absl::Status RebuildProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::RebuildProjectionRequest& request,
                               v1::Projection* response);
// FAILED_PRECONDITION: see Projector::RequestComparison.
absl::Status CompareProjection(projections::ProjectionSet& projections, const Call& call,
                               const v1::CompareProjectionRequest& request,
                               v1::Projection* response);
absl::Status ResumeProjection(projections::ProjectionSet& projections, const Call& call,
                              const v1::ResumeProjectionRequest& request, v1::Projection* response);

}  // namespace crm::services
