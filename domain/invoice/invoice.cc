#include "domain/invoice/invoice.h"

#include <utility>

#include "domain/ownership.h"

namespace crm::domain {
namespace {

InvoiceState On(InvoiceState state, const events::v1::InvoiceDrafted& event, const EventMetadata&) {
  state.ownership = event.at().ownership();
  return state;
}

InvoiceState On(InvoiceState state, const events::v1::InvoiceIssued& event,
                const EventMetadata& metadata) {
  state.ownership = event.at().ownership();
  state.issued = event;
  state.issue_time = metadata.effective_time;
  return state;
}

InvoiceState On(InvoiceState state, const events::v1::InvoiceAssigned& event,
                const EventMetadata&) {
  state.ownership = event.to();
  return state;
}

InvoiceState On(InvoiceState state, const events::v1::InvoiceVoided&,
                const EventMetadata& metadata) {
  state.void_time = metadata.effective_time;
  return state;
}

}  // namespace

Invoice::State Invoice::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

Scope Invoice::ScopeOf(const State& state) { return ScopeFrom(state.ownership); }

}  // namespace crm::domain
