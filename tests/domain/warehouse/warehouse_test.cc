// Invariants I1, I2 of domain/warehouse/warehouse.h.
#include "domain/warehouse/warehouse.h"

#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleName;
using testing::From;
using testing::Scenario;

v1::CreateWarehouseRequest Create(absl::string_view name) {
  return From<v1::CreateWarehouseRequest>(absl::StrCat("warehouse { display_name: '", name, "' }"));
}
v1::UpdateWarehouseRequest Rename(absl::string_view name) {
  return From<v1::UpdateWarehouseRequest>(absl::StrCat(
      "warehouse { name: '", ExampleName<WarehouseId>(), "' display_name: '", name, "' }"));
}
template <class Command>
Command ForWarehouse() {
  return From<Command>(absl::StrCat("name: '", ExampleName<WarehouseId>(), "'"));
}
events::v1::WarehouseCreated Hall() {
  return From<events::v1::WarehouseCreated>("display_name: 'Hall'");
}

TEST(WarehouseTest, I1HasAName) {
  Scenario<Warehouse>().When(Create(" ")).ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<Warehouse> scenario;
  scenario.When(Create(" Hall ")).Then(Hall());
  EXPECT_EQ(scenario.Shown().display_name(), "Hall");
}

TEST(WarehouseTest, I2KeepsItsNameWhileArchived) {
  Scenario<Warehouse>()
      .Given(Hall())
      .When(Rename("Hall"))
      .ThenNothing()
      .When(Rename("Shed"))
      .Then(From<events::v1::WarehouseRenamed>("display_name: 'Shed'"))
      .When(ForWarehouse<v1::ArchiveWarehouseRequest>())
      .Then(events::v1::WarehouseArchived())
      .When(ForWarehouse<v1::ArchiveWarehouseRequest>())
      .ThenNothing()
      .When(Rename("Barn"))
      .ThenRejected("WAREHOUSE_ARCHIVED")
      .When(ForWarehouse<v1::RestoreWarehouseRequest>())
      .Then(events::v1::WarehouseRestored());
}

}  // namespace
}  // namespace crm::domain
