// Warehouse: where stock is kept.
//
//   created -> archived <-> restored
//
// Invariants, cited by tests:
//   I1  a warehouse has a name (DISPLAY_NAME_REQUIRED)
//   I2  an archived one takes no more goods and orders, and keeps its name, until it is restored
//       (WAREHOUSE_ARCHIVED); what is there may be sold out
//
// Warehouses belong to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/stock_events.pb.h"
#include "crm/v1/warehouse_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct WarehouseState {
  std::string display_name;
  std::optional<absl::Time> archive_time;  // effective; nullopt: takes goods

  bool archived() const { return archive_time.has_value(); }
};

struct Warehouse {
  using Id = WarehouseId;
  using State = WarehouseState;
  using Event = std::variant<events::v1::WarehouseCreated, events::v1::WarehouseRenamed,
                             events::v1::WarehouseArchived, events::v1::WarehouseRestored>;
  using Resource = v1::Warehouse;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Warehouse>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<WarehouseId> TargetOf(const v1::UpdateWarehouseRequest&, const Caller&);

  // Refuses by I1.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateWarehouseRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateWarehouseRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveWarehouseRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreWarehouseRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION WAREHOUSE_ARCHIVED unless the warehouse takes goods: for what names it anew.
absl::Status RequireTakesGoods(const Ref<Warehouse>& warehouse);

}  // namespace crm::domain
