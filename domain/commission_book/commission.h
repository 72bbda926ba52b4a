// Commission: the entries that one cause made in one book; what a receipt takes. All of them are
// dated as the cause, also corrections that a cause which became known late made long after it.
//
// Invariants
//   I1  The entries sum to what the cause earns: `recognised_minor` of the last one.
//   I2  They are due on the same day.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <variant>

#include "absl/time/civil_time.h"
#include "crm/events/v1/commission_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct CommissionState {
  MemberId agent;
  int64_t recognised_minor = 0;                      // signed
  std::optional<absl::CivilDay> due = std::nullopt;  // set from the first entry on
};

struct Commission {
  using Id = CommissionId;
  using State = CommissionState;
  using Event = std::variant<events::v1::CommissionRecognized>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The commission of a cause in a book. Stored: never changes.
CommissionId CommissionOf(const CommissionBookId& book, const events::v1::CommissionCause& cause);

}  // namespace crm::domain
