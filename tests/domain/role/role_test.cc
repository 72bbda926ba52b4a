// Invariants I1 and I2 of domain/role/role.h.
#include "domain/role/role.h"

#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::Scenario;

v1::CreateRoleRequest Create(absl::string_view role) {
  v1::CreateRoleRequest command;
  *command.mutable_role() = From<v1::Role>(role);
  return command;
}

v1::UpdateRoleRequest Update(absl::string_view role, absl::string_view path = "") {
  v1::UpdateRoleRequest command;
  *command.mutable_role() = From<v1::Role>(role);
  command.mutable_role()->set_name(ExampleName<RoleId>());
  if (!path.empty()) command.mutable_update_mask()->add_paths(std::string(path));
  return command;
}

v1::ArchiveRoleRequest Archive(std::string name = ExampleName<RoleId>()) {
  v1::ArchiveRoleRequest command;
  command.set_name(std::move(name));
  return command;
}

TEST(RoleTest, I1CombinesKnownPermissionsEachOnce) {
  Scenario<Role>()
      .When(Create("display_name: 'Scout' grants { permission: 'lead.view' reach: REACH_TEAM } "
                   "grants { permission: 'lead.exceed_capacity' reach: REACH_OWN }"))
      .Then(From<events::v1::RoleCreated>(
          "display_name: 'Scout' grants { permission: 'lead.view' reach: 2 } "
          "grants { permission: 'lead.exceed_capacity' reach: 1 }"));
  Scenario<Role>()
      .When(Create("display_name: 'x' grants { permission: 'lead.fly' reach: REACH_ALL }"))
      .ThenRejected("PERMISSION_UNKNOWN")
      .Naming("permission", "lead.fly");
  Scenario<Role>()
      .When(Create("display_name: 'x' grants { permission: 'lead.view' reach: REACH_ALL }"
                   "grants { permission: 'lead.view' reach: REACH_OWN }"))
      .ThenRejected("PERMISSION_REPEATED");
  Scenario<Role>()
      .When(Create("display_name: 'x' grants { permission: 'lead.view' }"))
      .ThenRejected("REACH_REQUIRED");
  Scenario<Role>().When(Create("display_name: ''")).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(RoleTest, RevisesWhatDiffers) {
  const auto created = From<events::v1::RoleCreated>(
      "display_name: 'Scout' grants { permission: 'lead.view' reach: 2 }");
  Scenario<Role>()
      .Given(created)
      .When(Update("display_name: 'Scout' grants { permission: 'lead.view' reach: REACH_TEAM }"))
      .ThenNothing()
      .When(Update("display_name: 'Ranger'"))
      .Then(From<events::v1::RoleRevised>("display_name: 'Ranger'"))
      .When(Update("", "grants"))
      .Then(From<events::v1::RoleRevised>("grants_replaced: true"))
      .ThenState(::testing::Field(&RoleState::grants, ::testing::IsEmpty()))
      .When(Update("grants { permission: 'lead.fly' reach: REACH_ALL }"))
      .ThenRejected("PERMISSION_UNKNOWN");
}

TEST(RoleTest, I2AnArchivedRoleDoesNotChange) {
  Scenario<Role>()
      .Given(From<events::v1::RoleCreated>("display_name: 'Scout'"))
      .When(Archive())
      .Then(events::v1::RoleArchived())
      .ThenShows(::testing::Property(&v1::Role::has_archive_time, true))
      .When(Archive())
      .ThenNothing()
      .When(Update("display_name: 'Ranger'"))
      .ThenRejected("ROLE_ARCHIVED");
}

TEST(RoleTest, ShippedRolesCannotBeChanged) {
  Scenario<Role>().When(Archive("roles/auditor")).ThenRejected("ROLE_SHIPPED");
  auto update = Update("display_name: 'x'");
  update.mutable_role()->set_name("roles/administrator");
  Scenario<Role>().When(update).ThenRejected("ROLE_SHIPPED");
}

TEST(RoleTest, GrantsOfShippedAndCustomRoles) {
  testing::MemoryStreams streams(ExampleId<OrganizationId>());
  const auto created = From<events::v1::RoleCreated>("grants { permission: 'lead.view' reach: 2 }");
  for (const google::protobuf::Message* event :
       {static_cast<const google::protobuf::Message*>(&created),
        static_cast<const google::protobuf::Message*>(
            &events::v1::RoleArchived::default_instance())}) {
    ASSERT_THAT(streams.Append(StreamOf(ExampleId<RoleId>()), *event, testing::kExampleBefore, {}),
                testing::IsOk());
  }
  const Lookup lookup(streams);
  EXPECT_THAT(GrantsOf(RoleKey::Custom(ExampleId<RoleId>()), lookup),
              testing::IsOkAndHolds(::testing::ElementsAre(Grant{"lead.view", v1::REACH_TEAM})))
      << "an archived role still grants";
  EXPECT_THAT(GrantsOf(RoleKey::Administrator(), lookup),
              testing::IsOkAndHolds(ShippedRoles().front().grants));
  EXPECT_THAT(GrantsOf(RoleKey::FromStored("no_longer_shipped"), lookup),
              testing::IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(GrantsOf(RoleKey::Custom(ExampleId<RoleId>(2)), lookup).status(),
              testing::HasReason("REFERENCE_NOT_FOUND"));
}

TEST(RoleKeyTest, NamesShippedRolesByWordAndCustomOnesById) {
  const auto shipped = RoleKey::ParseName("roles/sales_agent");
  ASSERT_THAT(shipped, testing::IsOk());
  EXPECT_EQ(shipped->stored(), "sales_agent");
  EXPECT_EQ(shipped->name(), "roles/sales_agent");
  EXPECT_TRUE(shipped->custom().IsNil());
  EXPECT_EQ(shipped->shipped()->display_name, "Sales Agent");

  const auto custom = RoleKey::ParseName(ExampleName<RoleId>());
  ASSERT_THAT(custom, testing::IsOk());
  EXPECT_EQ(custom->custom(), ExampleId<RoleId>());
  EXPECT_EQ(custom->name(), ExampleName<RoleId>());
  EXPECT_EQ(custom->shipped(), nullptr);

  for (const char* name : {"roles/emperor", "roles/", "administrator", "members/administrator"}) {
    EXPECT_THAT(RoleKey::ParseName(name).status(), testing::HasReason("INVALID_NAME")) << name;
  }
}

}  // namespace
}  // namespace crm::domain
