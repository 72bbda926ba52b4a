// The board of PipelineBoard: one pass over the open cards of a pipeline.
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/board_draft.h"
#include "projections/counters.h"
#include "projections/opportunity_filter.h"
#include "projections/pipeline_board.h"
#include "projections/sort_key.h"

namespace crm::projections {
namespace {

using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;
using views::v1::StageShape;

// How a card stands in its stage.
struct Standing {
  int32_t age_days = 0;
  bool stagnant = false;
  bool warned = false;
  bool overdue = false;
};

Standing StandingOf(const OpportunityCard& card, const StageShape* stage,
                    const OrganizationShape& organization, const domain::Zone& zone,
                    absl::CivilDay today) {
  const bool standby = card.state() == v1::OPPORTUNITY_STATE_STANDBY;
  Standing standing;
  standing.age_days = StageAgeDays(card.stage_enter_time_us(), today, zone);
  standing.stagnant = IsStagnant(standing.age_days, stage, organization, standby);
  standing.warned = !standby && stage != nullptr && stage->warn_after_days() > 0 &&
                    standing.age_days > stage->warn_after_days();
  standing.overdue = IsOverdue(card, today);
  return standing;
}

v1::Card RenderCard(const OpportunityCard& card, const Contribution& contribution,
                    const Standing& standing) {
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
  shown.set_stage_age_days(standing.age_days);
  shown.set_stagnant(standing.stagnant);
  shown.set_warned(standing.warned);
  if (card.has_expected_close_day()) {
    *shown.mutable_expected_close_date() = domain::DayToProto(*ExpectedCloseOf(card));
  }
  shown.set_overdue(standing.overdue);
  shown.set_standby(card.state() == v1::OPPORTUNITY_STATE_STANDBY);
  shown.set_priority(card.priority());
  *shown.mutable_tags() = card.tags();
  *shown.mutable_stage_enter_time() =
      domain::TimestampOf(absl::FromUnixMicros(card.stage_enter_time_us()));
  shown.set_counts_expected(contribution.counts_expected);
  shown.set_counts_weighted(contribution.counts_weighted);
  shown.set_stage(
      domain::NameOf(domain::StageName{domain::FromBytes<domain::PipelineId>(card.pipeline_id()),
                                       domain::FromBytes<domain::StageId>(card.stage_id())}));
  return shown;
}

// By rank: priority, then expected revenue, then name. The first two are cheap to compare.
std::string RankBeginOf(const OpportunityCard& card) {
  return SortKey(Descending<int64_t>{card.priority()}, Descending<int64_t>{card.expected_minor()});
}

std::string RankOf(const OpportunityCard& card) {
  return RankBeginOf(card) +
         SortKey(SortedName(card.display_name()), UuidOf(card.opportunity_id()));
}

}  // namespace

absl::StatusOr<v1::Board> PipelineBoard::Answer(const v1::GetPipelineBoardRequest& request,
                                                const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::PipelineId>(request.pipeline()));
  ASSIGN_OR_RETURN(const std::optional<PipelineShape> pipeline, kPipelines.Get(rows, {id.uuid()}));
  if (!pipeline.has_value() || pipeline->kind() != v1::PIPELINE_KIND_OPPORTUNITY) {
    return NoSuchPipeline(request.pipeline());
  }
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  const domain::Zone zone = ZoneOf(organization);
  const absl::CivilDay today = zone.DayOf(context.at());
  ASSIGN_OR_RETURN(OpportunityFilter filter,
                   OpportunityFilter::Create(request.filter(), zone, context.at()));
  filter.ForBoard();
  Weigher weigher = WeigherOver(rows);
  BoardDraft draft(request.cards_per_column());
  RETURN_IF_ERROR(
      kCards.Scan(rows, kCards.Prefix(true, id.uuid()),
                  [&](const CardKey&, const OpportunityCard& card) -> absl::StatusOr<bool> {
                    if (!filter.Matches(card) || !context.Sees(ScopeOf(card))) return true;
                    const StageShape* stage = FindStage(*pipeline, card.stage_id());
                    const Standing standing = StandingOf(card, stage, organization, zone, today);
                    if (filter.wants_stagnant() && !standing.stagnant) return true;
                    ASSIGN_OR_RETURN(const Contribution contribution, weigher.Weigh(card));
                    const auto describe = [&]() -> absl::StatusOr<RankedCard> {
                      return RankedCard{RankOf(card), [card, contribution, standing] {
                                          return RenderCard(card, contribution, standing);
                                        }};
                    };
                    RETURN_IF_ERROR(draft.Add(card.stage_id(), standing.stagnant, contribution,
                                              RankBeginOf(card), describe));
                    return true;
                  }));
  return std::move(draft).Take(id, *pipeline);
}

}  // namespace crm::projections
