// Pipeline: a sales process of opportunities or of leads, as an ordered list of stages. Stages are
// part of it, not aggregates: the rules are about all of them together.
//
//   created -> archived <-> restored          stage: added -> archived (with a target, for ever)
//
// Invariants
//   I1  A pipeline has at least one open stage, and at most 50 that are not archived.
//   I2  Stages that are not archived have different names, compared without case.
//   I3  A won stage has the probability 10,000, a lost one 0.
//   I4  An archived stage names a stage of the same pipeline and kind, not itself and not archived
//       at the time, that takes its records; following the targets always ends at a live stage.
//   I5  An order names each live stage exactly once.
//   I6  Required fields are fields that a client may fill in on a record of the pipeline's kind.
//   I7  An archived pipeline does not change until it is restored. Nothing enters it, but what is
//   in
//       it goes on to its end: through its stages, won, lost, reopened.
//   I8  Where both dwell limits are given, the warning does not come after the limit.
//
// A pipeline belongs to the organization (everyone with pipeline.view sees it) and yet has a scope
// that names it: "edit, reach team" lets a leader change the pipelines of the teams he leads.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/rate.h"

namespace crm::domain {

struct Stage {
  StageId id;
  std::string display_name;
  Probability probability;
  v1::StageKind kind = v1::STAGE_KIND_OPEN;
  int warn_after_days = 0;                   // 0: never
  int exceeded_after_days = 0;               // 0: the organization's threshold
  std::vector<std::string> required_fields;  // fields of the resource, by name
  StageId archived_target;                   // nil while not archived

  bool archived() const { return !archived_target.IsNil(); }
  friend bool operator==(const Stage&, const Stage&) = default;
};

struct PipelineState {
  PipelineId id;  // nil before the first event
  std::string display_name;
  v1::PipelineKind kind = v1::PIPELINE_KIND_UNSPECIFIED;
  std::vector<Stage> stages;               // in order; archived ones last
  std::optional<absl::Time> archive_time;  // effective time

  bool archived() const { return archive_time.has_value(); }
  // Archived ones too; nullptr when the pipeline never had it.
  const Stage* Find(const StageId& stage_id) const;
  // Where a record that is in `stage_id` belongs: that stage, or the live one its targets lead to;
  // nullptr when the pipeline never had it.
  const Stage* Resolve(const StageId& stage_id) const;
  // Whether `from` is archived and `to` is where its records belong: a move that the pipeline asks
  // for, not the record.
  bool Relocates(const StageId& from, const StageId& to) const;
  // Where a new record starts; nullptr only before the first event.
  const Stage* FirstOpen() const;
  // The first live stage of this kind; nullptr when there is none.
  const Stage* FirstOfKind(v1::StageKind kind) const;
};

struct Pipeline {
  using Id = PipelineId;
  using State = PipelineState;
  using Event =
      std::variant<events::v1::PipelineCreated, events::v1::PipelineRenamed, events::v1::StageAdded,
                   events::v1::StageDetailsRevised, events::v1::StageProbabilityRevised,
                   events::v1::StagesReordered, events::v1::StageArchived,
                   events::v1::PipelineArchived, events::v1::PipelineRestored>;
  using Resource = v1::Pipeline;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  // Of the organization, and of the teams that use it.
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<Pipeline>& self, const Lookup& lookup);

  static absl::StatusOr<PipelineId> TargetOf(const v1::UpdatePipelineRequest&, const Caller&);
  static absl::StatusOr<PipelineId> TargetOf(const v1::ReviseStageProbabilityRequest&,
                                             const Caller&);
  static absl::StatusOr<PipelineId> TargetOf(const v1::ArchiveStageRequest&, const Caller&);

  // Refuses PIPELINE_KIND_REQUIRED, OPEN_STAGE_REQUIRED and what a stage may be refused for:
  // DISPLAY_NAME_REQUIRED, STAGE_NAME_TAKEN, PROBABILITY_FIXED_BY_KIND, DWELL_LIMITS_INVALID,
  // REQUIRED_FIELD_UNKNOWN, TOO_MANY_STAGES.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreatePipelineRequest&,
                                                const DecideContext&);
  // This and all below refuse PIPELINE_ARCHIVED; those that name a stage also STAGE_NOT_IN_PIPELINE
  // and STAGE_ARCHIVED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdatePipelineRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AddStageRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateStageRequest&,
                                                const DecideContext&);
  // Refuses PROBABILITY_FIXED_BY_KIND.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::ReviseStageProbabilityRequest&,
                                                const DecideContext&);
  // Refuses STAGE_ORDER_INCOMPLETE.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReorderStagesRequest&,
                                                const DecideContext&);
  // Refuses STAGE_TARGET_INVALID.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveStageRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchivePipelineRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestorePipelineRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION PIPELINE_ARCHIVED.
absl::Status PipelineIsArchived(const PipelineId& id);
// FAILED_PRECONDITION PIPELINE_KIND_MISMATCH: leads do not move through it, or opportunities.
absl::Status PipelineKindMismatch(const PipelineId& id);
// FAILED_PRECONDITION STAGE_NOT_IN_PIPELINE.
absl::Status StageNotInPipeline(const StageName& stage);
// FAILED_PRECONDITION STAGE_ARCHIVED, with the live stage that took its records.
absl::Status StageIsArchived(const StageName& stage, const StageName& target);

// The stage, which must be live in a pipeline of this kind that is not archived: else
// REFERENCE_NOT_FOUND, PIPELINE_KIND_MISMATCH, PIPELINE_ARCHIVED, STAGE_NOT_IN_PIPELINE or
// STAGE_ARCHIVED. What a record may enter that is in the pipeline `within` already (nil: in none):
// that one may be archived (I7).
absl::StatusOr<Stage> RequireLiveStage(const StageName& name, v1::PipelineKind kind,
                                       const PipelineId& within, const DecideContext& context);
// The pipeline, which must be of this kind and not archived.
absl::StatusOr<Ref<Pipeline>> RequireLivePipeline(const PipelineId& id, v1::PipelineKind kind,
                                                  const DecideContext& context);

}  // namespace crm::domain
