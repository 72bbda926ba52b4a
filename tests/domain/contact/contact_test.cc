#include "domain/contact/contact.h"

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
using crm::testing::Scenario;
using events::v1::ContactDetailsRevised;
using events::v1::ContactLinked;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// The contact of the sales world is the one under test.
struct ContactScenario : Scenario<Contact> {
  ContactScenario() { GiveSalesWorld(*this); }
};

v1::CreateContactRequest CreateContact() {
  v1::CreateContactRequest command;
  v1::Contact& contact = *command.mutable_contact();
  contact.set_given_name(" Ada ");
  contact.set_family_name("Example");
  contact.add_emails("ada@EXAMPLE.com");
  contact.add_phones("+49 30 1");
  contact.set_job_title("Buyer");
  contact.set_language_code("de");
  contact.add_tags("vip");
  contact.set_team(ExampleName<TeamId>());
  contact.set_owner(ExampleName<MemberId>(2));
  v1::Contact::Link& link = *contact.add_links();
  link.set_customer(ExampleName<CustomerId>());
  link.add_roles("buyer");
  return command;
}

v1::UpdateContactRequest UpdateContact() {
  v1::UpdateContactRequest command;
  command.mutable_contact()->set_name(ExampleName<ContactId>());
  return command;
}

template <class Command>
Command ForContact() {
  Command command;
  command.set_name(ExampleName<ContactId>());
  return command;
}

v1::LinkContactRequest LinkContact(int customer, std::initializer_list<std::string> roles = {}) {
  auto command = ForContact<v1::LinkContactRequest>();
  command.mutable_link()->set_customer(ExampleName<CustomerId>(customer));
  command.mutable_link()->mutable_roles()->Add(roles.begin(), roles.end());
  return command;
}

ContactLinked Linked(int customer, std::initializer_list<std::string> roles = {}) {
  ContactLinked event;
  event.set_customer_id(ExampleBytes<CustomerId>(customer));
  event.mutable_roles()->Add(roles.begin(), roles.end());
  return event;
}

v1::UnlinkContactRequest UnlinkContact(int customer) {
  auto command = ForContact<v1::UnlinkContactRequest>();
  command.set_customer(ExampleName<CustomerId>(customer));
  return command;
}

TEST(ContactTest, CreatedAsSent) {
  ContactScenario scenario;
  scenario.When(CreateContact());
  ASSERT_THAT(scenario.outcome(), IsOk());
  ASSERT_THAT(scenario.decided(), SizeIs(2));
  const v1::Contact shown = scenario.Shown();
  EXPECT_EQ(shown.given_name(), "Ada");
  EXPECT_EQ(shown.family_name(), "Example");
  EXPECT_THAT(shown.emails(), ElementsAre("ada@example.com"));
  EXPECT_THAT(shown.phones(), ElementsAre("+49 30 1"));
  EXPECT_EQ(shown.job_title(), "Buyer");
  EXPECT_EQ(shown.language_code(), "de");
  EXPECT_THAT(shown.tags(), ElementsAre("vip"));
  EXPECT_EQ(shown.team(), ExampleName<TeamId>());
  EXPECT_EQ(shown.owner(), ExampleName<MemberId>(2));
  ASSERT_EQ(shown.links_size(), 1);
  EXPECT_EQ(shown.links(0).customer(), ExampleName<CustomerId>());
  EXPECT_THAT(shown.links(0).roles(), ElementsAre("buyer"));
  EXPECT_EQ(scenario.Current()->subject.uuid(), scenario.Current().id.uuid());
}

TEST(ContactTest, I1HasAGivenOrAFamilyName) {
  auto command = CreateContact();
  command.mutable_contact()->set_given_name(" ");
  ContactScenario one_name;
  one_name.When(command);
  EXPECT_THAT(one_name.outcome(), IsOk());
  command.mutable_contact()->clear_family_name();
  ContactScenario().When(command).ThenRejected("CONTACT_NAME_REQUIRED");
  auto update = UpdateContact();
  update.mutable_update_mask()->add_paths("given_name");
  update.mutable_update_mask()->add_paths("family_name");
  ContactScenario().When(update).ThenRejected("CONTACT_NAME_REQUIRED");
}

