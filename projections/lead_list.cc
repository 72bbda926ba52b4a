// The queries of LeadBoard over single leads: lists, and where leads come from.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/lead_board.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::LeadId;
using domain::Money;
using views::v1::LeadCard;
using views::v1::OrganizationShape;
using views::v1::PersonalDetails;
using views::v1::PipelineShape;

constexpr size_t kMostSources = 1000;

// Newest first is the order of the cards' keys, oldest first its reverse: there a scan may end with
// the page.
using NewestPlace = std::tuple<Descending<int64_t>, Uuid>;
using OldestPlace = std::tuple<int64_t, Descending<Uuid>>;

bool IsByAge(v1::LeadOrder order) {
  return order == v1::LEAD_ORDER_UNSPECIFIED || order == v1::LEAD_ORDER_NEWEST ||
         order == v1::LEAD_ORDER_OLDEST;
}

std::string SortKeyOf(const LeadCard& card, v1::LeadOrder order) {
  const Uuid id = UuidOf(card.lead_id());
  const Descending<int64_t> newest{card.create_time_us()};
  switch (order) {
    case v1::LEAD_ORDER_OLDEST:
      return SortKey(int64_t{card.create_time_us()}, Descending<Uuid>{id});
    case v1::LEAD_ORDER_PRIORITY:
      return SortKey(Descending<int64_t>{card.priority()}, newest, id);
    case v1::LEAD_ORDER_REVENUE:
      return SortKey(card.currency_code().empty(), card.currency_code(),
                     Descending<int64_t>{card.expected_minor()}, id);
    case v1::LEAD_ORDER_STAGE_AGE:
      // What is in no stage comes last.
      return SortKey(card.stage_id().empty(), int64_t{card.stage_enter_time_us()}, id);
    default:
      return SortKey(newest, id);
  }
}

// The cards of a holder in the order asked for, as far as the keys have it, from where an earlier
// page ended.
KeyRange<LeadBoard::CardKey> RangeOf(bool worked, const std::pair<Uuid, Uuid>& holder,
                                     v1::LeadOrder order, const std::string& after) {
  const auto& [team, owner] = holder;
  auto range = LeadBoard::kCards.Prefix(worked, team, owner);
  if (order == v1::LEAD_ORDER_OLDEST) {
    OldestPlace place;
    if (!ParseKey(after, place)) return std::move(range).Backward();
    const auto& [create_time_us, lead] = place;
    return std::move(range).Backward().After(
        {worked, team, owner, Descending<int64_t>{create_time_us}, lead.value});
  }
  NewestPlace place;
  if (!IsByAge(order) || !ParseKey(after, place)) return range;
  return std::move(range).After({worked, team, owner, std::get<0>(place), std::get<1>(place)});
}

// Tells which cards are longer in their stage than allowed.
class Patience {
 public:
  Patience(const ViewReader& rows, const OrganizationShape& organization, absl::Time at)
      : rows_(rows),
        organization_(organization),
        zone_(ZoneOf(organization)),
        today_(zone_.DayOf(at)) {}

  absl::StatusOr<bool> IsOver(const LeadCard& card) {
    if (card.stage_id().empty()) return false;
    auto found = pipelines_.find(card.pipeline_id());
    if (found == pipelines_.end()) {
      ASSIGN_OR_RETURN(std::optional<PipelineShape> read,
                       LeadBoard::kPipelines.Get(rows_, {UuidOf(card.pipeline_id())}));
      found =
          pipelines_.emplace(card.pipeline_id(), std::move(read).value_or(PipelineShape())).first;
    }
    return IsStagnant(StageAgeDays(card.stage_enter_time_us(), today_, zone_),
                      FindStage(found->second, card.stage_id()), organization_, false);
  }

 private:
  const ViewReader& rows_;
  const OrganizationShape& organization_;
  const domain::Zone zone_;
  const absl::CivilDay today_;
  std::map<std::string, PipelineShape> pipelines_;  // by id
};

// What the filter says beyond the card.
absl::StatusOr<bool> MatchesBeyond(const LeadFilter& filter, const LeadCard& card,
                                   const ViewReader& rows, Patience& patience) {
  if (filter.wants_stagnant()) {
    ASSIGN_OR_RETURN(const bool stagnant, patience.IsOver(card));
    if (!stagnant || !IsWorked(card)) return false;
  }
  if (!filter.wants_text()) return true;
  ASSIGN_OR_RETURN(const PersonalDetails person,
                   DetailsOf(LeadBoard::kPersons, rows, card.subject_id(), card.lead_id()));
  return filter.MatchesText(card, person);
}

