#include "domain/pipeline/pipeline.h"

#include <algorithm>
#include <utility>

#include "domain/field_mask.h"
#include "domain/pipeline/stage_rules.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

Stage* FindIn(PipelineState& state, const std::string& stage_id) {
  const auto id = FromBytes<StageId>(stage_id);
  const auto found = std::find_if(state.stages.begin(), state.stages.end(),
                                  [&](const Stage& stage) { return stage.id == id; });
  return found == state.stages.end() ? nullptr : &*found;
}

ptrdiff_t LiveCount(const std::vector<Stage>& stages) {
  return std::count_if(stages.begin(), stages.end(),
                       [](const Stage& stage) { return !stage.archived(); });
}

PipelineState On(PipelineState state, const events::v1::PipelineCreated& event,
                 const EventMetadata& metadata) {
  state.id = PipelineId(metadata.stream.id);
  state.display_name = event.display_name();
  state.kind = static_cast<v1::PipelineKind>(event.kind());
  for (const events::v1::StageDefinition& stage : event.stages()) {
    state.stages.push_back(StageFrom(stage));
  }
  return state;
}

PipelineState On(PipelineState state, const events::v1::PipelineRenamed& event,
                 const EventMetadata&) {
  state.display_name = event.display_name();
  return state;
}

PipelineState On(PipelineState state, const events::v1::StageAdded& event, const EventMetadata&) {
  const ptrdiff_t index = std::clamp<ptrdiff_t>(event.index(), 0, LiveCount(state.stages));
  state.stages.insert(state.stages.begin() + index, StageFrom(event.stage()));
  return state;
}

PipelineState On(PipelineState state, const events::v1::StageDetailsRevised& event,
                 const EventMetadata&) {
  Stage* stage = FindIn(state, event.stage_id());
  if (stage == nullptr) return state;
  if (event.has_display_name()) stage->display_name = event.display_name();
  if (event.has_warn_after_days()) stage->warn_after_days = event.warn_after_days();
  if (event.has_exceeded_after_days()) stage->exceeded_after_days = event.exceeded_after_days();
  if (event.required_fields_replaced()) {
    stage->required_fields = {event.required_fields().begin(), event.required_fields().end()};
  }
  return state;
}

PipelineState On(PipelineState state, const events::v1::StageProbabilityRevised& event,
                 const EventMetadata&) {
  if (Stage* stage = FindIn(state, event.stage_id())) {
    stage->probability =
        Probability::FromBasisPoints(event.probability_bp()).value_or(stage->probability);
  }
  return state;
}

PipelineState On(PipelineState state, const events::v1::StagesReordered& event,
                 const EventMetadata&) {
  auto next = state.stages.begin();
  for (const std::string& id : event.stage_ids()) {
    const auto found = std::find_if(next, state.stages.end(), [&](const Stage& stage) {
      return stage.id == FromBytes<StageId>(id);
    });
    if (found == state.stages.end()) continue;
    std::rotate(next, found, found + 1);
    ++next;
  }
  return state;
}

PipelineState On(PipelineState state, const events::v1::StageArchived& event,
                 const EventMetadata&) {
  Stage* stage = FindIn(state, event.stage_id());
  if (stage == nullptr) return state;
  stage->archived_target = FromBytes<StageId>(event.target_stage_id());
  std::stable_partition(state.stages.begin(), state.stages.end(),
                        [](const Stage& candidate) { return !candidate.archived(); });
  return state;
}

PipelineState On(PipelineState state, const events::v1::PipelineArchived&,
                 const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
  return state;
}

PipelineState On(PipelineState state, const events::v1::PipelineRestored&, const EventMetadata&) {
  state.archive_time.reset();
  return state;
}

absl::Status RequireChangeable(const PipelineState& state, const PipelineId& id) {
  return state.archived() ? PipelineIsArchived(id) : absl::OkStatus();
}

// The stage of this pipeline, not archived.
absl::StatusOr<Stage> LiveStage(const PipelineState& state, const PipelineId& pipeline,
                                const StageName& name) {
  const Stage* stage = name.pipeline == pipeline ? state.Find(name.stage) : nullptr;
  if (stage == nullptr) return StageNotInPipeline(name);
  if (stage->archived()) {
    return StageIsArchived(name, {name.pipeline, state.Resolve(name.stage)->id});
  }
  return *stage;
}

