#include "projections/stage_flow.h"

#include <utility>

#include "base/status_macros.h"

namespace crm::projections {

using domain::EventMetadata;
using events::v1::OpportunitySnapshot;
using views::v1::FlowPlace;
using views::v1::StageVisit;
using views::v1::VisitEnd;

namespace {

using Key = StageFlow::VisitKey;

Key EntryKey(const FlowPlace& place, const Uuid& id) {
  return {UuidOf(place.pipeline_id()), absl::FromUnixMicros(place.visit().enter_time_us()), id,
          place.version()};
}

Key ExitKey(const FlowPlace& place, const Uuid& id, int64_t leave_time_us) {
  return {UuidOf(place.pipeline_id()), absl::FromUnixMicros(leave_time_us), id, place.version()};
}

StageVisit VisitOf(const std::string& stage, const events::v1::Ownership& ownership,
                   const EventMetadata& metadata) {
  StageVisit visit;
  visit.set_stage_id(stage);
  visit.set_enter_time_us(absl::ToUnixMicros(metadata.effective_time));
  *visit.mutable_holder() = HolderOf(ownership);
  return visit;
}

void Enter(ViewTransaction& rows, FlowPlace& place, const std::string& pipeline, StageVisit visit,
           const EventMetadata& metadata) {
  place.set_pipeline_id(pipeline);
  place.set_version(metadata.version);
  *place.mutable_visit() = std::move(visit);
  StageFlow::kEntries.Put(rows, EntryKey(place, metadata.stream.id), place.visit());
}

void Leave(ViewTransaction& rows, const FlowPlace& place, VisitEnd end, const std::string& to_stage,
           const OpportunitySnapshot& at, const EventMetadata& metadata) {
  StageVisit ended = place.visit();
  ended.set_leave_time_us(absl::ToUnixMicros(metadata.effective_time));
  ended.set_end(end);
  ended.set_to_stage_id(to_stage);
  *ended.mutable_holder() = HolderOf(at.ownership());
  const Key key = ExitKey(place, metadata.stream.id, ended.leave_time_us());
  StageFlow::kExits.Put(rows, key, std::move(ended));
}

void Move(ViewTransaction& rows, FlowPlace& place, const std::string& pipeline,
          const std::string& stage, const OpportunitySnapshot& at, const EventMetadata& metadata) {
  if (place.pipeline_id() == pipeline && place.visit().stage_id() == stage) return;
  Leave(rows, place, views::v1::VISIT_END_MOVED,
        place.pipeline_id() == pipeline ? stage : std::string(), at, metadata);
  Enter(rows, place, pipeline, VisitOf(stage, at.ownership(), metadata), metadata);
}

absl::Status Close(VisitEnd end, const std::string& to_stage, const OpportunitySnapshot& at,
                   const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(FlowPlace * place, StageFlow::kPlaces.Edit(rows, {metadata.stream.id}));
  Leave(rows, *place, end, to_stage, at, metadata);
  place->set_closed(end);
  place->set_close_time_us(absl::ToUnixMicros(metadata.effective_time));
  return absl::OkStatus();
}

}  // namespace

absl::Status StageFlow::Apply(const events::v1::OpportunityOpened& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  const OpportunitySnapshot& opened = event.opened();
  ASSIGN_OR_RETURN(FlowPlace * place, kPlaces.Edit(rows, {metadata.stream.id}));
  Enter(rows, *place, opened.pipeline_id(),
        VisitOf(opened.stage_id(), opened.ownership(), metadata), metadata);
  return absl::OkStatus();
}

absl::Status StageFlow::Apply(const events::v1::StageMoved& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  ASSIGN_OR_RETURN(FlowPlace * place, kPlaces.Edit(rows, {metadata.stream.id}));
  Move(rows, *place, event.to_pipeline_id(), event.to_stage_id(), event.at(), metadata);
  return absl::OkStatus();
}

absl::Status StageFlow::Apply(const events::v1::OpportunityWon& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  RETURN_IF_ERROR(Close(views::v1::VISIT_END_WON, event.stage_id(), event.at(), metadata, rows));
  ASSIGN_OR_RETURN(FlowPlace * place, kPlaces.Edit(rows, {metadata.stream.id}));
  if (event.stage_id() == place->visit().stage_id()) return absl::OkStatus();
  FlowPlace won = *place;
  Enter(rows, won, place->pipeline_id(),
        VisitOf(event.stage_id(), event.at().ownership(), metadata), metadata);
  *place->mutable_won_visit() = won.visit();
  place->set_won_version(won.version());
  return absl::OkStatus();
}

absl::Status StageFlow::Apply(const events::v1::OpportunityLost& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Close(views::v1::VISIT_END_LOST, "", event.at(), metadata, rows);
}

absl::Status StageFlow::Apply(const events::v1::OpportunitySuperseded& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Close(views::v1::VISIT_END_SUPERSEDED, "", event.at(), metadata, rows);
}

absl::Status StageFlow::Apply(const events::v1::OpportunityReopened& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  const Uuid& id = metadata.stream.id;
  ASSIGN_OR_RETURN(FlowPlace * place, kPlaces.Edit(rows, {id}));
  kExits.Erase(rows, ExitKey(*place, id, place->close_time_us()));
  if (place->has_won_visit()) {
    FlowPlace won = *place;
    *won.mutable_visit() = place->won_visit();
    won.set_version(place->won_version());
    kEntries.Erase(rows, EntryKey(won, id));
  }
  place->clear_won_visit();
  place->clear_won_version();
  place->clear_closed();
  place->clear_close_time_us();
  Move(rows, *place, place->pipeline_id(), event.stage_id(), event.at(), metadata);
  return absl::OkStatus();
}

}  // namespace crm::projections