TEST(ContactTest, I2EmailsArePlausible) {
  auto command = UpdateContact();
  command.mutable_contact()->add_emails("ada(at)example.com");
  ContactScenario().When(command).ThenRejected("EMAIL_INVALID").Naming("index", "0");
}

TEST(ContactTest, I3EachCustomerIsLinkedOnceAtCreation) {
  auto command = CreateContact();
  *command.mutable_contact()->add_links() = command.contact().links(0);
  ContactScenario().When(command).ThenRejected("CONTACT_LINK_REPEATED");
}

TEST(ContactTest, I3LinkedToActiveCustomers) {
  ContactScenario().When(LinkContact(9)).ThenRejected("REFERENCE_NOT_FOUND");
  ContactScenario archived;
  archived.GivenStream<Customer>(ExampleId<CustomerId>(2), events::v1::CustomerArchived());
  archived.When(LinkContact(2)).ThenRejected("CUSTOMER_ARCHIVED");
  auto create = CreateContact();
  create.mutable_contact()->mutable_links(0)->set_customer(ExampleName<CustomerId>(9));
  ContactScenario().When(create).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(ContactTest, LinkingAgainReplacesTheRoles) {
  ContactScenario scenario;
  scenario.When(LinkContact(1, {"buyer"}))
      .Then(Linked(1, {"buyer"}))
      .When(LinkContact(2))
      .Then(Linked(2))
      .When(LinkContact(1, {"buyer"}))
      .ThenNothing()
      .When(LinkContact(1, {"payer", "buyer"}))
      .Then(Linked(1, {"payer", "buyer"}));
  const v1::Contact shown = scenario.Shown();
  ASSERT_EQ(shown.links_size(), 2);
  EXPECT_EQ(shown.links(0).customer(), ExampleName<CustomerId>(1));
  EXPECT_THAT(shown.links(0).roles(), ElementsAre("payer", "buyer"));
}

TEST(ContactTest, I3BelongsToAtMostTwentyCustomers) {
  ContactScenario scenario;
  for (int n = 101; n <= 120; ++n) {
    scenario.GivenStream<Contact>(ExampleId<ContactId>(), Linked(n));
  }
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(120), CustomerCreatedExample(120));
  scenario.When(LinkContact(1)).ThenRejected("CONTACT_LINK_LIMIT");
  scenario.When(LinkContact(120, {"buyer"})).Then(Linked(120, {"buyer"}));
}

TEST(ContactTest, UnlinkedFromOneCustomer) {
  events::v1::ContactUnlinked unlinked;
  unlinked.set_customer_id(ExampleBytes<CustomerId>(1));
  ContactScenario scenario;
  scenario.Given(Linked(1), Linked(2)).When(UnlinkContact(1)).Then(unlinked);
  EXPECT_EQ(scenario.Shown().links_size(), 1);
  EXPECT_EQ(scenario.Shown().links(0).customer(), ExampleName<CustomerId>(2));
  scenario.When(UnlinkContact(1)).ThenNothing();
}

TEST(ContactTest, I7TheMainContactStaysLinked) {
  events::v1::MainContactNamed named;
  named.set_contact_id(ExampleBytes<ContactId>());
  ContactScenario scenario;
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(1), named);
  scenario.Given(Linked(1))
      .When(UnlinkContact(1))
      .ThenRejected("CONTACT_IS_MAIN")
      .Naming("customer", ExampleName<CustomerId>(1));
}

TEST(ContactTest, I7TheMainContactIsNotArchived) {
  events::v1::MainContactNamed named;
  named.set_contact_id(ExampleBytes<ContactId>());
  ContactScenario scenario;
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(1), named);
  scenario.Given(Linked(1))
      .When(ForContact<v1::ArchiveContactRequest>())
      .ThenRejected("CONTACT_IS_MAIN")
      .Naming("customer", ExampleName<CustomerId>(1));
  // An archived customer could not name another one.
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(1), events::v1::CustomerArchived());
  scenario.When(ForContact<v1::ArchiveContactRequest>()).Then(events::v1::ContactArchived());
}

