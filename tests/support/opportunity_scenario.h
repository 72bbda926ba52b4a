// The world an opportunity lives in, as given: an organization with loss reasons, three members of
// one team, two opportunity pipelines and one of leads, two customers, a contact.
#pragma once

#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/member/member.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity_group/opportunity_group.h"
#include "domain/organization/organization.h"
#include "domain/pipeline/pipeline.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"
#include "tests/support/examples.h"
#include "tests/support/scenario.h"

namespace crm::testing {

// Adds the world to a scenario of any aggregate.
template <class A>
void GiveSalesWorld(Scenario<A>& scenario) {
  using domain::ContactId;
  using domain::CustomerId;
  using domain::MemberId;
  using domain::OrganizationId;
  using domain::PipelineId;
  using domain::TeamId;
  const auto organization = ExampleId<OrganizationId>();
  scenario
      .template GivenStream<domain::Organization>(
          organization, OrganizationCreatedExample(), LossReasonDefinedExample("price"),
          LossReasonDefinedExample("other", true), LossReasonDefinedExample("gone", false, true))
      .template GivenStream<domain::Pipeline>(ExampleId<PipelineId>(1), PipelineCreatedExample(1))
      .template GivenStream<domain::Pipeline>(ExampleId<PipelineId>(2), PipelineCreatedExample(2))
      .template GivenStream<domain::Pipeline>(ExampleId<PipelineId>(3),
                                              PipelineCreatedExample(3, v1::PIPELINE_KIND_LEAD))
      .template GivenStream<domain::Team>(ExampleId<TeamId>(), TeamCreatedExample(),
                                          MembershipBeganExample(1), MembershipBeganExample(2),
                                          MembershipBeganExample(3))
      .template GivenStream<domain::TeamRegister>(
          domain::TeamRegisterOf(organization), TeamRegisteredExample(),
          AffiliationNotedExample(1, 1), AffiliationNotedExample(1, 2),
          AffiliationNotedExample(1, 3))
      .template GivenStream<domain::Contact>(ExampleId<ContactId>(), ContactCreatedExample());
  for (int n = 1; n <= 3; ++n) {
    scenario.template GivenStream<domain::Member>(ExampleId<MemberId>(n), MemberCreatedExample(n));
  }
  for (int n = 1; n <= 2; ++n) {
    scenario.template GivenStream<domain::Customer>(ExampleId<CustomerId>(n),
                                                    CustomerCreatedExample(n));
  }
}

// Matches an opportunity as the API shows it.
inline auto Shows(v1::OpportunityState state, int stage, int bp) {
  return ::testing::AllOf(::testing::Property(&v1::Opportunity::state, state),
                          ::testing::Property(&v1::Opportunity::stage, NameOf(ExampleStage(stage))),
                          ::testing::Property(&v1::Opportunity::probability_bp, bp));
}

// A scenario of an opportunity in that world.
struct OpportunityScenario : Scenario<domain::Opportunity> {
  OpportunityScenario() { GiveSalesWorld(*this); }
  // ...which was opened in a stage of the first pipeline.
  explicit OpportunityScenario(int stage) : OpportunityScenario() {
    Given(OpportunityOpenedExample(stage));
  }
};

// A scenario of a group in that world.
struct GroupScenario : Scenario<domain::OpportunityGroup> {
  GroupScenario() { GiveSalesWorld(*this); }
};

// Opportunities 1 to `members`, all in the first stage, in the first group.
template <class A>
void GiveGroup(Scenario<A>& scenario, int members, v1::GroupKind kind = v1::GROUP_KIND_ALTERNATIVES,
               bool synchronous = false) {
  const auto group = ExampleId<domain::OpportunityGroupId>();
  scenario.template GivenStream<domain::OpportunityGroup>(
      group, OpportunityGroupCreatedExample(kind, synchronous));
  for (int n = 1; n <= members; ++n) {
    scenario.template GivenStream<domain::OpportunityGroup>(group, GroupMemberAddedExample(n));
    scenario.template GivenStream<domain::Opportunity>(ExampleId<domain::OpportunityId>(n),
                                                       OpportunityOpenedExample(),
                                                       OpportunityGroupedExample());
  }
}

}  // namespace crm::testing
