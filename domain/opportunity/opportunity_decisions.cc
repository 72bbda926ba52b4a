// Decisions about what an opportunity says: birth, fields, amounts, probability, people.
#include "base/status_macros.h"
#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/field_mask.h"
#include "domain/opportunity/opportunity_birth.h"
#include "domain/opportunity/opportunity_details.h"
#include "domain/opportunity/opportunity_rules.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/team/team.h"

namespace crm::domain {
namespace {

using State = OpportunityState;
using Result = Opportunity::Result;

// I13: customer and contact of `details` exist and are active, unless they were there `before`.
absl::Status RequireParties(const events::v1::OpportunityDetails& details,
                            const events::v1::OpportunityDetails& before,
                            const DecideContext& context) {
  if (details.customer_id() != before.customer_id() && details.has_customer_id()) {
    ASSIGN_OR_RETURN(const Ref<Customer> customer,
                     context.Require<Customer>(FromBytes<CustomerId>(details.customer_id())));
    RETURN_IF_ERROR(RequireActive(customer));
  }
  if (details.contact_id() != before.contact_id() && details.has_contact_id()) {
    ASSIGN_OR_RETURN(const Ref<Contact> contact,
                     context.Require<Contact>(FromBytes<ContactId>(details.contact_id())));
    RETURN_IF_ERROR(RequireActive(contact));
  }
  return absl::OkStatus();
}

// Where an opportunity of this team starts.
absl::StatusOr<StageName> FirstStageOf(const TeamId& team_id, const DecideContext& context) {
  PipelineId pipeline_id;
  if (!team_id.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Team> team, context.Require<Team>(team_id));
    pipeline_id = team->pipeline;
  }
  if (pipeline_id.IsNil()) {
    return Refuse("STAGE_REQUIRED", "name a stage: no team with a pipeline gives one",
                  {{"team", NameOf(team_id)}});
  }
  ASSIGN_OR_RETURN(const Ref<Pipeline> pipeline,
                   RequireLivePipeline(pipeline_id, v1::PIPELINE_KIND_OPPORTUNITY, context));
  return StageName{pipeline_id, pipeline->FirstOpen()->id};
}

// The birth that a command asks for, all references checked.
absl::StatusOr<OpportunityBirth> BirthFrom(const v1::Opportunity& input,
                                           const DecideContext& context) {
  OpportunityBirth birth;
  ASSIGN_OR_RETURN(birth.details, DetailsFrom(input));
  RETURN_IF_ERROR(RequireParties(birth.details, {}, context));
  ASSIGN_OR_RETURN(birth.ownership, ResolveOwnership(input.team(), input.owner(), context));
  ASSIGN_OR_RETURN(birth.contributors, ContributorsFrom(input.contributors(), context));
  ASSIGN_OR_RETURN(birth.stage, ParseOptionalStageName(input.stage()));
  if (input.has_expected_revenue()) {
    ASSIGN_OR_RETURN(birth.expected_revenue, AmountFrom(input.expected_revenue()));
  }
  if (input.has_probability_bp()) {
    ASSIGN_OR_RETURN(birth.probability, Probability::FromBasisPoints(input.probability_bp()));
  }
  return birth;
}

}  // namespace

