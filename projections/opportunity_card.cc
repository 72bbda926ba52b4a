#include "projections/opportunity_card.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using events::v1::Amount;
using events::v1::OpportunityDetails;
using views::v1::OpportunityCard;

void Touch(OpportunityCard& card, const EventMetadata& metadata) {
  card.set_update_time_us(absl::ToUnixMicros(metadata.effective_time));
}

void SetOwnership(OpportunityCard& card, const events::v1::Ownership& ownership) {
  card.set_team_id(ownership.team_id());
  card.set_owner_id(ownership.owner_id());
  *card.mutable_contributor_ids() = ownership.contributor_ids();
}

void SetRevenue(OpportunityCard& card, bool known, const Amount& amount) {
  card.set_currency_code(known ? amount.currency_code() : "");
  card.set_expected_minor(known ? amount.minor() : 0);
}

void SetProbability(OpportunityCard& card, events::v1::ProbabilitySource source, int bp) {
  card.set_probability_source(source);
  card.set_probability_bp(source == events::v1::PROBABILITY_SOURCE_EXPLICIT ? bp : 0);
}

void EnterStage(OpportunityCard& card, const std::string& stage, const EventMetadata& metadata) {
  if (card.stage_id() == stage) return;
  card.set_stage_id(stage);
  card.set_stage_enter_time_us(absl::ToUnixMicros(metadata.effective_time));
}

void Close(OpportunityCard& card, v1::OpportunityState state, const EventMetadata& metadata) {
  card.set_state(state);
  card.set_close_time_us(absl::ToUnixMicros(metadata.effective_time));
  Touch(card, metadata);
}

// Takes over the detail fields that `wanted(path)` names; a named field that is absent was cleared.
template <class Wanted>
void SetDetails(OpportunityCard& card, const OpportunityDetails& details, Wanted wanted) {
  if (wanted("display_name")) card.set_display_name(details.display_name());
  if (wanted("customer")) card.set_customer_id(details.customer_id());
  if (wanted("forecast_category")) card.set_forecast_category(details.forecast_category());
  if (wanted("source")) card.set_source(details.source());
  if (wanted("campaign")) card.set_campaign(details.campaign());
  if (wanted("tags")) *card.mutable_tags() = details.tags();
  if (wanted("priority")) card.set_priority(details.priority());
  if (wanted("expected_close_date")) {
    card.clear_expected_close_day();
    if (details.has_expected_close()) {
      card.set_expected_close_day(details.expected_close().days());
    }
  }
}

}  // namespace

void FoldCard(OpportunityCard& card, const events::v1::OpportunityOpened& event,
              const EventMetadata& metadata) {
  card.Clear();
  card.set_opportunity_id(metadata.stream.id.ToBytes());
  card.set_open_time_us(absl::ToUnixMicros(metadata.effective_time));
  card.set_state(v1::OPPORTUNITY_STATE_OPEN);
  SetDetails(card, event.details(), [](absl::string_view) { return true; });
  SetOwnership(card, event.opened().ownership());
  card.set_pipeline_id(event.opened().pipeline_id());
  EnterStage(card, event.opened().stage_id(), metadata);
  card.set_customer_id(event.opened().customer_id());
  SetRevenue(card, event.opened().has_expected_revenue(), event.opened().expected_revenue());
  SetProbability(card, event.probability_source(), event.probability_bp());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityDetailsRevised& event,
              const EventMetadata& metadata) {
  SetDetails(card, event.details(), [&](absl::string_view path) {
    return absl::c_any_of(event.fields(),
                          [path](const std::string& field) { return field == path; });
  });
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::ExpectedRevenueRevised& event,
              const EventMetadata& metadata) {
  SetRevenue(card, event.has_to(), event.to());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::ProbabilityRevised& event,
              const EventMetadata& metadata) {
  SetProbability(card, event.source(), event.probability_bp());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::StageMoved& event,
              const EventMetadata& metadata) {
  card.set_pipeline_id(event.to_pipeline_id());
  EnterStage(card, event.to_stage_id(), metadata);
  SetProbability(card, event.probability_source(), event.probability_bp());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityAssigned& event,
              const EventMetadata& metadata) {
  SetOwnership(card, event.to());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::ContributorsCredited& event,
              const EventMetadata& metadata) {
  card.clear_contributor_ids();
  for (const auto& contributor : event.contributors()) {
    card.add_contributor_ids(contributor.member_id());
  }
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityPlacedOnStandby&,
              const EventMetadata& metadata) {
  card.set_state(v1::OPPORTUNITY_STATE_STANDBY);
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityResumed&,
              const EventMetadata& metadata) {
  card.set_state(v1::OPPORTUNITY_STATE_OPEN);
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityWon& event,
              const EventMetadata& metadata) {
  EnterStage(card, event.stage_id(), metadata);
  Close(card, v1::OPPORTUNITY_STATE_WON, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityLost&,
              const EventMetadata& metadata) {
  Close(card, v1::OPPORTUNITY_STATE_LOST, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunitySuperseded&,
              const EventMetadata& metadata) {
  Close(card, v1::OPPORTUNITY_STATE_SUPERSEDED, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityReopened& event,
              const EventMetadata& metadata) {
  card.set_state(v1::OPPORTUNITY_STATE_OPEN);
  card.set_close_time_us(0);
  // Its time in the stage begins anew, also where it was before.
  card.clear_stage_id();
  EnterStage(card, event.stage_id(), metadata);
  SetProbability(card, event.probability_source(), event.probability_bp());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityGrouped& event,
              const EventMetadata& metadata) {
  card.set_group_id(event.group_id());
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityUngrouped&,
              const EventMetadata& metadata) {
  card.clear_group_id();
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityArchived&,
              const EventMetadata& metadata) {
  card.set_archived(true);
  Touch(card, metadata);
}

void FoldCard(OpportunityCard& card, const events::v1::OpportunityRestored&,
              const EventMetadata& metadata) {
  card.set_archived(false);
  Touch(card, metadata);
}

bool IsOpen(const OpportunityCard& card) {
  return !card.archived() && (card.state() == v1::OPPORTUNITY_STATE_OPEN ||
                              card.state() == v1::OPPORTUNITY_STATE_STANDBY);
}

domain::Scope ScopeOf(const OpportunityCard& card) {
  domain::Scope scope;
  scope.team = domain::FromBytes<domain::TeamId>(card.team_id());
  scope.owner = domain::FromBytes<domain::MemberId>(card.owner_id());
  for (const std::string& contributor : card.contributor_ids()) {
    scope.contributors.push_back(domain::FromBytes<domain::MemberId>(contributor));
  }
  return scope;
}

std::optional<domain::Money> ExpectedRevenueOf(const OpportunityCard& card) {
  const std::optional<domain::Currency> currency = domain::Currency::Parse(card.currency_code());
  if (!currency.has_value()) return std::nullopt;
  return domain::Money(*currency, card.expected_minor());
}

std::optional<absl::CivilDay> ExpectedCloseOf(const OpportunityCard& card) {
  if (!card.has_expected_close_day()) return std::nullopt;
  return absl::CivilDay(1970, 1, 1) + card.expected_close_day();
}

bool IsOverdue(const OpportunityCard& card, absl::CivilDay today) {
  const std::optional<absl::CivilDay> close = ExpectedCloseOf(card);
  return IsOpen(card) && close.has_value() && *close < today;
}

}  // namespace crm::projections