TEST(ContactTest, I3HiddenCustomersAreNotLinked) {
  ContactScenario scenario;
  scenario.Denying("customer.view");
  scenario.When(LinkContact(1)).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(ContactTest, I5ARevisionNamesExactlyWhatChanged) {
  auto command = UpdateContact();
  command.mutable_contact()->set_given_name("Ada");  // as it was
  command.mutable_contact()->set_job_title("Buyer");
  for (const char* path : {"given_name", "job_title", "emails"}) {
    command.mutable_update_mask()->add_paths(path);
  }
  ContactDetailsRevised revised;
  revised.add_fields("emails");
  revised.add_fields("job_title");
  revised.mutable_details()->set_job_title("Buyer");
  revised.set_subject_id(ExampleBytes<ContactId>());
  ContactScenario scenario;
  scenario.When(command).Then(revised).When(command).ThenNothing();
  EXPECT_TRUE(scenario.Shown().emails().empty());
  EXPECT_EQ(scenario.Shown().family_name(), "Example 1");
}

TEST(ContactTest, LinksAndOwnershipAreNotRevised) {
  auto command = UpdateContact();
  command.mutable_update_mask()->add_paths("links");
  ContactScenario().When(command).ThenRejected("FIELD_NOT_UPDATABLE");
  command.mutable_update_mask()->set_paths(0, "owner");
  ContactScenario().When(command).ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(ContactTest, I4NothingChangesWhileArchived) {
  ContactScenario scenario;
  scenario.When(ForContact<v1::ArchiveContactRequest>()).Then(events::v1::ContactArchived());
  EXPECT_TRUE(scenario.Shown().has_archive_time());
  scenario.When(ForContact<v1::ArchiveContactRequest>()).ThenNothing();
  auto update = UpdateContact();
  update.mutable_contact()->set_job_title("Buyer");
  scenario.When(update).ThenRejected("CONTACT_ARCHIVED");
  scenario.When(LinkContact(1)).ThenRejected("CONTACT_ARCHIVED");
  scenario.When(UnlinkContact(1)).ThenRejected("CONTACT_ARCHIVED");
  scenario.When(ForContact<v1::AssignContactRequest>()).ThenRejected("CONTACT_ARCHIVED");
  scenario.When(ForContact<v1::RestoreContactRequest>()).Then(events::v1::ContactRestored());
  scenario.When(ForContact<v1::RestoreContactRequest>()).ThenNothing();
}

TEST(ContactTest, AssignedToATeamAndAnOwner) {
  auto command = ForContact<v1::AssignContactRequest>();
  command.set_team(ExampleName<TeamId>());
  command.set_owner(ExampleName<MemberId>(3));
  events::v1::ContactAssigned assigned;
  assigned.mutable_from()->set_team_id(ExampleBytes<TeamId>());
  assigned.mutable_from()->set_owner_id(ExampleBytes<MemberId>());
  assigned.mutable_to()->set_team_id(ExampleBytes<TeamId>());
  assigned.mutable_to()->set_owner_id(ExampleBytes<MemberId>(3));
  ContactScenario scenario;
  scenario.When(command).Then(assigned).When(command).ThenNothing();
  EXPECT_EQ(Contact::ScopeOf(scenario.Current().state()).owner, ExampleId<MemberId>(3));
}

TEST(ContactTest, I6ALeadsContactSharesItsSubject) {
  events::v1::LeadDetails details;
  details.set_family_name("Example");
  details.set_phone("+49 30 1");
  details.set_job_title("Buyer");
  details.add_tags("vip");
  EXPECT_TRUE(NamesPerson(details));
  const auto person = ExampleId<PersonId>();
  const events::v1::ContactCreated created =
      ContactFromLead(ExampleId<LeadId>(), person, details, {});
  EXPECT_EQ(created.subject_id(), ToBytes(person));
  EXPECT_EQ(created.lead_id(), ExampleBytes<LeadId>());
  EXPECT_THAT(created.details().phones(), ElementsAre("+49 30 1"));
  EXPECT_THAT(created.details().tags(), ElementsAre("vip"));
  EXPECT_EQ(created.details().job_title(), "Buyer");
  details.clear_family_name();
  EXPECT_FALSE(NamesPerson(details));
}

}  // namespace
}  // namespace crm::domain
