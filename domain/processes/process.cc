#include "domain/processes/process.h"

namespace crm::domain {

Process::State Process::Evolve(State state, const Event& event, const EventMetadata&) {
  state.position = std::get<events::v1::ProcessAdvanced>(event).position();
  return state;
}

ProcessId ProcessNamed(absl::string_view name) { return ProcessId(Uuid::FromName({}, name)); }

}  // namespace crm::domain
