#include "domain/warehouse/warehouse.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using events::v1::WarehouseArchived;
using events::v1::WarehouseCreated;
using events::v1::WarehouseRenamed;
using events::v1::WarehouseRestored;
using Result = absl::StatusOr<Decision<Warehouse::Event>>;

void On(WarehouseState& state, const WarehouseCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
}

void On(WarehouseState& state, const WarehouseRenamed& event, const EventMetadata&) {
  state.display_name = event.display_name();
}

void On(WarehouseState& state, const WarehouseArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(WarehouseState& state, const WarehouseRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

// I2
absl::Status RequireTakesGoods(const WarehouseState& state, const WarehouseId& id) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("WAREHOUSE_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"warehouse", NameOf(id)}});
}

}  // namespace

WarehouseState Warehouse::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::Warehouse> Warehouse::Render(const Ref<Warehouse>& self, const Lookup&) {
  v1::Warehouse shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(self->display_name);
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<WarehouseId> Warehouse::TargetOf(const v1::UpdateWarehouseRequest& command,
                                                const Caller&) {
  return ParseName<WarehouseId>(command.warehouse().name());
}

Result Warehouse::Decide(const State&, const v1::CreateWarehouseRequest& command,
                         const DecideContext&) {
  const std::string& name = command.warehouse().display_name();
  RETURN_IF_ERROR(RequireDisplayName(name));
  WarehouseCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(name)));
  return created;
}

Result Warehouse::Decide(const State& state, const v1::UpdateWarehouseRequest& command,
                         const DecideContext& context) {
  ASSIGN_OR_RETURN(const WarehouseId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireTakesGoods(state, id));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.warehouse(), command.update_mask(), {"display_name"}));
  if (!changes.Has("display_name")) return Decision<Event>();
  RETURN_IF_ERROR(RequireDisplayName(command.warehouse().display_name()));
  const absl::string_view name = absl::StripAsciiWhitespace(command.warehouse().display_name());
  if (name == state.display_name) return Decision<Event>();
  WarehouseRenamed renamed;
  renamed.set_display_name(std::string(name));
  return renamed;
}

Result Warehouse::Decide(const State& state, const v1::ArchiveWarehouseRequest&,
                         const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return WarehouseArchived();
}

Result Warehouse::Decide(const State& state, const v1::RestoreWarehouseRequest&,
                         const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return WarehouseRestored();
}

absl::Status RequireTakesGoods(const Ref<Warehouse>& warehouse) {
  return RequireTakesGoods(warehouse.state(), warehouse.id);
}

}  // namespace crm::domain
