#include "domain/processes/relocation.h"

#include "absl/strings/str_cat.h"

namespace crm::domain {
namespace {

std::string RequestId(const EventMetadata& cause, const std::string& record) {
  return Uuid::FromName(cause.organization,
                        absl::StrCat(Relocation::kName, "/", cause.position, "/", record))
      .ToString();
}

}  // namespace

Relocation Relocation::React(const events::v1::StageArchived& event,
                             const EventMetadata& metadata) {
  const PipelineId pipeline(metadata.stream.id);
  return {{pipeline, FromBytes<StageId>(event.stage_id())},
          {pipeline, FromBytes<StageId>(event.target_stage_id())},
          metadata};
}

Relocation Relocation::Onward(const PipelineState& pipeline) const {
  Relocation onward = *this;
  if (const Stage* live = pipeline.Resolve(to.stage)) onward.to.stage = live->id;
  return onward;
}

v1::MoveStageRequest Relocation::Move(const OpportunityId& opportunity) const {
  v1::MoveStageRequest command;
  command.set_name(NameOf(opportunity));
  command.set_stage(NameOf(to));
  command.set_request_id(RequestId(cause, command.name()));
  return command;
}

v1::MoveLeadStageRequest Relocation::Move(const LeadId& lead) const {
  v1::MoveLeadStageRequest command;
  command.set_name(NameOf(lead));
  command.set_stage(NameOf(to));
  command.set_request_id(RequestId(cause, command.name()));
  return command;
}

}  // namespace crm::domain