absl::Status StageTargetInvalid(const StageName& target, absl::string_view why) {
  return Refuse("STAGE_TARGET_INVALID", absl::StrCat(NameOf(target), " ", why),
                {{"stage", NameOf(target)}});
}

}  // namespace

const Stage* PipelineState::Find(const StageId& stage_id) const {
  const auto found = std::find_if(stages.begin(), stages.end(),
                                  [&](const Stage& stage) { return stage.id == stage_id; });
  return found == stages.end() ? nullptr : &*found;
}

const Stage* PipelineState::Resolve(const StageId& stage_id) const {
  // Targets are live when they are named, so a chain of them has no cycle.
  const Stage* stage = Find(stage_id);
  while (stage != nullptr && stage->archived()) stage = Find(stage->archived_target);
  return stage;
}

bool PipelineState::Relocates(const StageId& from, const StageId& to) const {
  const Stage* stage = Find(from);
  return stage != nullptr && stage->archived() && Resolve(from)->id == to;
}

const Stage* PipelineState::FirstOpen() const { return FirstOfKind(v1::STAGE_KIND_OPEN); }

const Stage* PipelineState::FirstOfKind(v1::StageKind stage_kind) const {
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const Stage& stage) {
    return !stage.archived() && stage.kind == stage_kind;
  });
  return found == stages.end() ? nullptr : &*found;
}

Scope Pipeline::ScopeOf(const State& state) {
  Scope scope = Scope::Shared();
  scope.pipeline = state.id;
  return scope;
}

absl::StatusOr<PipelineId> Pipeline::TargetOf(const v1::UpdatePipelineRequest& command,
                                              const Caller&) {
  return ParseName<PipelineId>(command.pipeline().name());
}

absl::StatusOr<PipelineId> Pipeline::TargetOf(const v1::ReviseStageProbabilityRequest& command,
                                              const Caller&) {
  ASSIGN_OR_RETURN(const StageName stage, ParseStageName(command.stage()));
  return stage.pipeline;
}