absl::StatusOr<events::v1::OpportunityOpened> OpenOpportunity(const OpportunityBirth& birth,
                                                              const DecideContext& context) {
  StageName stage_name = birth.stage;
  if (stage_name.IsNil()) {
    ASSIGN_OR_RETURN(stage_name, FirstStageOf(birth.ownership.team, context));
  }
  ASSIGN_OR_RETURN(const Stage stage, RequireOpenStage(stage_name, {}, context));

  events::v1::OpportunityOpened opened;
  *opened.mutable_details() = birth.details;
  opened.mutable_details()->clear_customer_id();  // the snapshot has it
  events::v1::OpportunitySnapshot& snapshot = *opened.mutable_opened();
  *snapshot.mutable_ownership() = ToEvent(birth.ownership);
  snapshot.set_pipeline_id(ToBytes(stage_name.pipeline));
  snapshot.set_stage_id(ToBytes(stage_name.stage));
  if (birth.expected_revenue.has_value()) {
    *snapshot.mutable_expected_revenue() = StoredAmount(*birth.expected_revenue);
  }
  snapshot.set_customer_id(birth.details.customer_id());
  SetProbability(birth.probability, stage.probability, opened);
  opened.set_lead_id(ToBytes(birth.lead));

  State born = Opportunity::Evolve({}, opened, {});
  born.contributors = birth.contributors;
  RETURN_IF_ERROR(RequireFieldsFor(stage, born.id, InputsOf(born)));
  return opened;
}

Result Opportunity::Decide(const State&, const v1::CreateOpportunityRequest& command,
                           const DecideContext& context) {
  ASSIGN_OR_RETURN(const OpportunityBirth birth, BirthFrom(command.opportunity(), context));
  ASSIGN_OR_RETURN(const events::v1::OpportunityOpened opened, OpenOpportunity(birth, context));
  Decision<Event> decision = opened;
  if (!birth.contributors.empty()) {
    decision.Add(CreditedTo(birth.contributors, opened.opened()));
  }
  return decision;
}

Result Opportunity::Decide(const State& state, const v1::UpdateOpportunityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(
          command.opportunity(), command.update_mask(),
          {"display_name", "customer", "contact", "expected_close_date", "forecast_category",
           "source", "campaign", "tags", "priority", "recurring_revenue", "description"}));
  ASSIGN_OR_RETURN(const events::v1::OpportunityDetails details,
                   DetailsFrom(changes.Merged(InputsOf(state), command.opportunity())));
  std::optional<events::v1::OpportunityDetailsRevised> revised =
      DetailsRevision(state.details, details);
  if (!revised.has_value()) return Decision<Event>();
  RETURN_IF_ERROR(RequireParties(details, state.details, context));
  *revised->mutable_at() = SnapshotOf(state);
  return *std::move(revised);
}

Result Opportunity::Decide(const State& state, const v1::ReviseExpectedRevenueRequest& command,
                           const DecideContext&) {
  RETURN_IF_ERROR(RequireEditable(state));
  std::optional<Money> to;
  if (command.has_expected_revenue()) {
    ASSIGN_OR_RETURN(to, AmountFrom(command.expected_revenue()));
  }
  if (to == state.expected_revenue) return Decision<Event>();
  return RevenueRevision(state, to);
}

Result Opportunity::Decide(const State& state, const v1::ReviseProbabilityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  std::optional<Probability> entered;
  if (command.has_probability_bp()) {
    ASSIGN_OR_RETURN(entered, Probability::FromBasisPoints(command.probability_bp()));
  }
  if (entered == state.explicit_probability) return Decision<Event>();
  ASSIGN_OR_RETURN(const Probability of_stage, StageProbability(state, context));
  return ProbabilityRevision(state, entered, of_stage);
}

Result Opportunity::Decide(const State& state, const v1::AssignOpportunityRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == Ownership{state.team, state.owner}) return Decision<Event>();
  events::v1::OpportunityAssigned assigned;
  *assigned.mutable_at() = SnapshotOf(state);
  *assigned.mutable_to() = ToEvent(to);
  *assigned.mutable_to()->mutable_contributor_ids() = assigned.at().ownership().contributor_ids();
  return assigned;
}

Result Opportunity::Decide(const State& state, const v1::CreditContributorsRequest& command,
                           const DecideContext& context) {
  RETURN_IF_ERROR(RequireEditable(state));
  ASSIGN_OR_RETURN(const std::vector<Contribution> contributors,
                   ContributorsFrom(command.contributors(), context));
  if (contributors == state.contributors) return Decision<Event>();
  return CreditedTo(contributors, SnapshotOf(state));
}

}  // namespace crm::domain
