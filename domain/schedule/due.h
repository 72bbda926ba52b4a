// Due: what became of clock-driven work that could not be done at once. One bookkeeping stream per
// rule, record and instant, absent while nothing went wrong. What is due is not in it: that is the
// schedule's (domain/schedule/rules.h, projections/schedule.h).
//
// Invariants
//   I1  What failed is tried again after a minute, then after twice as long each time, an hour at
//       most.
//   I2  What was given up, or has nothing left to do, is settled: it is neither retried nor given
//       up again (DUE_WORK_SETTLED). Should it become due and fail once more, it begins anew.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crm/events/v1/schedule_events.pb.h"
#include "crm/v1/schedule_service.pb.h"
#include "domain/decide_context.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

struct DueState {
  DueInstant instant;
  int attempts = 0;
  std::string failure_reason;
  absl::Time retry_time;
  bool settled = false;
};

struct Due {
  using Id = DueId;
  using State = DueState;
  using Event = std::variant<events::v1::DueFailed, events::v1::DueRetried, events::v1::DueSettled>;
  using Resource = v1::DueWork;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Due>& self, const Lookup& lookup);

  // Both refuse by I2.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RetryDueWorkRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AbandonDueWorkRequest&,
                                                const DecideContext&);
};

// It was tried at `now` and could not be done (I1).
events::v1::DueFailed FailedAgain(const DueState& state, const DueInstant& instant,
                                  absl::string_view reason, absl::Time now);

// It was tried, and nothing was left to do as far as was known: everything up to `known`.
events::v1::DueSettled NothingLeft(const DueInstant& instant, Position known = 0);

}  // namespace crm::domain
