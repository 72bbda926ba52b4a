// StageFlow: how opportunities move through the stages of a pipeline, from visits: entered, left,
// and how. A visit counts for whoever held the opportunity when it entered, its end for whoever
// held it when it left.
//
// A closing is provisional: it ends the visit it happened in, and reopening undoes that. Reopened
// in the stage it was in, the opportunity never left; reopened elsewhere, it moved there when it
// was reopened. What is earlier and later is the order of the stages at the instant asked for.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>

#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/stage_flow.pb.h"
#include "projections/counters.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct StageFlow {
  static constexpr absl::string_view kName = "stage_flow";
  static constexpr int kVersion = 2;
  using Events =
      JoinEvents<PipelineEvents, OrganizationEvents,
                 std::variant<events::v1::OpportunityOpened, events::v1::StageMoved,
                              events::v1::OpportunityWon, events::v1::OpportunityLost,
                              events::v1::OpportunitySuperseded, events::v1::OpportunityReopened>>;

  // Visits begun, and visits ended: pipeline, when they began or ended, opportunity, version of the
  // event that began them.
  using VisitKey = std::tuple<Uuid, absl::Time, Uuid, int64_t>;
  static constexpr Table<VisitKey, views::v1::StageVisit> kEntries{1};
  static constexpr Table<VisitKey, views::v1::StageVisit> kExits{2};
  static constexpr Table<std::tuple<Uuid>, views::v1::FlowPlace> kPlaces{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::PipelineShape> kPipelines{4};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{5};
  static constexpr auto kTables = std::tuple(kEntries, kExits, kPlaces, kPipelines, kOrganization);

  template <PipelineEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kPipelines.Edit(rows, {metadata.stream.id}), event);
  }
  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  static absl::Status Apply(const events::v1::OpportunityOpened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::StageMoved& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityWon& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityLost& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunitySuperseded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::OpportunityReopened& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // Archived stages appear while anything happened in them. Days and cohorts as the response says;
  // a cohort counts each opportunity once. NOT_FOUND for what is no pipeline of opportunities,
  // INVALID_ARGUMENT RANGE_INVALID or RANGE_TOO_LONG for the range.
  static absl::StatusOr<v1::StageFlow> Answer(const v1::GetStageFlowRequest& request,
                                              const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
