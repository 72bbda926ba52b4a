// What views remember of pipelines, groups and the organization, and how their events change that.
// A view that needs them lists the events among its own and keeps the rows in its own tables: no
// view reads another.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/event_codec.h"
#include "domain/scope.h"
#include "domain/types/calendar.h"
#include "projections/opportunity_card.h"
#include "projections/view_transaction.h"

namespace crm::projections {

using PipelineEvents =
    std::variant<events::v1::PipelineCreated, events::v1::PipelineRenamed, events::v1::StageAdded,
                 events::v1::StageDetailsRevised, events::v1::StageProbabilityRevised,
                 events::v1::StagesReordered, events::v1::StageArchived,
                 events::v1::PipelineArchived, events::v1::PipelineRestored>;
template <class E>
concept PipelineEvent = IsOneOf<E, PipelineEvents>::value;

void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::PipelineCreated& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::PipelineRenamed& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::StageAdded& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::StageDetailsRevised& event);
void FoldShape(views::v1::PipelineShape& pipeline,
               const events::v1::StageProbabilityRevised& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::StagesReordered& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::StageArchived& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::PipelineArchived& event);
void FoldShape(views::v1::PipelineShape& pipeline, const events::v1::PipelineRestored& event);

// Nullptr when the pipeline has no such stage.
const views::v1::StageShape* FindStage(const views::v1::PipelineShape& pipeline,
                                       const std::string& stage_id);

using GroupEvents =
    std::variant<events::v1::OpportunityGroupCreated, events::v1::OpportunityGroupRevised,
                 events::v1::GroupMemberAdded, events::v1::GroupMemberRemoved,
                 events::v1::GroupMemberPreferred, events::v1::OpportunityGroupDissolved>;
template <class E>
concept GroupEvent = IsOneOf<E, GroupEvents>::value;

void FoldShape(views::v1::GroupShape& group, const events::v1::OpportunityGroupCreated& event);
void FoldShape(views::v1::GroupShape& group, const events::v1::OpportunityGroupRevised& event);
void FoldShape(views::v1::GroupShape& group, const events::v1::GroupMemberAdded& event);
void FoldShape(views::v1::GroupShape& group, const events::v1::GroupMemberRemoved& event);
void FoldShape(views::v1::GroupShape& group, const events::v1::GroupMemberPreferred& event);
void FoldShape(views::v1::GroupShape& group, const events::v1::OpportunityGroupDissolved& event);
domain::Scope ScopeOf(const views::v1::GroupShape& group);

using OrganizationEvents =
    std::variant<events::v1::OrganizationCreated, events::v1::OrganizationSettingsRevised>;
template <class E>
concept OrganizationEvent = IsOneOf<E, OrganizationEvents>::value;

void FoldShape(views::v1::OrganizationShape& organization,
               const events::v1::OrganizationCreated& event);
void FoldShape(views::v1::OrganizationShape& organization,
               const events::v1::OrganizationSettingsRevised& event);

// How a view applies such an event: to the row its own table gave out for editing.
template <class Shape, class E>
absl::Status FoldShape(absl::StatusOr<Shape*> shape, const E& event) {
  if (shape.ok()) FoldShape(**shape, event);
  return shape.status();
}

// The zone of its days; UTC before the organization's first event.
domain::Zone ZoneOf(const views::v1::OrganizationShape& organization);

// The same from the row of a view that folds.
template <class T>
absl::StatusOr<domain::Zone> FoldedZone(const T& organization, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const views::v1::OrganizationShape* shape, organization.Find(rows, {}));
  return ZoneOf(shape == nullptr ? views::v1::OrganizationShape() : *shape);
}

// Whole days between the day a stage was entered and today, in the zone (T42).
int32_t StageAgeDays(int64_t enter_time_us, absl::CivilDay today, const domain::Zone& zone);
// The record is longer in the stage than allowed (strictly); never while it waits.
bool IsStagnant(int32_t age_days, const views::v1::StageShape* stage,
                const views::v1::OrganizationShape& organization, bool standby);

}  // namespace crm::projections
