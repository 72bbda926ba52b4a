// Decisions about where an opportunity is: stages, standby, won, lost, reopened, archived, and what
// the members of its group do at the same time.
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "domain/opportunity/opportunity_details.h"
#include "domain/opportunity/opportunity_rules.h"
#include "domain/opportunity_group/opportunity_group.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = OpportunityState;
using Result = Opportunity::Result;
using Events = Decision<Opportunity::Event>;

// The group, when the opportunity belongs to one of this kind.
absl::StatusOr<std::optional<Ref<OpportunityGroup>>> GroupOf(const State& state, v1::GroupKind kind,
                                                             const DecideContext& context) {
  if (state.group.IsNil()) return std::nullopt;
  ASSIGN_OR_RETURN(Ref<OpportunityGroup> group, context.Require<OpportunityGroup>(state.group));
  if (group->kind != kind) return std::nullopt;
  return std::optional(std::move(group));
}

absl::StatusOr<std::vector<Ref<Opportunity>>> OthersIn(const OpportunityGroupState& group,
                                                       const State& state,
                                                       const DecideContext& context) {
  std::vector<Ref<Opportunity>> others;
  for (const OpportunityId& member : group.members) {
    if (member == state.id) continue;
    ASSIGN_OR_RETURN(others.emplace_back(), context.Require<Opportunity>(member));
  }
  return others;
}

// The other members of a group of alternatives; none without one.
absl::StatusOr<std::vector<Ref<Opportunity>>> AlternativesTo(const State& state,
                                                             const DecideContext& context) {
  ASSIGN_OR_RETURN(const auto group, GroupOf(state, v1::GROUP_KIND_ALTERNATIVES, context));
  if (!group.has_value()) return std::vector<Ref<Opportunity>>();
  return OthersIn(group->state(), state, context);
}

// I11: those that move along.
absl::StatusOr<std::vector<Ref<Opportunity>>> FollowersOf(const State& state, const StageName& to,
                                                          const DecideContext& context) {
  std::vector<Ref<Opportunity>> followers;
  ASSIGN_OR_RETURN(const auto group, GroupOf(state, v1::GROUP_KIND_SUB_PROJECTS, context));
  if (!group.has_value() || !(*group)->synchronous_stages) return followers;
  ASSIGN_OR_RETURN(const auto others, OthersIn(group->state(), state, context));
  for (const Ref<Opportunity>& other : others) {
    const bool moves = other->IsOpen() && !other->archived() &&
                       other->stage.pipeline == state.stage.pipeline && other->stage != to;
    if (moves) followers.push_back(other);
  }
  return followers;
}

// I4.
events::v1::StageMoved MoveTo(const StageName& to, const Stage& stage, bool clear_probability,
                              const State& state) {
  events::v1::StageMoved moved;
  moved.set_to_pipeline_id(ToBytes(to.pipeline));
  moved.set_to_stage_id(ToBytes(to.stage));
  *moved.mutable_at() = SnapshotOf(state);
  SetProbability(clear_probability ? std::nullopt : state.explicit_probability, stage.probability,
                 moved);
  return moved;
}

// Where a won opportunity goes: the first stage of kind won at or after its own, else the nearest
// before, else it stays.
const Stage* WonStage(const PipelineState& pipeline, const StageId& current) {
  const Stage* from = pipeline.Resolve(current);
  const Stage* nearest_before = nullptr;
  bool reached = false;
  for (const Stage& stage : pipeline.stages) {
    reached = reached || &stage == from;
    if (stage.archived() || stage.kind != v1::STAGE_KIND_WON) continue;
    if (reached) return &stage;
    nearest_before = &stage;
  }
  return nearest_before;
}

absl::Status AlternativeWon(const State& state, const OpportunityId& winner) {
  return Refuse("ALTERNATIVE_WON", "another alternative of its group is won",
                {{"opportunity", NameOf(state.id)}, {"winner", NameOf(winner)}});
}

// I9: nothing that excludes this opportunity is won.
absl::Status RequireNoWinner(const State& state, const DecideContext& context) {
  if (!state.superseded_by.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Opportunity> winner,
                     context.Require<Opportunity>(state.superseded_by));
    if (winner->phase == v1::OPPORTUNITY_STATE_WON) return AlternativeWon(state, winner.id);
  }
  ASSIGN_OR_RETURN(const auto alternatives, AlternativesTo(state, context));
  for (const Ref<Opportunity>& other : alternatives) {
    if (other->phase == v1::OPPORTUNITY_STATE_WON) return AlternativeWon(state, other.id);
  }
  return absl::OkStatus();
}

