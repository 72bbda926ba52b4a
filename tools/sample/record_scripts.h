// Scripts of the records the department works on: customers with their contacts, leads and what
// they become, opportunities, groups. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "tools/sample/plan.h"
#include "tools/sample/script.h"

namespace crm::sample {

// A customer of the department from the beginning.
struct CustomerDesign {
  int team;
  int seller;  // account manager
  int contact_count;
};
CustomerDesign CustomerOf(const Plan& plan, int64_t customer);
std::string CustomerReference(int64_t customer);
std::string ContactReference(int64_t customer, int64_t contact);

// A customer, its contacts, and which of them is the main one.
Script CustomerScript(const Plan& plan, int64_t index);
// A lead from capture to its end, with the opportunity it becomes. The first step is the capture.
Script LeadScript(const Plan& plan, int64_t index);
// An opportunity of a known customer.
Script OpportunityScript(const Plan& plan, int64_t index);
// Opportunities of one customer that belong together: alternatives, the later one cheaper, or
// sub-projects that move together.
Script GroupScript(const Plan& plan, int64_t index);

}  // namespace crm::sample
