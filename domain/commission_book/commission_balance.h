// CommissionBalance: what an agent earned in a currency and no receipt has taken yet. A guard: what
// recognises a commission adds to it in its own commit, a receipt takes from it, so that no entry
// is in two receipts and none is forgotten. One bookkeeping stream per agent and currency.
//
// Invariants
//   I1  What is open of a commission is the sum of its entries less what receipts took. Nothing is
//       open of one that was taken whole, until a correction comes.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>

#include "absl/container/btree_map.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct CommissionBalanceState {
  struct Open {
    int64_t amount_minor = 0;  // signed
    absl::CivilDay due;
    TeamId team;  // of the invoice; nil: none
  };
  absl::btree_map<CommissionId, Open> open;  // what is not nothing
};

struct CommissionBalance {
  using Id = CommissionBalanceId;
  using State = CommissionBalanceState;
  using Event = std::variant<events::v1::CommissionAccrued, events::v1::CommissionSettled>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The balance of an agent in a currency. Stored: never changes.
CommissionBalanceId CommissionBalanceOf(const OrganizationId& organization, const MemberId& agent,
                                        const std::string& currency_code);

// What an entry adds to it.
events::v1::CommissionAccrued Accrued(const CommissionId& commission,
                                      const events::v1::CommissionRecognized& entry);

}  // namespace crm::domain
