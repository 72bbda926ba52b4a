#include "domain/customer/customer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/opportunity_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::CustomerCreatedExample;
using crm::testing::ExampleBytes;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::GiveSalesWorld;
using crm::testing::IsOk;
using crm::testing::kExampleNow;
using crm::testing::Scenario;
using events::v1::CustomerDetailsRevised;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// The first customer of the sales world is the one under test.
struct CustomerScenario : Scenario<Customer> {
  CustomerScenario() { GiveSalesWorld(*this); }
};

v1::CreateCustomerRequest CreateCustomer() {
  v1::CreateCustomerRequest command;
  v1::Customer& customer = *command.mutable_customer();
  customer.set_display_name(" Buyer Ltd ");
  customer.add_emails("info@BUYER.example");
  customer.add_phones(" +49 30 1 ");
  customer.add_addresses()->set_locality("Berlin");
  customer.mutable_addresses(0)->add_address_lines("Street 1");
  customer.set_website("https://buyer.example");
  customer.set_industry("furniture");
  customer.set_employee_count(0);
  customer.mutable_annual_revenue()->set_currency_code("EUR");
  customer.mutable_annual_revenue()->set_units(7);
  customer.set_language_code("de");
  customer.set_region_code("DE");
  customer.add_tags("vip");
  customer.set_latitude_e7(525'200'000);
  customer.set_longitude_e7(134'050'000);
  customer.set_team(ExampleName<TeamId>());
  customer.set_account_manager(ExampleName<MemberId>(2));
  return command;
}

v1::UpdateCustomerRequest UpdateCustomer(int n = 1) {
  v1::UpdateCustomerRequest command;
  command.mutable_customer()->set_name(ExampleName<CustomerId>(n));
  return command;
}

template <class Command>
Command ForCustomer(int n = 1) {
  Command command;
  command.set_name(ExampleName<CustomerId>(n));
  return command;
}

CustomerDetailsRevised Revised(std::initializer_list<std::string> fields) {
  CustomerDetailsRevised event;
  event.mutable_fields()->Add(fields.begin(), fields.end());
  event.mutable_details();
  event.set_subject_id(ExampleBytes<CustomerId>());
  return event;
}

CustomerDetailsRevised HasParent(int parent, int self = 1) {
  CustomerDetailsRevised event = Revised({"parent"});
  event.mutable_details()->set_parent_id(ExampleBytes<CustomerId>(parent));
  event.set_subject_id(ExampleBytes<CustomerId>(self));
  return event;
}

TEST(CustomerTest, CreatedAsSent) {
  CustomerScenario scenario;
  scenario.When(CreateCustomer());
  ASSERT_THAT(scenario.outcome(), IsOk());
  const v1::Customer shown = scenario.Shown();
  EXPECT_EQ(shown.kind(), v1::CUSTOMER_KIND_COMPANY) << "the default";
  EXPECT_EQ(shown.display_name(), "Buyer Ltd");
  EXPECT_THAT(shown.emails(), ElementsAre("info@buyer.example"));
  EXPECT_THAT(shown.phones(), ElementsAre("+49 30 1"));
  EXPECT_EQ(shown.addresses(0).locality(), "Berlin");
  EXPECT_THAT(shown.addresses(0).address_lines(), ElementsAre("Street 1"));
  EXPECT_EQ(shown.website(), "https://buyer.example");
  EXPECT_EQ(shown.industry(), "furniture");
  EXPECT_TRUE(shown.has_employee_count()) << "none is a number too";
  EXPECT_EQ(shown.annual_revenue().units(), 7);
  EXPECT_EQ(shown.latitude_e7(), 525'200'000);
  EXPECT_EQ(shown.longitude_e7(), 134'050'000);
  EXPECT_EQ(shown.team(), ExampleName<TeamId>());
  EXPECT_EQ(shown.account_manager(), ExampleName<MemberId>(2));
  EXPECT_EQ(shown.etag(), "\"1\"");
  EXPECT_EQ(shown.create_time().seconds(), absl::ToUnixSeconds(kExampleNow));
}

