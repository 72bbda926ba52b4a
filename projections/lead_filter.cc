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
  if (filter.has_create_date_from()) {
    ASSIGN_OR_RETURN(read.created_from_, domain::DayFromProto(filter.create_date_from()));
  }
  if (filter.has_create_date_to()) {
    ASSIGN_OR_RETURN(read.created_to_, domain::DayFromProto(filter.create_date_to()));
  }
  return read;
}

absl::Status LeadFilter::ReadNames() {
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<domain::TeamId>(filter_.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<domain::MemberId>(filter_.owner()));
  ASSIGN_OR_RETURN(const auto pipeline,
                   domain::ParseOptionalName<domain::PipelineId>(filter_.pipeline()));
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

bool LeadFilter::Matches(const LeadCard& card) const {
  if (!states_.contains(card.state()) || !IsOrEmpty(team_id_, card.team_id()) ||
      !IsOrEmpty(owner_id_, card.owner_id()) || !IsOrEmpty(stage_id_, card.stage_id()) ||
      !IsOrEmpty(pipeline_id_, card.pipeline_id()) || !IsOrEmpty(filter_.source(), card.source()) ||
      !IsOrEmpty(filter_.campaign(), card.campaign())) {
    return false;
  }
  if (filter_.unassigned() && !card.owner_id().empty()) return false;
  if (!filter_.tag().empty() && !absl::c_linear_search(card.tags(), filter_.tag())) return false;
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
