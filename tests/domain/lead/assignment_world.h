// What the tests of who gets a lead share: the first team's roster, what its members may take, and
// a second team beside it. Pure functions; thread-safe.
#pragma once

#include <string>

#include "domain/roster/roster.h"
#include "domain/team_register/team_register.h"
#include "tests/support/lead_scenario.h"
#include "tests/support/setup_examples.h"

namespace crm::domain {

inline RosterId FirstRoster() { return RosterOf(testing::ExampleId<TeamId>()); }

inline events::v1::MembershipTermsRevised Terms(int member,
                                                const events::v1::MembershipTerms& terms) {
  events::v1::MembershipTermsRevised event;
  event.set_member_id(testing::ExampleBytes<MemberId>(member));
  *event.mutable_terms() = terms;
  return event;
}

inline events::v1::MembershipTermsRevised Maximum(int member, int leads) {
  events::v1::MembershipTerms terms;
  terms.set_maximum_leads(leads);
  return Terms(member, terms);
}

inline events::v1::Condition From(const std::string& source) {
  events::v1::Condition condition;
  condition.mutable_field_in()->set_field("source");
  condition.mutable_field_in()->add_values(source);
  return condition;
}

// A second team with the fourth member, who takes up to `maximum` leads.
inline void GiveSecondTeam(testing::LeadScenario& scenario, int maximum,
                           const std::string& filter_source = "") {
  events::v1::TeamCreated team = testing::TeamCreatedExample(2);
  if (!filter_source.empty()) *team.mutable_assignment_filter() = From(filter_source);
  events::v1::MembershipBegan began = testing::MembershipBeganExample(4);
  began.mutable_terms()->set_maximum_leads(maximum);
  scenario.GivenStream<Team>(testing::ExampleId<TeamId>(2), team, began);
  scenario.GivenStream<Member>(testing::ExampleId<MemberId>(4), testing::MemberCreatedExample(4));
  scenario.GivenStream<TeamRegister>(TeamRegisterOf(testing::ExampleId<OrganizationId>()),
                                     testing::TeamRegisteredExample(2),
                                     testing::AffiliationNotedExample(2, 4));
}

}  // namespace crm::domain