// The last open stage, or where the records of that one went.
absl::StatusOr<StageName> LastOpenStage(const State& state, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(state.stage.pipeline));
  const Stage* last = pipeline->Resolve(state.last_open_stage.stage);
  if (last == nullptr) return StageNotInPipeline(state.last_open_stage);
  return StageName{pipeline.id, last->id};
}

// I2: whether `to` is where the records of its archived stage went.
absl::StatusOr<bool> IsRelocation(const State& state, const StageName& to,
                                  const DecideContext& context) {
  if (to.pipeline != state.stage.pipeline) return false;
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(to.pipeline));
  return pipeline->Relocates(state.stage.stage, to.stage);
}

}  // namespace

Result Opportunity::Decide(const State& state, const v1::MoveStageRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(const StageName to, ParseStageName(command.stage()));
  if (to == state.stage) {
    if (!command.clear_probability() || !state.explicit_probability.has_value()) return Events();
    ASSIGN_OR_RETURN(const Probability of_stage, StageProbability(state, context));
    return ProbabilityRevision(state, std::nullopt, of_stage);
  }
  ASSIGN_OR_RETURN(const Stage stage, RequireOpenStage(to, state.stage.pipeline, context));
  Events decision = MoveTo(to, stage, command.clear_probability(), state);
  ASSIGN_OR_RETURN(const bool relocates, IsRelocation(state, to, context));
  if (relocates) return decision;
  RETURN_IF_ERROR(RequireFieldsFor(stage, state.id, InputsOf(state)));
  ASSIGN_OR_RETURN(const auto followers, FollowersOf(state, to, context));
  for (const Ref<Opportunity>& follower : followers) {
    RETURN_IF_ERROR(RequireFieldsFor(stage, follower.id, InputsOf(follower.state())));
    auto followed = MoveTo(to, stage, command.clear_probability(), follower.state());
    followed.set_followed_opportunity_id(ToBytes(state.id));
    decision.Affect(follower, std::move(followed));
  }
  return decision;
}

Result Opportunity::Decide(const State& state, const v1::PlaceOnStandbyRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(const absl::CivilDay reminder, DayFromProto(command.reminder_date()));
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Require<Organization>(context.caller().organization));
  if (reminder <= organization->zone().DayOf(context.effective_time())) {
    return Refuse("REMINDER_NOT_IN_FUTURE", "the day to be reminded comes after today");
  }
  if (state.reminder == reminder) return Events();
  events::v1::OpportunityPlacedOnStandby placed;
  *placed.mutable_reminder() = StoredDay(reminder);
  *placed.mutable_at() = SnapshotOf(state);
  return placed;
}

Result Opportunity::Decide(const State& state, const DueInstant& instant,
                           const DecideContext& context) {
  const bool waits = state.phase == v1::OPPORTUNITY_STATE_STANDBY && !state.archived();
  if (!waits || !state.reminder.has_value() || state.reminded) return Events();
  ASSIGN_OR_RETURN(const bool due, IsDue(instant, *state.reminder, context));
  if (!due) return Events();
  events::v1::OpportunityReminded reminded;
  *reminded.mutable_reminder() = StoredDay(*state.reminder);
  *reminded.mutable_at() = SnapshotOf(state);
  return reminded;
}

Result Opportunity::Decide(const State& state, const v1::ResumeOpportunityRequest&,
                           const DecideContext&) {
  RETURN_IF_ERROR(RequireEditable(state));
  if (state.phase == v1::OPPORTUNITY_STATE_OPEN) return Events();
  events::v1::OpportunityResumed resumed;
  *resumed.mutable_at() = SnapshotOf(state);
  return resumed;
}

