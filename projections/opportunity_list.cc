// The lists of PipelineBoard: opportunities and their groups, page by page.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "projections/counters.h"
#include "projections/opportunity_filter.h"
#include "projections/pipeline_board.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::OpportunityId;
using views::v1::GroupShape;
using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::PipelineShape;
using CardKey = PipelineBoard::CardKey;
using Newest = Descending<int64_t>;  // when opened, as in keys

std::string SortKeyOf(const OpportunityCard& card, v1::OpportunityOrder order) {
  const Uuid id = UuidOf(card.opportunity_id());
  switch (order) {
    case v1::OPPORTUNITY_ORDER_OLDEST:
      return SortKey(int64_t{card.open_time_us()}, id);
    case v1::OPPORTUNITY_ORDER_REVENUE:
      return SortKey(card.currency_code().empty(), card.currency_code(),
                     Descending<int64_t>{card.expected_minor()}, id);
    case v1::OPPORTUNITY_ORDER_EXPECTED_CLOSE:
      return SortKey(!card.has_expected_close_day(), int64_t{card.expected_close_day()}, id);
    case v1::OPPORTUNITY_ORDER_STAGE_AGE:
      return SortKey(int64_t{card.stage_enter_time_us()}, id);
    default:
      return SortKey(Newest{card.open_time_us()}, id);
  }
}

// One page in the making: whatever the order, cards stream by and the page keeps its own.
class OpportunityPage {
 public:
  OpportunityPage(const v1::ListOpportunitiesRequest& request, const ViewReader& rows,
                  QueryContext& context, OrganizationShape organization, OpportunityFilter filter)
      : rows_(rows),
        context_(context),
        order_(request.order_by()),
        organization_(std::move(organization)),
        zone_(ZoneOf(organization_)),
        filter_(std::move(filter)),
        weigher_(PipelineBoard::WeigherOver(rows)),
        top_(static_cast<size_t>(context.page_size()), context.after()) {}

  absl::Status Read() {
    if (!filter_.group_id().empty()) return ReadGroup();
    if (!filter_.customer_id().empty()) {
      return ReadMarked(PipelineBoard::kByCustomer,
                        PipelineBoard::kByCustomer.Prefix(UuidOf(filter_.customer_id())));
    }
    if (const std::optional<TimeRange> closed = filter_.closed_within(); closed.has_value()) {
      return ReadMarked(PipelineBoard::kClosed, PipelineBoard::kClosed.All()
                                                    .From(std::make_tuple(closed->begin))
                                                    .Until(std::make_tuple(closed->end)));
    }
    RETURN_IF_ERROR(ReadPipelines(true));
    return filter_.OnlyOpen() ? absl::OkStatus() : ReadPipelines(false);
  }

  std::vector<OpportunityId> Take() && {
    std::string more;
    std::vector<OpportunityId> ids = std::move(top_).Take(more);
    context_.ContinueAfter(std::move(more));
    return ids;
  }

