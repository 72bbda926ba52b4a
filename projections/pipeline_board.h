// PipelineBoard: opportunities as cards, open ones apart from closed ones, with the pipelines,
// groups and settings that say what a card is worth and how it stands. Answers boards, lists of
// opportunities and groups, and forecasts.
//
// A board scans the open cards of its pipeline: totals are computed from the cards at query time,
// so they agree with them by construction. Lists by day of opening stop where their page ends;
// lists in another order scan the open cards, or all when closed ones are asked for. What is of one
// customer, in one group or closed between two days is found by an index.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "crm/v1/board.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/types/ids.h"
#include "projections/opportunity_card.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"
#include "projections/weighing.h"

namespace crm::projections {

struct PipelineBoard {
  static constexpr absl::string_view kName = "pipeline_board";
  static constexpr int kVersion = 2;
  using Events = JoinEvents<OpportunityEvents, GroupEvents, PipelineEvents, OrganizationEvents>;

  // Whether open, pipeline, when it was opened (microseconds; the newest first), opportunity.
  using CardKey = std::tuple<bool, Uuid, Descending<int64_t>, Uuid>;
  static constexpr Table<CardKey, views::v1::OpportunityCard> kCards{1};
  static constexpr Table<std::tuple<Uuid>, views::v1::CardPlace> kPlaces{2};
  static constexpr Table<std::tuple<Uuid>, views::v1::PipelineShape> kPipelines{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::GroupShape> kGroups{4};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{5};
  // When it was closed, opportunity.
  static constexpr Table<std::tuple<absl::Time, Uuid>, views::v1::Mark> kClosed{6};
  // Customer, opportunity.
  static constexpr Table<std::tuple<Uuid, Uuid>, views::v1::Mark> kByCustomer{7};
  static constexpr auto kTables =
      std::tuple(kCards, kPlaces, kPipelines, kGroups, kOrganization, kClosed, kByCustomer);

  template <OpportunityEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    absl::StatusOr<views::v1::OpportunityCard> card = TakeCard(rows, metadata.stream.id);
    if (!card.ok()) return card.status();
    FoldCard(*card, event, metadata);
    return PutCard(rows, *std::move(card));
  }
  template <GroupEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kGroups.Edit(rows, {metadata.stream.id}), event);
  }
  template <PipelineEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kPipelines.Edit(rows, {metadata.stream.id}), event);
  }
  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }

  // INVALID_ARGUMENT for filters that name nothing.
  static absl::StatusOr<std::vector<domain::OpportunityId>> Select(
      const v1::ListOpportunitiesRequest& request, const ViewReader& rows, QueryContext& context);
  static absl::StatusOr<std::vector<domain::OpportunityGroupId>> Select(
      const v1::ListOpportunityGroupsRequest& request, const ViewReader& rows,
      QueryContext& context);
  // NOT_FOUND when there is no such pipeline of opportunities.
  static absl::StatusOr<v1::Board> Answer(const v1::GetPipelineBoardRequest& request,
                                          const ViewReader& rows, QueryContext& context);
  // By what is seen of each month, alternatives once.
  static absl::StatusOr<v1::Forecast> Answer(const v1::GetForecastRequest& request,
                                             const ViewReader& rows, QueryContext& context);

  static absl::StatusOr<views::v1::OrganizationShape> Organization(const ViewReader& rows);
  static absl::StatusOr<std::optional<views::v1::OpportunityCard>> FindCard(
      const ViewReader& rows, const Uuid& opportunity);
  // Reads this view's rows; must not outlive them.
  static Weigher WeigherOver(const ViewReader& rows);

 private:
  // The card, taken out of its place; empty when there is none.
  static absl::StatusOr<views::v1::OpportunityCard> TakeCard(ViewTransaction& rows,
                                                             const Uuid& opportunity);
  // Puts the card where its state belongs, and the marks of it.
  static absl::Status PutCard(ViewTransaction& rows, views::v1::OpportunityCard card);
};

}  // namespace crm::projections
