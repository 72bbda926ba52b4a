#include "projections/lead_filter.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "domain/types/ids.h"
#include "projections/lead_card.h"
#include "projections/personal_details.h"
#include "projections/text_folding.h"

namespace crm::projections {
namespace {

using views::v1::LeadCard;

bool IsOrEmpty(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

}  // namespace

absl::StatusOr<LeadFilter> LeadFilter::Create(const v1::LeadFilter& filter,
                                              const domain::Zone& zone) {
  LeadFilter read(zone);
  read.filter_ = filter;
  read.states_.insert(filter.states().begin(), filter.states().end());
  if (read.states_.empty()) read.states_ = {v1::LEAD_STATE_NEW, v1::LEAD_STATE_QUALIFIED};
  read.text_ = FoldText(filter.text());
  RETURN_IF_ERROR(read.ReadNames());
  RETURN_IF_ERROR(read.ReadRanges());
  return read;
}

absl::Status LeadFilter::ReadRanges() {
  if (filter_.has_create_date_from()) {
    ASSIGN_OR_RETURN(created_from_, domain::DayFromProto(filter_.create_date_from()));
  }
  if (filter_.has_create_date_to()) {
    ASSIGN_OR_RETURN(created_to_, domain::DayFromProto(filter_.create_date_to()));
  }
  if (filter_.has_minimum_revenue()) {
    ASSIGN_OR_RETURN(minimum_, domain::Money::FromProto(filter_.minimum_revenue()));
  }
  if (filter_.has_maximum_revenue()) {
    ASSIGN_OR_RETURN(maximum_, domain::Money::FromProto(filter_.maximum_revenue()));
  }
  return absl::OkStatus();
}

absl::Status LeadFilter::ReadNames() {
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<domain::TeamId>(filter_.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<domain::MemberId>(filter_.owner()));
  ASSIGN_OR_RETURN(const auto pipeline,
                   domain::ParseOptionalName<domain::PipelineId>(filter_.pipeline()));
  ASSIGN_OR_RETURN(const auto customer,
                   domain::ParseOptionalName<domain::CustomerId>(filter_.customer()));
  customer_id_ = domain::ToBytes(customer);
  ASSIGN_OR_RETURN(const domain::StageName stage, domain::ParseOptionalStageName(filter_.stage()));
  team_id_ = domain::ToBytes(team);
  owner_id_ = domain::ToBytes(owner);
  pipeline_id_ = domain::ToBytes(pipeline);
  stage_id_ = domain::ToBytes(stage.stage);
  return absl::OkStatus();
}

bool LeadFilter::OnlyWorked() const {
  return absl::c_all_of(states_, [](int state) {
    return state == v1::LEAD_STATE_NEW || state == v1::LEAD_STATE_QUALIFIED;
  });
}

void LeadFilter::ForBoard() {
  stage_id_.clear();
  pipeline_id_.clear();
}

void LeadFilter::ForTotals() {
  states_.erase(v1::LEAD_STATE_JUNK);
  states_.erase(v1::LEAD_STATE_REFUSED);
}

bool LeadFilter::MatchesHolder(const std::string& team_id, const std::string& owner_id) const {
  return IsOrEmpty(team_id_, team_id) && IsOrEmpty(owner_id_, owner_id) &&
         !(filter_.unassigned() && !owner_id.empty());
}

bool LeadFilter::Matches(const LeadCard& card) const {
  if (!states_.contains(card.state()) || !MatchesHolder(card.team_id(), card.owner_id()) ||
      !IsOrEmpty(stage_id_, card.stage_id()) || !IsOrEmpty(pipeline_id_, card.pipeline_id()) ||
      !IsOrEmpty(customer_id_, card.customer_id()) || !IsOrEmpty(filter_.source(), card.source()) ||
      !IsOrEmpty(filter_.campaign(), card.campaign())) {
    return false;
  }
  if (!filter_.tag().empty() && !absl::c_linear_search(card.tags(), filter_.tag())) return false;
  return (!filter_.uncontacted() || IsUncontacted(card)) && MatchesRanges(card);
}

bool LeadFilter::MatchesRanges(const LeadCard& card) const {
  if (minimum_.has_value() || maximum_.has_value()) {
    const std::optional<domain::Money> revenue = ExpectedRevenueOf(card);
    // Amounts of another currency are unordered and match no bound.
    if (!revenue.has_value() || (minimum_.has_value() && !(*revenue >= *minimum_)) ||
        (maximum_.has_value() && !(*revenue <= *maximum_))) {
      return false;
    }
  }
  if (!created_from_.has_value() && !created_to_.has_value()) return true;
  const absl::CivilDay created = zone_.DayOf(absl::FromUnixMicros(card.create_time_us()));
  return (!created_from_.has_value() || created >= *created_from_) &&
         (!created_to_.has_value() || created <= *created_to_);
}

bool LeadFilter::MatchesText(const LeadCard& card, const views::v1::PersonalDetails& person) const {
  return absl::c_any_of(
      std::initializer_list<std::string>{card.display_name(), card.company_name(), NameOf(person)},
      [this](const std::string& name) { return absl::StrContains(FoldText(name), text_); });
}

}  // namespace crm::projections
