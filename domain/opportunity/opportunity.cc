#include "domain/opportunity/opportunity.h"

#include <algorithm>

#include "base/status_macros.h"
#include "domain/opportunity/opportunity_details.h"
#include "domain/pipeline/pipeline.h"
#include "domain/render.h"
#include "domain/types/allocation.h"

namespace crm::domain {
namespace {

using State = OpportunityState;

TeamId TeamOf(const events::v1::Ownership& stored) { return FromBytes<TeamId>(stored.team_id()); }
MemberId OwnerOf(const events::v1::Ownership& stored) {
  return FromBytes<MemberId>(stored.owner_id());
}

std::optional<Probability> Entered(events::v1::ProbabilitySource source, int32_t basis_points) {
  if (source != events::v1::PROBABILITY_SOURCE_EXPLICIT) return std::nullopt;
  return Probability::FromBasisPoints(basis_points).value_or(Probability());
}

void EnterStage(State& state, const StageName& stage, const EventMetadata& metadata) {
  state.stage = stage;
  state.stage_enter_time = metadata.effective_time;
}

void Close(State& state, v1::OpportunityState phase, const EventMetadata& metadata) {
  state.phase = phase;
  state.close_time = metadata.effective_time;
  state.reminder.reset();
}

void On(State& state, const events::v1::OpportunityOpened& event, const EventMetadata& metadata) {
  state.id = OpportunityId(metadata.stream.id);
  state.phase = v1::OPPORTUNITY_STATE_OPEN;
  state.details = event.details();
  if (!state.details.has_forecast_category()) {
    state.details.set_forecast_category(v1::FORECAST_CATEGORY_PIPELINE);
  }
  if (!event.opened().customer_id().empty()) {
    state.details.set_customer_id(event.opened().customer_id());
  }
  state.team = TeamOf(event.opened().ownership());
  state.owner = OwnerOf(event.opened().ownership());
  EnterStage(state,
             {FromBytes<PipelineId>(event.opened().pipeline_id()),
              FromBytes<StageId>(event.opened().stage_id())},
             metadata);
  state.last_open_stage = state.stage;
  state.expected_revenue = AmountFromStored(event.opened().expected_revenue());
  state.explicit_probability = Entered(event.probability_source(), event.probability_bp());
  state.lead = FromBytes<LeadId>(event.lead_id());
}

void On(State& state, const events::v1::OpportunityDetailsRevised& event, const EventMetadata&) {
  ApplyRevision(event, state.details);
}

void On(State& state, const events::v1::ExpectedRevenueRevised& event, const EventMetadata&) {
  state.expected_revenue = AmountFromStored(event.to());
}

void On(State& state, const events::v1::ProbabilityRevised& event, const EventMetadata&) {
  state.explicit_probability = Entered(event.source(), event.probability_bp());
}

void On(State& state, const events::v1::StageMoved& event, const EventMetadata& metadata) {
  EnterStage(
      state,
      {FromBytes<PipelineId>(event.to_pipeline_id()), FromBytes<StageId>(event.to_stage_id())},
      metadata);
  state.last_open_stage = state.stage;
  state.explicit_probability = Entered(event.probability_source(), event.probability_bp());
}

void On(State& state, const events::v1::OpportunityAssigned& event, const EventMetadata&) {
  state.team = TeamOf(event.to());
  state.owner = OwnerOf(event.to());
}

void On(State& state, const events::v1::ContributorsCredited& event, const EventMetadata&) {
  state.contributors.clear();
  for (const events::v1::Contributor& contributor : event.contributors()) {
    state.contributors.push_back(
        {FromBytes<MemberId>(contributor.member_id()), contributor.weight()});
  }
}

void On(State& state, const events::v1::OpportunityPlacedOnStandby& event, const EventMetadata&) {
  state.phase = v1::OPPORTUNITY_STATE_STANDBY;
  state.reminder = DayFromStored(event.reminder());
  state.reminded = false;
}

void On(State& state, const events::v1::OpportunityReminded&, const EventMetadata&) {
  state.reminded = true;
}

void On(State& state, const events::v1::OpportunityResumed&, const EventMetadata&) {
  state.phase = v1::OPPORTUNITY_STATE_OPEN;
  state.reminder.reset();
}

void On(State& state, const events::v1::OpportunityWon& event, const EventMetadata& metadata) {
  Close(state, v1::OPPORTUNITY_STATE_WON, metadata);
  const StageName stage = {state.stage.pipeline, FromBytes<StageId>(event.stage_id())};
  if (stage != state.stage) EnterStage(state, stage, metadata);
}

void On(State& state, const events::v1::OpportunityLost& event, const EventMetadata& metadata) {
  Close(state, v1::OPPORTUNITY_STATE_LOST, metadata);
  state.loss_reason = event.reason();
  state.loss_text = event.text();
}

void On(State& state, const events::v1::OpportunitySuperseded& event,
        const EventMetadata& metadata) {
  Close(state, v1::OPPORTUNITY_STATE_SUPERSEDED, metadata);
  state.superseded_by = FromBytes<OpportunityId>(event.winner_id());
}

void On(State& state, const events::v1::OpportunityReopened& event, const EventMetadata& metadata) {
  state.phase = v1::OPPORTUNITY_STATE_OPEN;
  state.close_time.reset();
  state.loss_reason.Clear();
  state.loss_text.clear();
  state.superseded_by = {};
  EnterStage(state, {state.stage.pipeline, FromBytes<StageId>(event.stage_id())}, metadata);
  state.last_open_stage = state.stage;
  state.explicit_probability = Entered(event.probability_source(), event.probability_bp());
}

void On(State& state, const events::v1::OpportunityGrouped& event, const EventMetadata&) {
  state.group = FromBytes<OpportunityGroupId>(event.group_id());
}

void On(State& state, const events::v1::OpportunityUngrouped&, const EventMetadata&) {
  state.group = {};
}

void On(State& state, const events::v1::OpportunityArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(State& state, const events::v1::OpportunityRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

// I4, I5.
absl::StatusOr<Probability> ProbabilityOf(const State& state, const Lookup& lookup) {
  if (state.phase == v1::OPPORTUNITY_STATE_WON) return Probability::Certain();
  if (!state.IsOpen()) return Probability();
  if (state.explicit_probability.has_value()) return *state.explicit_probability;
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, lookup.Get<Pipeline>(state.stage.pipeline));
  const Stage* stage = pipeline->Find(state.stage.stage);
  return stage == nullptr ? Probability() : stage->probability;
}

void ShowOutcome(const State& state, v1::Opportunity& shown) {
  shown.set_state(state.phase);
  if (state.reminder.has_value()) *shown.mutable_reminder_date() = DayToProto(*state.reminder);
  if (state.phase == v1::OPPORTUNITY_STATE_LOST) {
    shown.mutable_loss_reason()->set_loss_reason_id(state.loss_reason.reason_id());
    shown.mutable_loss_reason()->set_display_name(state.loss_reason.display_name());
    shown.mutable_loss_reason()->set_requires_text(state.loss_reason.requires_text());
    shown.mutable_loss_reason()->set_archived(state.loss_reason.archived());
    shown.set_loss_text(state.loss_text);
  }
  if (state.close_time.has_value()) *shown.mutable_close_time() = TimestampOf(*state.close_time);
  shown.set_superseded_by(NameOf(state.superseded_by));
}

void ShowCredit(const State& state, v1::Opportunity& shown) {
  if (!state.expected_revenue.has_value()) return;
  for (const CreditShare& share : SharesOf(state, *state.expected_revenue)) {
    v1::CreditShare& credit = *shown.add_credit_shares();
    credit.set_member(NameOf(share.member));
    *credit.mutable_amount() = share.amount.ToProto();
  }
}

}  // namespace

bool OpportunityState::IsOpen() const {
  return phase == v1::OPPORTUNITY_STATE_OPEN || phase == v1::OPPORTUNITY_STATE_STANDBY;
}

State Opportunity::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope Opportunity::ScopeOf(const State& state) {
  Scope scope = {.team = state.team, .owner = state.owner, .contributors = {}, .shared = false};
  for (const Contribution& contribution : state.contributors) {
    scope.contributors.push_back(contribution.member);
  }
  return scope;
}

absl::StatusOr<v1::Opportunity> Opportunity::Render(const Ref<Opportunity>& self,
                                                    const Lookup& lookup) {
  const State& state = self.state();
  v1::Opportunity shown = InputsOf(state);
  shown.set_name(NameOf(self.id));
  ASSIGN_OR_RETURN(const Probability probability, ProbabilityOf(state, lookup));
  shown.set_probability_bp(probability.basis_points());
  shown.set_probability_source(state.explicit_probability.has_value()
                                   ? v1::PROBABILITY_SOURCE_EXPLICIT
                                   : v1::PROBABILITY_SOURCE_STAGE);
  if (state.expected_revenue.has_value()) {
    *shown.mutable_weighted_revenue() = probability.Weighted(*state.expected_revenue).ToProto();
  }
  ShowOutcome(state, shown);
  ShowCredit(state, shown);
  shown.set_group(NameOf(state.group));
  shown.set_lead(NameOf(state.lead));
  *shown.mutable_stage_enter_time() = TimestampOf(state.stage_enter_time);
  if (state.archived()) *shown.mutable_archive_time() = TimestampOf(*state.archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<OpportunityId> Opportunity::TargetOf(const v1::UpdateOpportunityRequest& command,
                                                    const Caller&) {
  return ParseName<OpportunityId>(command.opportunity().name());
}

events::v1::OpportunitySnapshot SnapshotOf(const State& state) {
  events::v1::OpportunitySnapshot at;
  at.mutable_ownership()->set_team_id(ToBytes(state.team));
  at.mutable_ownership()->set_owner_id(ToBytes(state.owner));
  for (const Contribution& contribution : state.contributors) {
    at.mutable_ownership()->add_contributor_ids(ToBytes(contribution.member));
  }
  at.set_pipeline_id(ToBytes(state.stage.pipeline));
  at.set_stage_id(ToBytes(state.stage.stage));
  if (state.expected_revenue.has_value()) {
    *at.mutable_expected_revenue() = StoredAmount(*state.expected_revenue);
  }
  at.set_customer_id(state.details.customer_id());
  return at;
}

std::vector<CreditShare> SharesOf(const State& state, const Money& amount) {
  std::vector<CreditShare> shares;
  std::vector<int64_t> weights;
  for (const Contribution& contribution : state.contributors) {
    weights.push_back(contribution.weight);
  }
  const absl::StatusOr<std::vector<int64_t>> parts = Allocate(amount.minor(), weights);
  if (!parts.ok()) {
    if (!state.owner.IsNil()) shares.push_back({state.owner, amount});
    return shares;
  }
  for (size_t i = 0; i < parts->size(); ++i) {
    shares.push_back({state.contributors[i].member, Money(amount.currency(), (*parts)[i])});
  }
  return shares;
}

}  // namespace crm::domain