absl::StatusOr<PipelineId> Pipeline::TargetOf(const v1::ArchiveStageRequest& command,
                                              const Caller&) {
  ASSIGN_OR_RETURN(const StageName stage, ParseStageName(command.stage()));
  return stage.pipeline;
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State&,
                                                           const v1::CreatePipelineRequest& command,
                                                           const DecideContext& context) {
  const v1::Pipeline& wanted = command.pipeline();
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  if (wanted.kind() == v1::PIPELINE_KIND_UNSPECIFIED) {
    return Invalid("PIPELINE_KIND_REQUIRED", "a pipeline is for opportunities or for leads");
  }
  PipelineState born;
  born.kind = wanted.kind();
  events::v1::PipelineCreated created;
  created.set_display_name(wanted.display_name());
  created.set_kind(wanted.kind());
  for (const v1::Stage& wanted_stage : wanted.stages()) {
    const auto id = context.NewId<StageId>(1 + static_cast<int>(born.stages.size()));
    ASSIGN_OR_RETURN(Stage stage, StageFrom(wanted_stage, id));
    RETURN_IF_ERROR(CheckStage(stage, born.kind, born.stages));
    *created.add_stages() = StoredStage(stage);
    born.stages.push_back(std::move(stage));
  }
  if (born.FirstOpen() == nullptr) {
    return Invalid("OPEN_STAGE_REQUIRED", "a pipeline has at least one open stage");
  }
  return Decision<Event>(std::move(created));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::UpdatePipelineRequest& command,
                                                           const DecideContext& context) {
  ASSIGN_OR_RETURN(const PipelineId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireChangeable(state, id));
  const v1::Pipeline& wanted = command.pipeline();
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(wanted, command.update_mask(), {"display_name"}));
  if (!changes.Has("display_name") || wanted.display_name() == state.display_name) {
    return Decision<Event>();
  }
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  events::v1::PipelineRenamed renamed;
  renamed.set_display_name(wanted.display_name());
  return Decision<Event>(std::move(renamed));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::AddStageRequest& command,
                                                           const DecideContext& context) {
  ASSIGN_OR_RETURN(const PipelineId id, ParseName<PipelineId>(command.name()));
  RETURN_IF_ERROR(RequireChangeable(state, id));
  ASSIGN_OR_RETURN(const Stage stage, StageFrom(command.stage(), context.NewId<StageId>(1)));
  RETURN_IF_ERROR(CheckStage(stage, state.kind, state.stages));
  const auto live_count = static_cast<int>(LiveCount(state.stages));
  events::v1::StageAdded added;
  *added.mutable_stage() = StoredStage(stage);
  added.set_index(command.has_index() ? std::clamp(command.index(), 0, live_count) : live_count);
  return Decision<Event>(std::move(added));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::UpdateStageRequest& command,
                                                           const DecideContext&) {
  ASSIGN_OR_RETURN(const PipelineId id, ParseName<PipelineId>(command.name()));
  RETURN_IF_ERROR(RequireChangeable(state, id));
  const v1::Stage& wanted = command.stage();
  ASSIGN_OR_RETURN(const StageName name, ParseStageName(wanted.name()));
  ASSIGN_OR_RETURN(const Stage current, LiveStage(state, id, name));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(wanted, command.update_mask(),
                                         {"display_name", "warn_after_days", "exceeded_after_days",
                                          "required_fields"}));
  ASSIGN_OR_RETURN(const Stage next,
                   StageFrom(changes.Merged(ShownStage(id, current), wanted), current.id));
  RETURN_IF_ERROR(CheckStage(next, state.kind, state.stages));
  if (next == current) return Decision<Event>();

  events::v1::StageDetailsRevised revised;
  revised.set_stage_id(ToBytes(current.id));
  if (next.display_name != current.display_name) revised.set_display_name(next.display_name);
  if (next.warn_after_days != current.warn_after_days) {
    revised.set_warn_after_days(next.warn_after_days);
  }
  if (next.exceeded_after_days != current.exceeded_after_days) {
    revised.set_exceeded_after_days(next.exceeded_after_days);
  }
  if (next.required_fields != current.required_fields) {
    revised.mutable_required_fields()->Add(next.required_fields.begin(),
                                           next.required_fields.end());
    revised.set_required_fields_replaced(true);
  }
  return Decision<Event>(std::move(revised));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(
    const State& state, const v1::ReviseStageProbabilityRequest& command, const DecideContext&) {
  ASSIGN_OR_RETURN(const StageName name, ParseStageName(command.stage()));
  RETURN_IF_ERROR(RequireChangeable(state, name.pipeline));
  ASSIGN_OR_RETURN(Stage stage, LiveStage(state, name.pipeline, name));
  ASSIGN_OR_RETURN(const Probability probability,
                   Probability::FromBasisPoints(command.probability_bp()));
  if (probability == stage.probability) return Decision<Event>();
  stage.probability = probability;
  RETURN_IF_ERROR(CheckStage(stage, state.kind, state.stages));
  events::v1::StageProbabilityRevised revised;
  revised.set_stage_id(ToBytes(stage.id));
  revised.set_probability_bp(probability.basis_points());
  return Decision<Event>(std::move(revised));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::ReorderStagesRequest& command,
                                                           const DecideContext&) {
  ASSIGN_OR_RETURN(const PipelineId id, ParseName<PipelineId>(command.name()));
  RETURN_IF_ERROR(RequireChangeable(state, id));
  std::vector<StageId> order;
  for (const std::string& stage : command.stages()) {
    ASSIGN_OR_RETURN(const StageName name, ParseStageName(stage));
    ASSIGN_OR_RETURN(const Stage live, LiveStage(state, id, name));
    order.push_back(live.id);
  }
  std::vector<StageId> current;
  for (const Stage& stage : state.stages) {
    if (!stage.archived()) current.push_back(stage.id);
  }
  if (!std::is_permutation(order.begin(), order.end(), current.begin(), current.end())) {
    return Invalid("STAGE_ORDER_INCOMPLETE", "an order names each live stage exactly once",
                   {{"pipeline", NameOf(id)}});
  }
  if (order == current) return Decision<Event>();
  events::v1::StagesReordered reordered;
  for (const StageId& stage : order) reordered.add_stage_ids(ToBytes(stage));
  return Decision<Event>(std::move(reordered));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::ArchiveStageRequest& command,
                                                           const DecideContext&) {
  ASSIGN_OR_RETURN(const StageName name, ParseStageName(command.stage()));
  ASSIGN_OR_RETURN(const StageName target_name, ParseStageName(command.target_stage()));
  RETURN_IF_ERROR(RequireChangeable(state, name.pipeline));
  ASSIGN_OR_RETURN(const Stage stage, LiveStage(state, name.pipeline, name));
  if (target_name == name) return StageTargetInvalid(target_name, "is the stage itself");
  const Stage* target =
      target_name.pipeline == name.pipeline ? state.Find(target_name.stage) : nullptr;
  if (target == nullptr) return StageTargetInvalid(target_name, "is not in the same pipeline");
  if (target->archived()) return StageTargetInvalid(target_name, "is archived");
  if (target->kind != stage.kind) {
    return StageTargetInvalid(target_name, "means something else for the records that it takes");
  }
  events::v1::StageArchived archived;
  archived.set_stage_id(ToBytes(stage.id));
  archived.set_target_stage_id(ToBytes(target->id));
  return Decision<Event>(std::move(archived));
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::ArchivePipelineRequest&,
                                                           const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return Decision<Event>(events::v1::PipelineArchived());
}