 private:
  absl::Status Consider(const OpportunityCard& card) {
    if (!filter_.Matches(card) || !context_.Sees(ScopeOf(card))) return absl::OkStatus();
    if (filter_.wants_stagnant()) {
      ASSIGN_OR_RETURN(const bool stagnant, Stagnant(card));
      if (!stagnant) return absl::OkStatus();
    }
    top_.Add(SortKeyOf(card, order_), domain::FromBytes<OpportunityId>(card.opportunity_id()));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Stagnant(const OpportunityCard& card) {
    if (!IsOpen(card)) return false;
    ASSIGN_OR_RETURN(const PipelineShape* pipeline, weigher_.Pipeline(card.pipeline_id()));
    return IsStagnant(StageAgeDays(card.stage_enter_time_us(), zone_.DayOf(context_.at()), zone_),
                      FindStage(*pipeline, card.stage_id()), organization_,
                      card.state() == v1::OPPORTUNITY_STATE_STANDBY);
  }

  // Those whose id ends the keys of a range of marks.
  template <class T, class Range>
  absl::Status ReadMarked(const T& table, const Range& range) {
    return table.Scan(rows_, range, [&](const auto& key, const auto&) -> absl::StatusOr<bool> {
      RETURN_IF_ERROR(ReadOne(std::get<1>(key)));
      return true;
    });
  }

  absl::Status ReadGroup() {
    ASSIGN_OR_RETURN(const std::optional<GroupShape> group,
                     PipelineBoard::kGroups.Get(rows_, {UuidOf(filter_.group_id())}));
    if (!group.has_value()) return absl::OkStatus();
    for (const std::string& id : group->opportunity_ids()) RETURN_IF_ERROR(ReadOne(UuidOf(id)));
    return absl::OkStatus();
  }

  absl::Status ReadOne(const Uuid& id) {
    ASSIGN_OR_RETURN(const auto card, PipelineBoard::FindCard(rows_, id));
    return card.has_value() ? Consider(*card) : absl::OkStatus();
  }

  // Each pipeline's cards, open or not; where one ends, the next is sought.
  absl::Status ReadPipelines(bool open) {
    if (!filter_.pipeline_id().empty()) return ReadCards(open, UuidOf(filter_.pipeline_id()));
    constexpr Newest kEarliest{std::numeric_limits<int64_t>::min()};
    Uuid greatest;
    greatest.bytes.fill(0xff);
    CardKey from = {open, Uuid(), Newest{std::numeric_limits<int64_t>::max()}, Uuid()};
    for (;;) {
      std::optional<Uuid> found;
      RETURN_IF_ERROR(PipelineBoard::kCards.Scan(rows_,
                                                 PipelineBoard::kCards.Prefix(open).From(from),
                                                 [&](const CardKey& key, const OpportunityCard&) {
                                                   found = std::get<1>(key);
                                                   return false;
                                                 }));
      if (!found.has_value()) return absl::OkStatus();
      RETURN_IF_ERROR(ReadCards(open, *found));
      from = {open, *found, kEarliest, greatest};
    }
  }

  bool NewestFirst() const {
    return order_ == v1::OPPORTUNITY_ORDER_UNSPECIFIED || order_ == v1::OPPORTUNITY_ORDER_NEWEST;
  }
  bool OldestFirst() const { return order_ == v1::OPPORTUNITY_ORDER_OLDEST; }

  // A pipeline's cards in the order of the page where they have one, from where it begins.
  KeyRange<CardKey> CardsOf(bool open, const Uuid& pipeline) const {
    std::tuple<Newest, Uuid> newest;
    std::tuple<int64_t, Uuid> oldest;
    auto range = PipelineBoard::kCards.Prefix(open, pipeline);
    if (NewestFirst() && ParseKey(context_.after(), newest)) {
      return std::move(range).From(std::make_tuple(open, pipeline, std::get<0>(newest)));
    }
    if (OldestFirst() && ParseKey(context_.after(), oldest)) {
      return std::move(range).Backward().Until(
          std::make_tuple(open, pipeline, Newest{std::get<0>(oldest) - 1}));
    }
    return OldestFirst() ? std::move(range).Backward() : std::move(range);
  }

  absl::Status ReadCards(bool open, const Uuid& pipeline) {
    return PipelineBoard::kCards.Scan(
        rows_, CardsOf(open, pipeline),
        [&](const CardKey& key, const OpportunityCard& card) -> absl::StatusOr<bool> {
          // In the order of the page, the first card that comes too late ends the pipeline.
          // Backwards, those of one instant come in the order of their ids reversed.
          const Newest opened = std::get<2>(key);
          const bool ended = (NewestFirst() && top_.Excludes(SortKey(opened, std::get<3>(key)))) ||
                             (OldestFirst() && top_.Excludes(SortKey(opened.value)));
          if (ended) return false;
          RETURN_IF_ERROR(Consider(card));
          return true;
        });
  }

  const ViewReader& rows_;
  QueryContext& context_;
  const v1::OpportunityOrder order_;
  const OrganizationShape organization_;
  const domain::Zone zone_;
  const OpportunityFilter filter_;
  Weigher weigher_;
  TopRows<OpportunityId> top_;
};

}  // namespace

absl::StatusOr<std::vector<OpportunityId>> PipelineBoard::Select(
    const v1::ListOpportunitiesRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(OrganizationShape organization, Organization(rows));
  ASSIGN_OR_RETURN(OpportunityFilter filter,
                   OpportunityFilter::Create(request.filter(), ZoneOf(organization), context.at()));
  OpportunityPage page(request, rows, context, std::move(organization), std::move(filter));
  RETURN_IF_ERROR(page.Read());
  return std::move(page).Take();
}

absl::StatusOr<std::vector<domain::OpportunityGroupId>> PipelineBoard::Select(
    const v1::ListOpportunityGroupsRequest& request, const ViewReader& rows,
    QueryContext& context) {
  ASSIGN_OR_RETURN(const auto member,
                   domain::ParseOptionalName<OpportunityId>(request.opportunity()));
  TopRows<domain::OpportunityGroupId> page(static_cast<size_t>(context.page_size()),
                                           context.after());
  const auto consider = [&](const Uuid& id, const GroupShape& group) {
    const bool wanted = request.show_dissolved() || !group.dissolved();
    if (!wanted || !context.Sees(ScopeOf(group))) return;
    page.Add(SortKey(SortedName(group.display_name()), id), domain::OpportunityGroupId(id));
  };
  if (member.IsNil()) {
    RETURN_IF_ERROR(kGroups.Scan(rows, kGroups.All(), [&](const auto& key, const auto& group) {
      consider(std::get<0>(key), group);
      return true;
    }));
  } else {
    // It belongs to one at most, and says to which.
    ASSIGN_OR_RETURN(const auto card, FindCard(rows, member.uuid()));
    const Uuid id = card.has_value() ? UuidOf(card->group_id()) : Uuid();
    ASSIGN_OR_RETURN(const std::optional<GroupShape> group, kGroups.Get(rows, {id}));
    if (group.has_value()) consider(id, *group);
  }
  std::string more;
  std::vector<domain::OpportunityGroupId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

}  // namespace crm::projections
