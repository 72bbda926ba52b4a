// Relocation: when a stage is archived, what is there moves to its target. One command per record,
// with a request id that derives from the archiving and the record. Pure functions; thread-safe.
#pragma once

#include <vector>

#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "domain/event_codec.h"
#include "domain/pipeline/pipeline.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct Relocation {
  static constexpr absl::string_view kName = "relocation";

  // The stage whose records move, and where to.
  StageName from;
  StageName to;
  EventMetadata cause;

  static Relocation React(const events::v1::StageArchived& event, const EventMetadata& metadata);
  // The same to where the target's records went, when it was archived itself since.
  Relocation Onward(const PipelineState& pipeline) const;

  v1::MoveStageRequest Move(const OpportunityId& opportunity) const;
  v1::MoveLeadStageRequest Move(const LeadId& lead) const;
};

}  // namespace crm::domain
