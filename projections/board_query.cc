// The queries of PipelineBoard over cards: lists and boards.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "projections/board_draft.h"
#include "projections/opportunity_filter.h"
#include "projections/pipeline_board.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;
using views::v1::StageShape;

std::string SortKeyOf(const OpportunityCard& card, v1::OpportunityOrder order) {
  const Uuid id = UuidOf(card.opportunity_id());
  switch (order) {
    case v1::OPPORTUNITY_ORDER_OLDEST:
      return SortKey(card.open_time_us(), id);
    case v1::OPPORTUNITY_ORDER_REVENUE:
      return SortKey(card.currency_code().empty(), card.currency_code(),
                     Descending<int64_t>{card.expected_minor()}, id);
    case v1::OPPORTUNITY_ORDER_EXPECTED_CLOSE:
      return SortKey(!card.has_expected_close_day(), int64_t{card.expected_close_day()}, id);
    case v1::OPPORTUNITY_ORDER_STAGE_AGE:
      return SortKey(card.stage_enter_time_us(), id);
    default:
      return SortKey(Descending<int64_t>{card.open_time_us()}, id);
  }
}

// What a query needs besides the cards.
struct Standing {
  const OrganizationShape& organization;
  const domain::Zone& zone;
  absl::Time at;

  bool Stagnant(const OpportunityCard& card, const PipelineShape& pipeline) const {
    return IsStagnant(StageAgeDays(card.stage_enter_time_us(), at, zone),
                      FindStage(pipeline, card.stage_id()), organization,
                      card.state() == v1::OPPORTUNITY_STATE_STANDBY);
  }
};

v1::Card RenderCard(const OpportunityCard& card, const PipelineShape& pipeline,
                    const Contribution& contribution, const Standing& standing) {
  v1::Card shown;
  shown.set_record(domain::NameOf(domain::FromBytes<domain::OpportunityId>(card.opportunity_id())));
  shown.set_display_name(card.display_name());
  shown.set_customer(domain::NameOf(domain::FromBytes<domain::CustomerId>(card.customer_id())));
  shown.set_team(domain::NameOf(domain::FromBytes<domain::TeamId>(card.team_id())));
  shown.set_owner(domain::NameOf(domain::FromBytes<domain::MemberId>(card.owner_id())));
  if (contribution.expected.has_value()) {
    *shown.mutable_expected_revenue() = contribution.expected->ToProto();
    *shown.mutable_weighted_revenue() = contribution.weighted->ToProto();
  }
  shown.set_probability_bp(contribution.probability_bp);
  const int32_t age = StageAgeDays(card.stage_enter_time_us(), standing.at, standing.zone);
  const StageShape* stage = FindStage(pipeline, card.stage_id());
  const bool standby = card.state() == v1::OPPORTUNITY_STATE_STANDBY;
  shown.set_stage_age_days(age);
  shown.set_stagnant(standing.Stagnant(card, pipeline));
  shown.set_warned(!standby && stage != nullptr && stage->warn_after_days() > 0 &&
                   age > stage->warn_after_days());
  if (card.has_expected_close_day()) {
    *shown.mutable_expected_close_date() = domain::DayToProto(*ExpectedCloseOf(card));
  }
  shown.set_overdue(IsOverdue(card, standing.zone.DayOf(standing.at)));
  shown.set_standby(standby);
  shown.set_priority(card.priority());
  *shown.mutable_tags() = card.tags();
  shown.mutable_stage_enter_time()->set_seconds(card.stage_enter_time_us() / 1000000);
  shown.mutable_stage_enter_time()->set_nanos(
      static_cast<int32_t>(card.stage_enter_time_us() % 1000000) * 1000);
  shown.set_counts_expected(contribution.counts_expected);
  shown.set_counts_weighted(contribution.counts_weighted);
  shown.set_stage(
      domain::NameOf(domain::StageName{domain::FromBytes<domain::PipelineId>(card.pipeline_id()),
                                       domain::FromBytes<domain::StageId>(card.stage_id())}));
  return shown;
}

// By rank: priority, then expected revenue, then name.
std::string RankOf(const OpportunityCard& card) {
  return SortKey(Descending<int64_t>{card.priority()}, Descending<int64_t>{card.expected_minor()},
                 absl::AsciiStrToLower(card.display_name()), UuidOf(card.opportunity_id()));
}

}  // namespace