TEST(CustomerTest, I7EnteredDirectlyItIsItsOwnSubject) {
  CustomerScenario scenario;
  auto command = CreateCustomer();
  command.mutable_customer()->set_kind(v1::CUSTOMER_KIND_PERSON);
  scenario.When(command);
  EXPECT_EQ(scenario.Current()->subject.uuid(), scenario.Current().id.uuid());
  EXPECT_EQ(scenario.Shown().kind(), v1::CUSTOMER_KIND_PERSON);
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(CustomerTest, I1HasAName) {
  auto nameless = CreateCustomer();
  nameless.mutable_customer()->set_display_name(" ");
  CustomerScenario().When(nameless).ThenRejected("CUSTOMER_NAME_REQUIRED");
  auto command = UpdateCustomer();
  command.mutable_update_mask()->add_paths("display_name");
  CustomerScenario().When(command).ThenRejected("CUSTOMER_NAME_REQUIRED");
}

TEST(CustomerTest, I2EmailsArePlausibleAndNormalised) {
  auto command = CreateCustomer();
  command.mutable_customer()->add_emails("nobody");
  CustomerScenario().When(command).ThenRejected("EMAIL_INVALID").Naming("index", "1");
  command.mutable_customer()->set_emails(1, "INFO@buyer.EXAMPLE");
  CustomerScenario scenario;
  scenario.When(command);
  EXPECT_THAT(scenario.Shown().emails(), SizeIs(1)) << "the same address";
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(CustomerTest, I6ARevisionNamesExactlyWhatChanged) {
  auto command = UpdateCustomer();
  command.mutable_customer()->set_display_name("Customer 1");  // as it was
  command.mutable_customer()->set_industry("furniture");
  command.mutable_customer()->add_tags("vip");
  for (const char* path : {"display_name", "industry", "tags", "region_code", "website"}) {
    command.mutable_update_mask()->add_paths(path);
  }
  CustomerDetailsRevised revised = Revised({"industry", "region_code", "tags"});
  revised.mutable_details()->set_industry("furniture");
  revised.mutable_details()->add_tags("vip");
  CustomerScenario scenario;
  scenario.When(command).Then(revised);
  EXPECT_EQ(scenario.Shown().region_code(), "") << "named and not given: cleared";
  EXPECT_THAT(scenario.Shown().emails(), SizeIs(1)) << "not named: kept";
  EXPECT_EQ(scenario.Shown().etag(), "\"2\"");
  scenario.When(command).ThenNothing();
}

TEST(CustomerTest, I6AnEmptyMaskChangesWhatIsSet) {
  auto command = UpdateCustomer();
  command.mutable_customer()->set_website("https://buyer.example");
  CustomerDetailsRevised revised = Revised({"website"});
  revised.mutable_details()->set_website("https://buyer.example");
  CustomerScenario().When(command).Then(revised);
}

TEST(CustomerTest, KindAndOwnershipAreNotRevised) {
  auto command = UpdateCustomer();
  command.mutable_update_mask()->add_paths("kind");
  CustomerScenario().When(command).ThenRejected("FIELD_NOT_UPDATABLE");
  command.mutable_update_mask()->set_paths(0, "account_manager");
  CustomerScenario().When(command).ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(CustomerTest, I3ParentsExistAndAreActive) {
  auto command = UpdateCustomer();
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(9));
  CustomerScenario().When(command).ThenRejected("REFERENCE_NOT_FOUND");
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(2));
  CustomerScenario archived;
  archived.GivenStream<Customer>(ExampleId<CustomerId>(2), events::v1::CustomerArchived());
  archived.When(command).ThenRejected("CUSTOMER_ARCHIVED");
  CustomerScenario().When(command).Then(HasParent(2));
  auto create = CreateCustomer();
  create.mutable_customer()->set_parent(ExampleName<CustomerId>(9));
  CustomerScenario().When(create).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(CustomerTest, I3ParentsFormNoCycle) {
  auto command = UpdateCustomer();
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(1));
  CustomerScenario().When(command).ThenRejected("CUSTOMER_PARENT_CYCLE");
  // 2 -> 3 -> 1: neither may become the parent of 1, and both streams are what says so.
  CustomerScenario scenario;
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(3), CustomerCreatedExample(3),
                                 HasParent(1, 3));
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(2), HasParent(3, 2));
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(2));
  scenario.When(command)
      .ThenRejected("CUSTOMER_PARENT_CYCLE")
      .Naming("parent", ExampleName<CustomerId>(2));
}

TEST(CustomerTest, I3EveryAncestorIsConsulted) {
  CustomerScenario scenario;
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(3), CustomerCreatedExample(3));
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(2), HasParent(3, 2));
  auto command = UpdateCustomer();
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(2));
  scenario.When(command)
      .Then(HasParent(2))
      .ThenConsulted<Customer>(ExampleId<CustomerId>(2))
      .ThenConsulted<Customer>(ExampleId<CustomerId>(3));
}

TEST(CustomerTest, I3ACustomerHasAtMost32Ancestors) {
  // Customers 100, 101, ..., each the child of the one before: 100 + n has n ancestors.
  const auto give = [](CustomerScenario& scenario) {
    scenario.GivenStream<Customer>(ExampleId<CustomerId>(100), CustomerCreatedExample(100));
    for (int n = 101; n <= 132; ++n) {
      scenario.GivenStream<Customer>(ExampleId<CustomerId>(n), CustomerCreatedExample(n),
                                     HasParent(n - 1, n));
    }
  };
  CustomerScenario scenario;
  give(scenario);
  auto command = UpdateCustomer();
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(131));
  scenario.When(command).Then(HasParent(131));
  CustomerScenario deeper;
  give(deeper);
  command.mutable_customer()->set_parent(ExampleName<CustomerId>(132));
  deeper.When(command).ThenRejected("CUSTOMER_PARENT_TOO_DEEP");
}

