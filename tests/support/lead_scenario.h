// LeadScenario: a lead in the sales world, with what its team and organization have besides. For
// tests of decisions about leads. Not thread-safe.
#pragma once

#include "domain/lead/lead.h"
#include "domain/roster/roster.h"
#include "tests/support/lead_examples.h"
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {

inline events::v1::OrganizationSettingsRevised LeadsDisabled() {
  events::v1::OrganizationSettingsRevised event;
  event.set_leads_enabled(false);
  return event;
}

// A scenario of a lead in the sales world.
struct LeadScenario : Scenario<domain::Lead> {
  LeadScenario() { GiveSalesWorld(*this); }

  // A lead that nobody owns and that is in no stage.
  LeadScenario& Captured() {
    Given(LeadCapturedExample());
    return *this;
  }
  // Sets what the first team, or the organization, has besides.
  template <class... E>
  LeadScenario& GivenTeam(const E&... events) {
    GivenStream<domain::Team>(ExampleId<domain::TeamId>(), events...);
    return *this;
  }
  template <class... E>
  LeadScenario& GivenOrganization(const E&... events) {
    GivenStream<domain::Organization>(ExampleId<domain::OrganizationId>(), events...);
    return *this;
  }
  // `count` leads that the member of the first team took at `time`.
  LeadScenario& GivenTaken(int member, int count, absl::Time time) {
    for (int n = 0; n < count; ++n) {
      GivenStream<domain::Roster>(domain::RosterOf(ExampleId<domain::TeamId>()),
                                  LeadTakenExample(member, 1'000 * member + n, time));
    }
    return *this;
  }
};

}  // namespace crm::testing
