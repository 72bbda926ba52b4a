// Invoice: what a customer is asked to pay. Frozen when it is issued: number, lines, who is
// credited and under which policies are read from its issue ever after, and nothing is looked up
// again. Settlement and timeliness are not here: they follow from what was posted (Settlement).
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <variant>

#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

struct InvoiceState {
  events::v1::Ownership ownership;
  std::optional<events::v1::InvoiceIssued> issued;  // as it was frozen; nullopt: a draft
  absl::Time issue_time;                            // effective time of that
  std::optional<absl::Time> void_time;              // effective time

  bool voided() const { return void_time.has_value(); }
};

struct Invoice {
  using Id = InvoiceId;
  using State = InvoiceState;
  using Event = std::variant<events::v1::InvoiceDrafted, events::v1::InvoiceIssued,
                             events::v1::InvoiceAssigned, events::v1::InvoiceVoided>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
};

}  // namespace crm::domain