TEST(CustomerTest, I4NothingChangesWhileArchived) {
  CustomerScenario scenario;
  scenario.When(ForCustomer<v1::ArchiveCustomerRequest>()).Then(events::v1::CustomerArchived());
  EXPECT_EQ(scenario.Shown().archive_time().seconds(), absl::ToUnixSeconds(kExampleNow));
  scenario.When(ForCustomer<v1::ArchiveCustomerRequest>()).ThenNothing();
  auto update = UpdateCustomer();
  update.mutable_customer()->set_industry("furniture");
  scenario.When(update).ThenRejected("CUSTOMER_ARCHIVED");
  scenario.When(ForCustomer<v1::AssignCustomerRequest>()).ThenRejected("CUSTOMER_ARCHIVED");
  scenario.When(ForCustomer<v1::NameMainContactRequest>()).ThenRejected("CUSTOMER_ARCHIVED");
  scenario.When(ForCustomer<v1::RestoreCustomerRequest>()).Then(events::v1::CustomerRestored());
  EXPECT_FALSE(scenario.Shown().has_archive_time());
  scenario.When(ForCustomer<v1::RestoreCustomerRequest>()).ThenNothing();
}

TEST(CustomerTest, I5ARestoredCustomerLetsGoOfAnArchivedMainContact) {
  events::v1::MainContactNamed named;
  named.set_contact_id(ExampleBytes<ContactId>());
  events::v1::ContactLinked linked;
  linked.set_customer_id(ExampleBytes<CustomerId>());
  CustomerScenario kept;
  kept.GivenStream<Contact>(ExampleId<ContactId>(), linked);
  kept.Given(named, events::v1::CustomerArchived());
  kept.When(ForCustomer<v1::RestoreCustomerRequest>()).Then(events::v1::CustomerRestored());
  CustomerScenario gone;
  gone.GivenStream<Contact>(ExampleId<ContactId>(), linked, events::v1::ContactArchived());
  gone.Given(named, events::v1::CustomerArchived());
  gone.When(ForCustomer<v1::RestoreCustomerRequest>())
      .Then(events::v1::CustomerRestored(), events::v1::MainContactNamed());
}

TEST(CustomerTest, AssignedToATeamAndAnAccountManager) {
  auto command = ForCustomer<v1::AssignCustomerRequest>();
  command.set_team(ExampleName<TeamId>());
  command.set_account_manager(ExampleName<MemberId>(2));
  events::v1::CustomerAssigned assigned;
  assigned.mutable_from()->set_team_id(ExampleBytes<TeamId>());
  assigned.mutable_from()->set_owner_id(ExampleBytes<MemberId>());
  assigned.mutable_to()->set_team_id(ExampleBytes<TeamId>());
  assigned.mutable_to()->set_owner_id(ExampleBytes<MemberId>(2));
  CustomerScenario scenario;
  scenario.When(command).Then(assigned);
  EXPECT_EQ(Customer::ScopeOf(scenario.Current().state()).owner, ExampleId<MemberId>(2));
  scenario.When(command).ThenNothing();
  command.set_account_manager(ExampleName<MemberId>(9));
  scenario.When(command).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(CustomerTest, I5TheMainContactIsLinked) {
  auto command = ForCustomer<v1::NameMainContactRequest>();
  command.set_contact(ExampleName<ContactId>());
  CustomerScenario().When(command).ThenRejected("CONTACT_NOT_LINKED");
  events::v1::ContactLinked linked;
  linked.set_customer_id(ExampleBytes<CustomerId>());
  events::v1::MainContactNamed named;
  named.set_contact_id(ExampleBytes<ContactId>());
  CustomerScenario scenario;
  scenario.GivenStream<Contact>(ExampleId<ContactId>(), linked);
  scenario.When(command).Then(named).When(command).ThenNothing();
  EXPECT_EQ(scenario.Shown().main_contact(), ExampleName<ContactId>());
  command.clear_contact();
  named.clear_contact_id();
  scenario.When(command).Then(named);
  EXPECT_EQ(scenario.Shown().main_contact(), "");
}

TEST(CustomerTest, I5TheMainContactIsNotArchived) {
  events::v1::ContactLinked linked;
  linked.set_customer_id(ExampleBytes<CustomerId>());
  auto command = ForCustomer<v1::NameMainContactRequest>();
  command.set_contact(ExampleName<ContactId>());
  CustomerScenario scenario;
  scenario.GivenStream<Contact>(ExampleId<ContactId>(), linked, events::v1::ContactArchived());
  scenario.When(command).ThenRejected("CONTACT_ARCHIVED");
}

TEST(CustomerTest, FieldsOfALaterReleaseArePassedOver) {
  CustomerDetailsRevised later = Revised({"shoe_size", "industry"});
  later.mutable_details()->set_industry("shoes");
  CustomerScenario scenario;
  scenario.Given(later);
  EXPECT_EQ(scenario.Shown().industry(), "shoes");
}

}  // namespace
}  // namespace crm::domain
