#include "domain/opportunity/opportunity_rules.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "domain/opportunity/opportunity_details.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {

absl::Status RequireNotArchived(const OpportunityState& state) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("OPPORTUNITY_ARCHIVED", "the opportunity is archived",
                {{"opportunity", NameOf(state.id)}});
}

absl::Status RequireEditable(const OpportunityState& state) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  if (state.IsOpen()) return absl::OkStatus();
  absl::string_view phase = v1::OpportunityState_Name(state.phase);
  absl::ConsumePrefix(&phase, "OPPORTUNITY_STATE_");
  return Refuse("OPPORTUNITY_CLOSED",
                absl::StrCat("the opportunity is ", absl::AsciiStrToLower(phase)),
                {{"opportunity", NameOf(state.id)}, {"state", std::string(phase)}});
}

absl::StatusOr<Stage> RequireOpenStage(const StageName& name, const PipelineId& within,
                                       const DecideContext& context) {
  ASSIGN_OR_RETURN(const Stage stage,
                   RequireLiveStage(name, v1::PIPELINE_KIND_OPPORTUNITY, within, context));
  if (stage.kind == v1::STAGE_KIND_OPEN) return stage;
  return Refuse("STAGE_CLOSED_KIND",
                absl::StrCat("'", stage.display_name,
                             "' is a stage of kind won or lost: win or lose instead of moving"),
                {{"stage", NameOf(name)}});
}

absl::Status RequireFieldsFor(const Stage& stage, const OpportunityId& opportunity,
                              const v1::Opportunity& inputs) {
  const std::vector<std::string> missing = MissingFields(stage.required_fields, inputs);
  if (missing.empty()) return absl::OkStatus();
  return Refuse("STAGE_FIELDS_MISSING",
                absl::StrCat("'", stage.display_name, "' requires ", absl::StrJoin(missing, ", ")),
                {{"opportunity", NameOf(opportunity)}, {"fields", absl::StrJoin(missing, ",")}});
}

events::v1::ContributorsCredited CreditedTo(const std::vector<Contribution>& contributors,
                                            events::v1::OpportunitySnapshot at) {
  events::v1::ContributorsCredited event;
  for (const Contribution& contribution : contributors) {
    events::v1::Contributor& contributor = *event.add_contributors();
    contributor.set_member_id(ToBytes(contribution.member));
    contributor.set_weight(contribution.weight);
  }
  *event.mutable_at() = std::move(at);
  return event;
}

absl::StatusOr<Probability> StageProbability(const OpportunityState& state,
                                             const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline, context.Require<Pipeline>(state.stage.pipeline));
  const Stage* stage = pipeline->Find(state.stage.stage);
  if (stage == nullptr) return StageNotInPipeline(state.stage);
  return stage->probability;
}

events::v1::ExpectedRevenueRevised RevenueRevision(const OpportunityState& state,
                                                   const std::optional<Money>& to) {
  events::v1::ExpectedRevenueRevised revised;
  *revised.mutable_at() = SnapshotOf(state);
  if (state.expected_revenue.has_value()) {
    *revised.mutable_from() = StoredAmount(*state.expected_revenue);
  }
  if (to.has_value()) *revised.mutable_to() = StoredAmount(*to);
  return revised;
}

events::v1::ProbabilityRevised ProbabilityRevision(const OpportunityState& state,
                                                   const std::optional<Probability>& entered,
                                                   Probability of_stage) {
  events::v1::ProbabilityRevised revised;
  revised.set_source(entered.has_value() ? events::v1::PROBABILITY_SOURCE_EXPLICIT
                                         : events::v1::PROBABILITY_SOURCE_STAGE);
  revised.set_probability_bp(entered.value_or(of_stage).basis_points());
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

}  // namespace crm::domain