// The leads of one source while they are read.
struct SourceFigures {
  int lead_count = 0;
  int uncontacted_count = 0;
  int unassigned_count = 0;
  std::optional<int64_t> oldest_uncontacted_us;
  std::map<std::string, Money> expected;  // by currency code

  absl::Status Add(const LeadCard& card) {
    ++lead_count;
    if (card.owner_id().empty()) ++unassigned_count;
    if (IsUncontacted(card)) {
      ++uncontacted_count;
      oldest_uncontacted_us =
          std::min(oldest_uncontacted_us.value_or(card.create_time_us()), card.create_time_us());
    }
    const std::optional<Money> revenue = ExpectedRevenueOf(card);
    if (!revenue.has_value()) return absl::OkStatus();
    const auto sum =
        expected.try_emplace(card.currency_code(), Money(revenue->currency(), 0)).first;
    ASSIGN_OR_RETURN(sum->second, sum->second + *revenue);
    return absl::OkStatus();
  }

  void Show(const std::string& source, v1::LeadSources::Row& row) const {
    row.set_source(source);
    row.set_lead_count(lead_count);
    row.set_uncontacted_count(uncontacted_count);
    row.set_unassigned_count(unassigned_count);
    if (oldest_uncontacted_us.has_value()) {
      *row.mutable_oldest_uncontacted_time() =
          domain::TimestampOf(absl::FromUnixMicros(*oldest_uncontacted_us));
    }
    for (const auto& [code, sum] : expected) *row.add_expected_revenue() = sum.ToProto();
  }
};

}  // namespace

absl::StatusOr<std::vector<LeadId>> LeadBoard::Select(const v1::ListLeadsRequest& request,
                                                      const ViewReader& rows,
                                                      QueryContext& context) {
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  ASSIGN_OR_RETURN(const LeadFilter filter,
                   LeadFilter::Create(request.filter(), ZoneOf(organization)));
  ASSIGN_OR_RETURN(const std::vector<Holder> holders, HoldersFor(filter, rows, context));
  Patience patience(rows, organization, context.at());
  const v1::LeadOrder order = request.order_by();
  TopRows<LeadId> page(static_cast<size_t>(context.page_size()), context.after());
  const auto consider = [&](const auto&, const LeadCard& card) -> absl::StatusOr<bool> {
    std::string key = SortKeyOf(card, order);
    if (page.Excludes(key)) return !IsByAge(order);
    if (!filter.Matches(card)) return true;
    ASSIGN_OR_RETURN(const bool matches, MatchesBeyond(filter, card, rows, patience));
    if (matches) page.Add(std::move(key), domain::FromBytes<LeadId>(card.lead_id()));
    return true;
  };
  for (const bool worked : {true, false}) {
    if (!worked && filter.OnlyWorked()) continue;
    for (const Holder& holder : holders) {
      RETURN_IF_ERROR(kCards.Scan(rows, RangeOf(worked, holder, order, context.after()), consider));
    }
  }
  std::string more;
  std::vector<LeadId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<v1::LeadSources> LeadBoard::Answer(const v1::GetLeadSourcesRequest& request,
                                                  const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  ASSIGN_OR_RETURN(LeadFilter filter, LeadFilter::Create(request.filter(), ZoneOf(organization)));
  filter.ForTotals();
  ASSIGN_OR_RETURN(const std::vector<Holder> holders, HoldersFor(filter, rows, context));
  Patience patience(rows, organization, context.at());
  std::map<std::string, SourceFigures> sources;
  const auto consider = [&](const auto&, const LeadCard& card) -> absl::StatusOr<bool> {
    if (!filter.Matches(card)) return true;
    ASSIGN_OR_RETURN(const bool matches, MatchesBeyond(filter, card, rows, patience));
    if (matches) RETURN_IF_ERROR(sources[card.source()].Add(card));
    return true;
  };
  for (const bool worked : {true, false}) {
    if (!worked && filter.OnlyWorked()) continue;
    for (const auto& [team, owner] : holders) {
      RETURN_IF_ERROR(kCards.Scan(rows, kCards.Prefix(worked, team, owner), consider));
    }
  }
  TopRows<const std::string*> most(kMostSources, "");
  for (const auto& [source, figures] : sources) {
    most.Add(SortKey(Descending<int64_t>{figures.lead_count}, source), &source);
  }
  v1::LeadSources answer;
  std::string more;
  for (const std::string* source : std::move(most).Take(more)) {
    sources.at(*source).Show(*source, *answer.add_rows());
  }
  return answer;
}

}  // namespace crm::projections
