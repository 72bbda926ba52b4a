// Tax: a rate that lines are taxed with. Lines freeze the rate they were entered with.
//
//   created -> archived <-> restored
//
// Invariants, cited by tests:
//   I1  a tax has a name (DISPLAY_NAME_REQUIRED)
//   I2  its rate is 0 to 1,000,000 parts per million (TAX_RATE_INVALID)
//   I3  an archived tax is not chosen any more and does not change until it is restored
//       (TAX_ARCHIVED)
//
// Taxes belong to the organization. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/v1/tax_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct TaxState {
  std::string display_name;
  int64_t rate_ppm = 0;
  std::optional<absl::Time> archive_time;  // effective; nullopt: offered

  bool archived() const { return archive_time.has_value(); }
};

struct Tax {
  using Id = TaxId;
  using State = TaxState;
  using Event = std::variant<events::v1::TaxCreated, events::v1::TaxRevised,
                             events::v1::TaxArchived, events::v1::TaxRestored>;
  using Resource = v1::Tax;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Tax>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<TaxId> TargetOf(const v1::UpdateTaxRequest&, const Caller&);

  // Refuses by I1, I2.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateTaxRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2, I3.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateTaxRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveTaxRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreTaxRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION TAX_ARCHIVED unless the tax is offered: for what chooses it.
absl::Status RequireOffered(const Ref<Tax>& tax);

}  // namespace crm::domain
