// Past: the instant a query asks for, read from its `as_of`. Two times decide which facts count:
// when they took effect (as_of) and when they were recorded (known_at).
//
// Values; thread-safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/v1/types.pb.h"
#include "domain/types/calendar.h"
#include "projections/as_of.h"
#include "services/call.h"

namespace crm::services {

// The past a query asks for.
struct Past {
  projections::AsOfCut cut;
  absl::Time at;  // the last instant that counts: "today" of the answer
};

// Nullopt for an empty message. INVALID_ARGUMENT AS_OF_AMBIGUOUS when both time and date are given.
absl::StatusOr<std::optional<Past>> ReadAsOf(const v1::AsOf& as_of, const domain::Zone& zone,
                                             absl::Time now);

// The same for a whole request, in the zone of the caller's organization; nullopt also for requests
// that only ask for now.
template <class Request>
absl::StatusOr<std::optional<Past>> PastOf(const Call& call, const Request& request) {
  if constexpr (requires { request.as_of(); }) {
    return ReadAsOf(request.as_of(), call.actor->settings->zone(), call.now);
  }
  return std::nullopt;
}

}  // namespace crm::services
