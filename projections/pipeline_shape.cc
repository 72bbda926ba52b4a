#include "projections/pipeline_shape.h"

#include <algorithm>
#include <string>

#include "domain/organization/organization.h"

namespace crm::projections {
namespace {

using views::v1::GroupShape;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;
using views::v1::StageShape;

StageShape ShapeOf(const events::v1::StageDefinition& definition) {
  StageShape stage;
  stage.set_stage_id(definition.stage_id());
  stage.set_display_name(definition.display_name());
  stage.set_probability_bp(definition.probability_bp());
  stage.set_kind(definition.kind());
  stage.set_warn_after_days(definition.warn_after_days());
  stage.set_exceeded_after_days(definition.exceeded_after_days());
  return stage;
}

StageShape* Find(PipelineShape& pipeline, const std::string& stage_id) {
  for (StageShape& stage : *pipeline.mutable_stages()) {
    if (stage.stage_id() == stage_id) return &stage;
  }
  return nullptr;
}

}  // namespace

void FoldShape(PipelineShape& pipeline, const events::v1::PipelineCreated& event) {
  pipeline.Clear();
  pipeline.set_display_name(event.display_name());
  pipeline.set_kind(event.kind());
  for (const auto& stage : event.stages()) *pipeline.add_stages() = ShapeOf(stage);
}

void FoldShape(PipelineShape& pipeline, const events::v1::PipelineRenamed& event) {
  pipeline.set_display_name(event.display_name());
}

void FoldShape(PipelineShape& pipeline, const events::v1::StageAdded& event) {
  // The index counts live stages; the new one goes before the live stage that has it now.
  *pipeline.add_stages() = ShapeOf(event.stage());
  auto& stages = *pipeline.mutable_stages();
  int place = 0;
  for (int live = 0; place < stages.size() - 1; ++place) {
    if (stages[place].archived()) continue;
    if (live == event.index()) break;
    ++live;
  }
  std::rotate(stages.begin() + place, stages.end() - 1, stages.end());
}

void FoldShape(PipelineShape& pipeline, const events::v1::StageDetailsRevised& event) {
  StageShape* stage = Find(pipeline, event.stage_id());
  if (stage == nullptr) return;
  if (event.has_display_name()) stage->set_display_name(event.display_name());
  if (event.has_warn_after_days()) stage->set_warn_after_days(event.warn_after_days());
  if (event.has_exceeded_after_days()) stage->set_exceeded_after_days(event.exceeded_after_days());
}

void FoldShape(PipelineShape& pipeline, const events::v1::StageProbabilityRevised& event) {
  if (StageShape* stage = Find(pipeline, event.stage_id())) {
    stage->set_probability_bp(event.probability_bp());
  }
}

void FoldShape(PipelineShape& pipeline, const events::v1::StagesReordered& event) {
  const auto place = [&event](const StageShape& stage) {
    return std::find(event.stage_ids().begin(), event.stage_ids().end(), stage.stage_id()) -
           event.stage_ids().begin();
  };
  auto& stages = *pipeline.mutable_stages();
  std::stable_sort(stages.begin(), stages.end(),
                   [&](const StageShape& a, const StageShape& b) { return place(a) < place(b); });
}

void FoldShape(PipelineShape& pipeline, const events::v1::StageArchived& event) {
  if (StageShape* stage = Find(pipeline, event.stage_id())) stage->set_archived(true);
}

void FoldShape(PipelineShape& pipeline, const events::v1::PipelineArchived&) {
  pipeline.set_archived(true);
}

void FoldShape(PipelineShape& pipeline, const events::v1::PipelineRestored&) {
  pipeline.set_archived(false);
}

const StageShape* FindStage(const PipelineShape& pipeline, const std::string& stage_id) {
  for (const StageShape& stage : pipeline.stages()) {
    if (stage.stage_id() == stage_id) return &stage;
  }
  return nullptr;
}

void FoldShape(GroupShape& group, const events::v1::OpportunityGroupCreated& event) {
  group.Clear();
  group.set_display_name(event.display_name());
  group.set_kind(event.kind());
  group.set_team_id(event.ownership().team_id());
  group.set_owner_id(event.ownership().owner_id());
}

void FoldShape(GroupShape& group, const events::v1::OpportunityGroupRevised& event) {
  if (event.has_display_name()) group.set_display_name(event.display_name());
}

void FoldShape(GroupShape& group, const events::v1::GroupMemberAdded& event) {
  group.add_opportunity_ids(event.opportunity_id());
}

void FoldShape(GroupShape& group, const events::v1::GroupMemberRemoved& event) {
  auto& members = *group.mutable_opportunity_ids();
  members.erase(std::remove(members.begin(), members.end(), event.opportunity_id()), members.end());
  if (group.preferred_id() == event.opportunity_id()) group.clear_preferred_id();
}

void FoldShape(GroupShape& group, const events::v1::GroupMemberPreferred& event) {
  group.set_preferred_id(event.opportunity_id());
}

void FoldShape(GroupShape& group, const events::v1::OpportunityGroupDissolved&) {
  group.set_dissolved(true);
  group.clear_opportunity_ids();
}

domain::Scope ScopeOf(const GroupShape& group) {
  domain::Scope scope;
  scope.team = domain::FromBytes<domain::TeamId>(group.team_id());
  scope.owner = domain::FromBytes<domain::MemberId>(group.owner_id());
  return scope;
}

void FoldShape(OrganizationShape& organization, const events::v1::OrganizationCreated& event) {
  organization.set_time_zone(event.time_zone());
  organization.set_currency_code(event.currency_code());
}

void FoldShape(OrganizationShape& organization,
               const events::v1::OrganizationSettingsRevised& event) {
  if (event.has_stagnation_threshold_days()) {
    organization.set_stagnation_threshold_days(event.stagnation_threshold_days());
  }
}

domain::Zone ZoneOf(const OrganizationShape& organization) {
  absl::StatusOr<domain::Zone> zone = domain::Zone::Load(organization.time_zone());
  return zone.ok() ? *std::move(zone) : *domain::Zone::Load("UTC");
}

int32_t StageAgeDays(int64_t enter_time_us, absl::CivilDay today, const domain::Zone& zone) {
  return static_cast<int32_t>(today - zone.DayOf(absl::FromUnixMicros(enter_time_us)));
}

bool IsStagnant(int32_t age_days, const StageShape* stage, const OrganizationShape& organization,
                bool standby) {
  if (standby) return false;
  const int32_t own = stage == nullptr ? 0 : stage->exceeded_after_days();
  if (own > 0) return age_days > own;
  return age_days > (organization.has_stagnation_threshold_days()
                         ? organization.stagnation_threshold_days()
                         : domain::OrganizationState().stagnation_threshold_days);
}

}  // namespace crm::projections
