// Ids born by a Scenario's commands. Include from tests only.
#pragma once

#include "domain/decide_context.h"
#include "tests/support/example_ids.h"

namespace crm::testing {

// The `ordinal`-th id born by the scenario's `command`-th command, counted from 1, by the first
// example member.
template <class Id>
Id Born(int ordinal = 0, int command = 1) {
  return Id(domain::DerivedId({ExampleId<domain::OrganizationId>(), ExampleId<domain::MemberId>(),
                               ExampleRequestId(command)},
                              ordinal));
}

}  // namespace crm::testing
