// Process: how far a reaction across aggregates has come. What a process does is decided from one
// event; the request ids of its commands derive from that event, so doing it twice does nothing the
// second time, and the checkpoint only saves work. Bookkeeping: one stream per process and
// organization. Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/strings/string_view.h"
#include "crm/events/v1/process_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct ProcessState {
  Position position = 0;  // every event up to here is dealt with
};

struct Process {
  using Id = ProcessId;
  using State = ProcessState;
  using Event = std::variant<events::v1::ProcessAdvanced>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The process of this name; the same in every organization.
ProcessId ProcessNamed(absl::string_view name);

}  // namespace crm::domain
