// What holds for one stage of a pipeline, and its three forms: as a client states it, as events
// store it, as Pipeline keeps it. Used by Pipeline's decisions only. Pure and thread-safe.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "domain/pipeline/pipeline.h"

namespace crm::domain {

// Stages of a pipeline that are not archived.
inline constexpr int kMostLiveStages = 50;

// As wanted, with what was left out filled in: an open stage, and a won one's probability.
absl::StatusOr<Stage> StageFrom(const v1::Stage& wanted, const StageId& id);
// As stored; total.
Stage StageFrom(const events::v1::StageDefinition& stored);

events::v1::StageDefinition StoredStage(const Stage& stage);
v1::Stage ShownStage(const PipelineId& pipeline, const Stage& stage);

// Whether `stage` may stand among `siblings` (which may contain it as it was, and archived ones).
// Refuses DISPLAY_NAME_REQUIRED, STAGE_NAME_TAKEN, TOO_MANY_STAGES, PROBABILITY_FIXED_BY_KIND,
// DWELL_LIMITS_INVALID, REQUIRED_FIELD_UNKNOWN.
absl::Status CheckStage(const Stage& stage, v1::PipelineKind kind,
                        const std::vector<Stage>& siblings);

}  // namespace crm::domain