absl::StatusOr<std::vector<domain::OpportunityId>> PipelineBoard::Select(
    const v1::ListOpportunitiesRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  const domain::Zone zone = ZoneOf(organization);
  ASSIGN_OR_RETURN(const OpportunityFilter filter,
                   OpportunityFilter::Create(request.filter(), zone, context.at()));
  const Standing standing{organization, zone, context.at()};
  Weigher weigher = WeigherOver(rows);
  TopRows<domain::OpportunityId> page(static_cast<size_t>(context.page_size()), context.after());
  const auto consider = [&](const auto&, const OpportunityCard& card) -> absl::StatusOr<bool> {
    if (!filter.Matches(card) || !context.Sees(ScopeOf(card))) return true;
    if (filter.wants_stagnant()) {
      ASSIGN_OR_RETURN(const PipelineShape* pipeline, weigher.Pipeline(card.pipeline_id()));
      if (!IsOpen(card) || !standing.Stagnant(card, *pipeline)) return true;
    }
    page.Add(SortKeyOf(card, request.order_by()),
             domain::FromBytes<domain::OpportunityId>(card.opportunity_id()));
    return true;
  };
  for (const bool open : {true, false}) {
    if (!open && filter.OnlyOpen()) continue;
    const auto range = filter.pipeline_id().empty()
                           ? kCards.Prefix(open)
                           : kCards.Prefix(open, UuidOf(filter.pipeline_id()));
    RETURN_IF_ERROR(kCards.Scan(rows, range, consider));
  }
  std::string more;
  std::vector<domain::OpportunityId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<std::vector<domain::OpportunityGroupId>> PipelineBoard::Select(
    const v1::ListOpportunityGroupsRequest& request, const ViewReader& rows,
    QueryContext& context) {
  ASSIGN_OR_RETURN(const auto wanted,
                   domain::ParseOptionalName<domain::OpportunityId>(request.opportunity()));
  const std::string member = domain::ToBytes(wanted);
  TopRows<domain::OpportunityGroupId> page(static_cast<size_t>(context.page_size()),
                                           context.after());
  RETURN_IF_ERROR(
      kGroups.Scan(rows, kGroups.All(), [&](const auto& key, const views::v1::GroupShape& group) {
        const auto& members = group.opportunity_ids();
        const bool holds =
            member.empty() || std::find(members.begin(), members.end(), member) != members.end();
        if (holds && (request.show_dissolved() || !group.dissolved()) &&
            context.Sees(ScopeOf(group))) {
          page.Add(SortKey(absl::AsciiStrToLower(group.display_name()), std::get<0>(key)),
                   domain::OpportunityGroupId(std::get<0>(key)));
        }
        return true;
      }));
  std::string more;
  std::vector<domain::OpportunityGroupId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<v1::Board> PipelineBoard::Answer(const v1::GetPipelineBoardRequest& request,
                                                const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::PipelineId>(request.pipeline()));
  ASSIGN_OR_RETURN(const std::optional<PipelineShape> pipeline, kPipelines.Get(rows, {id.uuid()}));
  if (!pipeline.has_value() || pipeline->kind() != v1::PIPELINE_KIND_OPPORTUNITY) {
    return NoSuchPipeline(request.pipeline());
  }
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  const domain::Zone zone = ZoneOf(organization);
  ASSIGN_OR_RETURN(OpportunityFilter filter,
                   OpportunityFilter::Create(request.filter(), zone, context.at()));
  filter.ForBoard();
  const Standing standing{organization, zone, context.at()};
  Weigher weigher = WeigherOver(rows);
  BoardDraft draft(request.cards_per_column());
  RETURN_IF_ERROR(
      kCards.Scan(rows, kCards.Prefix(true, id.uuid()),
                  [&](const auto&, const OpportunityCard& card) -> absl::StatusOr<bool> {
                    if (!filter.Matches(card) || !context.Sees(ScopeOf(card))) return true;
                    const bool stagnant = standing.Stagnant(card, *pipeline);
                    if (filter.wants_stagnant() && !stagnant) return true;
                    ASSIGN_OR_RETURN(const Contribution contribution, weigher.Weigh(card));
                    RETURN_IF_ERROR(draft.Add(card.stage_id(), RankOf(card),
                                              RenderCard(card, *pipeline, contribution, standing),
                                              contribution));
                    return true;
                  }));
  return std::move(draft).Take(id, *pipeline);
}

}  // namespace crm::projections