Result Opportunity::Decide(const State& state, const v1::WinOpportunityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  Events decision;
  State worth = state;  // as won
  if (command.has_won_revenue()) {
    ASSIGN_OR_RETURN(worth.expected_revenue, AmountFrom(command.won_revenue()));
  }
  if (worth.expected_revenue != state.expected_revenue) {
    decision.Add(RevenueRevision(state, worth.expected_revenue));
  }
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(state.stage.pipeline));
  const Stage* stage = WonStage(pipeline.state(), state.stage.stage);
  if (stage != nullptr) {
    RETURN_IF_ERROR(RequireFieldsFor(*stage, state.id, InputsOf(worth)));
  }
  events::v1::OpportunityWon won;
  *won.mutable_at() = SnapshotOf(worth);
  won.set_stage_id(ToBytes(stage == nullptr ? state.stage.stage : stage->id));
  decision.Add(std::move(won));

  ASSIGN_OR_RETURN(const auto alternatives, AlternativesTo(state, context));
  for (const Ref<Opportunity>& other : alternatives) {
    // Archived ones too: restored they would be open beside a winner (I9).
    if (!other->IsOpen()) continue;
    events::v1::OpportunitySuperseded superseded;
    superseded.set_winner_id(ToBytes(state.id));
    *superseded.mutable_at() = SnapshotOf(other.state());
    decision.Affect(other, std::move(superseded));
  }
  return decision;
}

Result Opportunity::Decide(const State& state, const v1::LoseOpportunityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Require<Organization>(context.caller().organization));
  const LossReason* reason = organization->FindLossReason(command.loss_reason_id());
  if (reason == nullptr || reason->archived) {
    return Refuse("LOSS_REASON_UNKNOWN", "no such reason is offered",
                  {{"loss_reason_id", command.loss_reason_id()}});
  }
  if (reason->requires_text && absl::StripAsciiWhitespace(command.text()).empty()) {
    return Invalid("LOSS_TEXT_REQUIRED", "this reason wants a text",
                   {{"loss_reason_id", reason->id}});
  }
  events::v1::OpportunityLost lost;
  lost.mutable_reason()->set_reason_id(reason->id);
  lost.mutable_reason()->set_display_name(reason->display_name);
  lost.mutable_reason()->set_requires_text(reason->requires_text);
  lost.set_text(command.text());
  *lost.mutable_at() = SnapshotOf(state);
  return lost;
}

Result Opportunity::Decide(const State& state, const v1::ReopenOpportunityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  if (state.IsOpen()) return Events();
  RETURN_IF_ERROR(RequireNoWinner(state, context));
  ASSIGN_OR_RETURN(const StageName last, LastOpenStage(state, context));
  ASSIGN_OR_RETURN(const StageName named, ParseOptionalStageName(command.stage()));
  const StageName to = named.IsNil() ? last : named;
  if (to.pipeline != state.stage.pipeline) return StageNotInPipeline(to);
  ASSIGN_OR_RETURN(const Stage stage, RequireOpenStage(to, state.stage.pipeline, context));
  // Back where it was, whatever has become required there since: closed, it could not be edited.
  if (to != last) {
    RETURN_IF_ERROR(RequireFieldsFor(stage, state.id, InputsOf(state)));
  }
  events::v1::OpportunityReopened reopened;
  reopened.set_stage_id(ToBytes(to.stage));
  *reopened.mutable_at() = SnapshotOf(state);
  SetProbability(state.explicit_probability, stage.probability, reopened);
  return reopened;
}

Result Opportunity::Decide(const State& state, const v1::ArchiveOpportunityRequest&,
                           const DecideContext&) {
  if (state.archived()) return Events();
  events::v1::OpportunityArchived archived;
  *archived.mutable_at() = SnapshotOf(state);
  return archived;
}

Result Opportunity::Decide(const State& state, const v1::RestoreOpportunityRequest&,
                           const DecideContext& context) {
  if (!state.archived()) return Events();
  events::v1::OpportunityRestored restored;
  *restored.mutable_at() = SnapshotOf(state);
  Events decision = std::move(restored);
  if (!state.IsOpen()) return decision;
  // Put away, it stayed behind when the records of its stage moved.
  ASSIGN_OR_RETURN(const StageName to, LastOpenStage(state, context));
  if (to != state.stage) {
    ASSIGN_OR_RETURN(const Stage stage, RequireOpenStage(to, state.stage.pipeline, context));
    decision.Add(MoveTo(to, stage, false, state));
  }
  return decision;
}

}  // namespace crm::domain