absl::StatusOr<Decision<Pipeline::Event>> Pipeline::Decide(const State& state,
                                                           const v1::RestorePipelineRequest&,
                                                           const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return Decision<Event>(events::v1::PipelineRestored());
}

Pipeline::State Pipeline::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::Pipeline> Pipeline::Render(const Ref<Pipeline>& self, const Lookup&) {
  v1::Pipeline resource;
  resource.set_name(NameOf(self.id));
  resource.set_display_name(self->display_name);
  resource.set_kind(self->kind);
  for (const Stage& stage : self->stages) *resource.add_stages() = ShownStage(self.id, stage);
  if (self->archived()) *resource.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(resource, self.head);
  return resource;
}

absl::Status PipelineIsArchived(const PipelineId& id) {
  return Refuse("PIPELINE_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"pipeline", NameOf(id)}});
}

absl::Status PipelineKindMismatch(const PipelineId& id) {
  return Refuse("PIPELINE_KIND_MISMATCH",
                absl::StrCat(NameOf(id), " is for records of another kind"),
                {{"pipeline", NameOf(id)}});
}

absl::Status StageNotInPipeline(const StageName& stage) {
  return Refuse("STAGE_NOT_IN_PIPELINE", absl::StrCat("there is no stage ", NameOf(stage)),
                {{"stage", NameOf(stage)}});
}

absl::Status StageIsArchived(const StageName& stage, const StageName& target) {
  return Refuse("STAGE_ARCHIVED", absl::StrCat(NameOf(stage), " is archived"),
                {{"stage", NameOf(stage)}, {"target", NameOf(target)}});
}

absl::StatusOr<Ref<Pipeline>> RequireLivePipeline(const PipelineId& id, v1::PipelineKind kind,
                                                  const DecideContext& context) {
  ASSIGN_OR_RETURN(Ref<Pipeline> pipeline, context.Require<Pipeline>(id));
  if (pipeline->kind != kind) return PipelineKindMismatch(id);
  if (pipeline->archived()) return PipelineIsArchived(id);
  return pipeline;
}

absl::StatusOr<Stage> RequireLiveStage(const StageName& name, v1::PipelineKind kind,
                                       const PipelineId& within, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(name.pipeline));
  if (pipeline->kind != kind) return PipelineKindMismatch(name.pipeline);
  // I7.
  if (pipeline->archived() && name.pipeline != within) return PipelineIsArchived(name.pipeline);
  return LiveStage(pipeline.state(), pipeline.id, name);
}

}  // namespace crm::domain
