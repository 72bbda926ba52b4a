#include "projections/opportunity_filter.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "domain/types/ids.h"
#include "projections/opportunity_card.h"
#include "projections/text_folding.h"

namespace crm::projections {
namespace {

using views::v1::OpportunityCard;

template <class Id>
absl::Status ReadName(const std::string& name, std::string& bytes) {
  ASSIGN_OR_RETURN(const Id id, domain::ParseOptionalName<Id>(name));
  bytes = domain::ToBytes(id);
  return absl::OkStatus();
}

absl::Status ReadDay(bool given, const google::type::Date& date,
                     std::optional<absl::CivilDay>& day) {
  if (!given) return absl::OkStatus();
  ASSIGN_OR_RETURN(day, domain::DayFromProto(date));
  return absl::OkStatus();
}

bool Within(absl::CivilDay day, const std::optional<absl::CivilDay>& from,
            const std::optional<absl::CivilDay>& to) {
  return (!from.has_value() || day >= *from) && (!to.has_value() || day <= *to);
}

bool IsOrEmpty(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

}  // namespace

absl::StatusOr<OpportunityFilter> OpportunityFilter::Create(const v1::OpportunityFilter& filter,
                                                            const domain::Zone& zone,
                                                            absl::Time at) {
  OpportunityFilter read(zone);
  read.filter_ = filter;
  read.today_ = zone.DayOf(at);
  read.states_.insert(filter.states().begin(), filter.states().end());
  if (read.states_.empty()) {
    read.states_ = {v1::OPPORTUNITY_STATE_OPEN, v1::OPPORTUNITY_STATE_STANDBY};
  }
  RETURN_IF_ERROR(read.ReadNames());
  RETURN_IF_ERROR(read.ReadRanges());
  return read;
}

absl::Status OpportunityFilter::ReadNames() {
  RETURN_IF_ERROR(ReadName<domain::TeamId>(filter_.team(), team_id_));
  RETURN_IF_ERROR(ReadName<domain::MemberId>(filter_.owner(), owner_id_));
  RETURN_IF_ERROR(ReadName<domain::PipelineId>(filter_.pipeline(), pipeline_id_));
  RETURN_IF_ERROR(ReadName<domain::CustomerId>(filter_.customer(), customer_id_));
  RETURN_IF_ERROR(ReadName<domain::OpportunityGroupId>(filter_.group(), group_id_));
  ASSIGN_OR_RETURN(const domain::StageName stage, domain::ParseOptionalStageName(filter_.stage()));
  stage_id_ = domain::ToBytes(stage.stage);
  if (pipeline_id_.empty()) pipeline_id_ = domain::ToBytes(stage.pipeline);
  text_ = FoldText(filter_.text());
  return absl::OkStatus();
}

absl::Status OpportunityFilter::ReadRanges() {
  RETURN_IF_ERROR(ReadDay(filter_.has_expected_close_date_from(),
                          filter_.expected_close_date_from(), expected_from_));
  RETURN_IF_ERROR(ReadDay(filter_.has_expected_close_date_to(), filter_.expected_close_date_to(),
                          expected_to_));
  RETURN_IF_ERROR(
      ReadDay(filter_.has_create_date_from(), filter_.create_date_from(), created_from_));
  RETURN_IF_ERROR(ReadDay(filter_.has_create_date_to(), filter_.create_date_to(), created_to_));
  RETURN_IF_ERROR(ReadDay(filter_.has_close_date_from(), filter_.close_date_from(), closed_from_));
  RETURN_IF_ERROR(ReadDay(filter_.has_close_date_to(), filter_.close_date_to(), closed_to_));
  if (filter_.has_minimum_revenue()) {
    ASSIGN_OR_RETURN(minimum_, domain::Money::FromProto(filter_.minimum_revenue()));
  }
  if (filter_.has_maximum_revenue()) {
    ASSIGN_OR_RETURN(maximum_, domain::Money::FromProto(filter_.maximum_revenue()));
  }
  return absl::OkStatus();
}

bool OpportunityFilter::OnlyOpen() const {
  return !filter_.show_archived() && absl::c_all_of(states_, [](int state) {
    return state == v1::OPPORTUNITY_STATE_OPEN || state == v1::OPPORTUNITY_STATE_STANDBY;
  });
}

std::optional<TimeRange> OpportunityFilter::closed_within() const {
  if (!closed_from_.has_value() && !closed_to_.has_value()) return std::nullopt;
  return TimeRange{
      closed_from_.has_value() ? zone_.StartOf(*closed_from_) : absl::InfinitePast(),
      closed_to_.has_value() ? zone_.StartOf(*closed_to_ + 1) : absl::InfiniteFuture()};
}

void OpportunityFilter::ForBoard() {
  states_ = {v1::OPPORTUNITY_STATE_OPEN, v1::OPPORTUNITY_STATE_STANDBY};
  filter_.set_show_archived(false);
  stage_id_.clear();
  pipeline_id_.clear();
}

bool OpportunityFilter::Matches(const OpportunityCard& card) const {
  return states_.contains(card.state()) && (filter_.show_archived() || !card.archived()) &&
         MatchesNames(card) && MatchesRanges(card);
}

bool OpportunityFilter::MatchesNames(const OpportunityCard& card) const {
  if (!IsOrEmpty(team_id_, card.team_id()) || !IsOrEmpty(owner_id_, card.owner_id()) ||
      !IsOrEmpty(stage_id_, card.stage_id()) || !IsOrEmpty(pipeline_id_, card.pipeline_id()) ||
      !IsOrEmpty(customer_id_, card.customer_id()) || !IsOrEmpty(group_id_, card.group_id()) ||
      !IsOrEmpty(filter_.source(), card.source()) ||
      !IsOrEmpty(filter_.campaign(), card.campaign())) {
    return false;
  }
  if (filter_.unassigned() && !card.owner_id().empty()) return false;
  if (!filter_.tag().empty() && !absl::c_linear_search(card.tags(), filter_.tag())) return false;
  return text_.empty() || absl::StrContains(FoldText(card.display_name()), text_);
}

bool OpportunityFilter::MatchesRanges(const OpportunityCard& card) const {
  if (filter_.overdue() && !IsOverdue(card, today_)) return false;
  if (expected_from_.has_value() || expected_to_.has_value()) {
    const std::optional<absl::CivilDay> close = ExpectedCloseOf(card);
    if (!close.has_value() || !Within(*close, expected_from_, expected_to_)) return false;
  }
  if (created_from_.has_value() || created_to_.has_value()) {
    const absl::CivilDay created = zone_.DayOf(absl::FromUnixMicros(card.open_time_us()));
    if (!Within(created, created_from_, created_to_)) return false;
  }
  if (closed_from_.has_value() || closed_to_.has_value()) {
    if (card.close_time_us() == 0) return false;
    if (!Within(zone_.DayOf(absl::FromUnixMicros(card.close_time_us())), closed_from_, closed_to_))
      return false;
  }
  const std::optional<domain::Money> revenue = ExpectedRevenueOf(card);
  // Amounts of another currency are unordered and match no bound.
  if (minimum_.has_value() && !(revenue.has_value() && *revenue >= *minimum_)) return false;
  return !maximum_.has_value() || (revenue.has_value() && *revenue <= *maximum_);
}

}  // namespace crm::projections
