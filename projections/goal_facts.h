// What counts for goals: the facts an invoice or a record is made into, each with whom it counts
// for. GoalProgress keeps them. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/goal_progress.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "domain/types/ids.h"

namespace crm::projections {

// A fact with its place among the facts of what it was made of.
struct PlacedFact {
  Uuid subject;  // member or team; nil: everybody
  v1::GoalKind kind = v1::GOAL_KIND_UNSPECIFIED;
  absl::CivilDay day;
  uint32_t index = 0;
  views::v1::GoalFact fact;
};

// Of an invoice: what was received, issued and earned by it, and that its proposal was invoiced.
// Nothing of one that is void. The error is that of a split by weights that are none.
absl::StatusOr<std::vector<PlacedFact>> FactsOf(const Uuid& invoice,
                                                const views::v1::InvoiceMoney& money);

// A fact that counts whole: for its owner, its team and everybody.
std::vector<PlacedFact> WholeFact(v1::GoalKind kind, absl::CivilDay day,
                                  const views::v1::Holder& holder, const views::v1::GoalFact& fact);

}  // namespace crm::projections
