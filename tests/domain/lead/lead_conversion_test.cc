#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::ExampleBytes;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::ExampleStage;
using crm::testing::IsOk;
using crm::testing::kLeadPipeline;
using crm::testing::kQualified;
using crm::testing::LeadCapturedFor;
using crm::testing::LeadCaptureRefusedExample;
using crm::testing::LeadCommand;
using crm::testing::LeadConvertedExample;
using crm::testing::LeadLostExample;
using crm::testing::LeadQualifiedExample;
using crm::testing::LeadScenario;
using crm::testing::MemoryStreams;
using crm::testing::OwnershipExample;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const LeadId kLead = ExampleId<LeadId>();

v1::ConvertLeadRequest ConvertLead() { return LeadCommand<v1::ConvertLeadRequest>(); }
v1::QualifyLeadRequest QualifyLead() { return LeadCommand<v1::QualifyLeadRequest>(); }

// A lead of the first team that its first member owns.
struct OwnedLead : LeadScenario {
  OwnedLead() { Given(LeadCapturedFor(1, 1)); }
};

events::v1::LeadCaptured WithoutCompany() {
  events::v1::LeadCaptured captured = LeadCapturedFor(1, 1);
  captured.mutable_details()->clear_company_name();
  return captured;
}

TEST(LeadConversionTest, I5QualificationGivesBirthToTheCompany) {
  OwnedLead scenario;
  scenario.When(QualifyLead());
  const Ref<Customer> customer = scenario.CurrentOf<Customer>(CustomerBornOf(kLead));
  EXPECT_EQ(customer.head.version, 1);
  EXPECT_EQ(customer->kind, v1::CUSTOMER_KIND_COMPANY);
  EXPECT_EQ(customer->details.display_name(), "Buyer Ltd");
  EXPECT_THAT(customer->details.emails(), IsEmpty()) << "they are the person's";
  EXPECT_EQ(customer->details.region_code(), "DE");
  EXPECT_EQ(customer->lead, kLead);
  EXPECT_EQ(customer->team, ExampleId<TeamId>());
  EXPECT_EQ(customer->account_manager, ExampleId<MemberId>());
  EXPECT_EQ(customer->subject.uuid(), CustomerBornOf(kLead).uuid());
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(scenario.Shown().customer(), NameOf(CustomerBornOf(kLead)));
  EXPECT_THAT(scenario.outcome(), IsOk());
  EXPECT_THAT(scenario.effects(), SizeIs(1));
  scenario.Settled();
}

TEST(LeadConversionTest, I5WithoutACompanyThePersonIsTheCustomer) {
  LeadScenario scenario;
  scenario.Given(WithoutCompany()).When(QualifyLead());
  const Ref<Customer> customer = scenario.CurrentOf<Customer>(CustomerBornOf(kLead));
  EXPECT_EQ(customer->kind, v1::CUSTOMER_KIND_PERSON);
  EXPECT_EQ(customer->details.display_name(), "Grace Example");
  EXPECT_THAT(customer->details.emails(), ElementsAre("grace@buyer.example"));
  EXPECT_THAT(customer->details.phones(), ElementsAre("+49 30 1234567"));
  EXPECT_EQ(customer->subject.uuid(), kLead.uuid()) << "the lead's person";
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, I5ACompanyWithoutAPersonKeepsTheAddresses) {
  LeadScenario scenario;
  events::v1::LeadCaptured captured = LeadCapturedFor(1, 1);
  captured.mutable_details()->clear_given_name();
  captured.mutable_details()->clear_family_name();
  scenario.Given(captured).When(ConvertLead());
  const Ref<Customer> customer = scenario.CurrentOf<Customer>(CustomerBornOf(kLead));
  EXPECT_THAT(customer->details.emails(), ElementsAre("grace@buyer.example"));
  EXPECT_EQ(scenario.Shown().contact(), "");
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, QualifiesWithAKnownCustomer) {
  auto command = QualifyLead();
  command.set_customer(ExampleName<CustomerId>());
  OwnedLead scenario;
  events::v1::LeadQualified qualified = LeadQualifiedExample(ExampleId<CustomerId>());
  *qualified.mutable_ownership() = OwnershipExample(1, 1);
  scenario.When(command).Then(qualified);
  scenario.When(command).ThenNothing();
  scenario.When(QualifyLead()).ThenNothing();
}

TEST(LeadConversionTest, I5ACustomerIsBornOnce) {
  OwnedLead scenario;
  auto command = QualifyLead();
  command.set_customer(ExampleName<CustomerId>());
  scenario.When(command);
  EXPECT_THAT(scenario.outcome(), IsOk());
  command.set_customer(ExampleName<CustomerId>(2));
  scenario.When(command).ThenRejected("LEAD_CUSTOMER_DIFFERS");
  auto convert = ConvertLead();
  convert.set_customer(ExampleName<CustomerId>(2));
  scenario.When(convert).ThenRejected("LEAD_CUSTOMER_DIFFERS");
  scenario.When(ConvertLead());
  EXPECT_EQ(scenario.Shown().customer(), ExampleName<CustomerId>());
  EXPECT_FALSE(scenario.CurrentOf<Customer>(CustomerBornOf(kLead)).head.exists());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, ArchivedAndUnknownCustomersAreRefused) {
  auto command = QualifyLead();
  command.set_customer(ExampleName<CustomerId>(2));
  OwnedLead scenario;
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(2), events::v1::CustomerArchived());
  scenario.When(command).ThenRejected("CUSTOMER_ARCHIVED");
  command.set_customer(ExampleName<CustomerId>(9));
  scenario.When(command).ThenRejected("REFERENCE_NOT_FOUND");
}

TEST(LeadConversionTest, NothingNewIsMadeForAnArchivedCustomer) {
  OwnedLead scenario;
  scenario.When(QualifyLead()).Settled();
  scenario.GivenStream<Customer>(CustomerBornOf(kLead), events::v1::CustomerArchived());
  scenario.When(ConvertLead()).ThenRejected("CUSTOMER_ARCHIVED");
  scenario.When(QualifyLead()).ThenNothing();
}

TEST(LeadConversionTest, I6CustomerContactAndOpportunityInOneCommit) {
  OwnedLead scenario;
  events::v1::LeadConverted converted = LeadConvertedExample();
  *converted.mutable_ownership() = OwnershipExample(1, 1);
  scenario.When(ConvertLead());
  EXPECT_THAT(scenario.effects(), SizeIs(3));
  const Ref<Contact> contact = scenario.CurrentOf<Contact>(ContactBornOf(kLead));
  EXPECT_EQ(contact->details.given_name(), "Grace");
  EXPECT_THAT(contact->details.emails(), ElementsAre("grace@buyer.example"));
  EXPECT_NE(contact->FindLink(CustomerBornOf(kLead)), nullptr);
  EXPECT_EQ(contact->subject.uuid(), kLead.uuid()) << "erased with the lead";
  EXPECT_EQ(contact->owner, ExampleId<MemberId>());
  const Ref<Opportunity> opportunity = scenario.CurrentOf<Opportunity>(OpportunityBornOf(kLead));
  EXPECT_EQ(opportunity->details.display_name(), "Asks for fifty desks");
  EXPECT_EQ(opportunity->details.source(), "web");
  EXPECT_EQ(opportunity->details.campaign(), "spring");
  EXPECT_THAT(opportunity->details.tags(), ElementsAre("desks"));
  EXPECT_EQ(opportunity->expected_revenue, Money(*Currency::Parse("EUR"), 100'000));
  EXPECT_EQ(opportunity->team, ExampleId<TeamId>());
  EXPECT_EQ(opportunity->owner, ExampleId<MemberId>());
  EXPECT_EQ(opportunity->stage, ExampleStage(kQualified)) << "the first open of the team's";
  EXPECT_EQ(opportunity->customer(), CustomerBornOf(kLead));
  EXPECT_EQ(opportunity->details.contact_id(), ToBytes(ContactBornOf(kLead)));
  EXPECT_EQ(opportunity->lead, kLead);
  const auto last = scenario.decided();
  scenario.Settled();
  ASSERT_THAT(last, SizeIs(1));
  EXPECT_EQ(last[0]->SerializeAsString(), converted.SerializeAsString());
}

TEST(LeadConversionTest, I6ConvertingAgainToTheSameDecidesNothing) {
  OwnedLead scenario;
  scenario.When(ConvertLead()).Settled();
  const v1::Lead first = scenario.Shown();
  scenario.When(ConvertLead()).ThenNothing();
  auto same = ConvertLead();
  same.set_customer(first.customer());
  same.set_contact(first.contact());
  scenario.When(same).ThenNothing();
}

TEST(LeadConversionTest, I6ConvertingToSomethingElseIsRefused) {
  OwnedLead scenario;
  scenario.When(ConvertLead()).Settled();
  auto other_customer = ConvertLead();
  other_customer.set_customer(ExampleName<CustomerId>());
  scenario.When(other_customer)
      .ThenRejected("LEAD_ALREADY_CONVERTED")
      .Naming("customer", NameOf(CustomerBornOf(kLead)));
  auto other_contact = ConvertLead();
  other_contact.set_contact(ExampleName<ContactId>());
  scenario.When(other_contact).ThenRejected("LEAD_ALREADY_CONVERTED");
  auto without = ConvertLead();
  without.set_without_opportunity(true);
  scenario.When(without).ThenRejected("LEAD_ALREADY_CONVERTED");
}

TEST(LeadConversionTest, I6AnswersFromTheState) {
  OwnedLead scenario;
  scenario.Settled();
  scenario.When(ConvertLead()).Settled();
  MemoryStreams streams(ExampleId<OrganizationId>());
  const auto response = Lead::Respond(ConvertLead(), scenario.Current(), Lookup(streams));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(response->customer(), NameOf(CustomerBornOf(kLead)));
  EXPECT_EQ(response->contact(), NameOf(ContactBornOf(kLead)));
  EXPECT_EQ(response->opportunity(), NameOf(OpportunityBornOf(kLead)));
}

TEST(LeadConversionTest, AKnownContactIsLinkedToTheCustomerOnce) {
  auto command = ConvertLead();
  command.set_customer(ExampleName<CustomerId>());
  command.set_contact(ExampleName<ContactId>());
  command.set_without_opportunity(true);
  events::v1::ContactLinked linked;
  linked.set_customer_id(ExampleBytes<CustomerId>());
  events::v1::LeadConverted converted;
  converted.set_customer_id(ExampleBytes<CustomerId>());
  converted.set_contact_id(ExampleBytes<ContactId>());
  *converted.mutable_ownership() = OwnershipExample(1, 1);
  OwnedLead fresh;
  fresh.When(command).Then(converted).ThenAlso<Contact>(ExampleId<ContactId>(), linked);
  OwnedLead again;
  again.GivenStream<Contact>(ExampleId<ContactId>(), linked);
  again.When(command).Then(converted);
}

// What the caller does not see is refused like what does not exist, and linking a contact is
// changing it.
TEST(LeadConversionTest, WhatIsHiddenIsNotUsed) {
  auto command = ConvertLead();
  command.set_customer(ExampleName<CustomerId>());
  OwnedLead hidden;
  hidden.Denying("customer.view");
  hidden.When(command).ThenRejected("REFERENCE_NOT_FOUND");
  command.clear_customer();
  command.set_contact(ExampleName<ContactId>());
  OwnedLead unseen;
  unseen.Denying("contact.view");
  unseen.When(command).ThenRejected("REFERENCE_NOT_FOUND");
  OwnedLead fixed;
  fixed.Denying("contact.edit");
  fixed.When(command).ThenRejected("PERMISSION_DENIED").Naming("permission", "contact.edit");
}

TEST(LeadConversionTest, AKnownContactHasNoMoreLinksThanOthers) {
  OwnedLead scenario;
  for (int n = 1; n <= 20; ++n) {
    events::v1::ContactLinked linked;
    linked.set_customer_id(ExampleBytes<CustomerId>(500 + n));
    scenario.GivenStream<Contact>(ExampleId<ContactId>(), linked);
  }
  auto command = ConvertLead();
  command.set_contact(ExampleName<ContactId>());
  scenario.When(command).ThenRejected("CONTACT_LINK_LIMIT");
}

TEST(LeadConversionTest, AnArchivedContactIsRefused) {
  OwnedLead scenario;
  scenario.GivenStream<Contact>(ExampleId<ContactId>(), events::v1::ContactArchived());
  auto command = ConvertLead();
  command.set_contact(ExampleName<ContactId>());
  scenario.When(command).ThenRejected("CONTACT_ARCHIVED");
}

TEST(LeadConversionTest, TheOpportunityStartsInTheGivenPipeline) {
  auto command = ConvertLead();
  command.set_pipeline(ExampleName<PipelineId>(2));
  command.set_opportunity_display_name("Desks for Buyer");
  OwnedLead scenario;
  scenario.When(command);
  const Ref<Opportunity> opportunity = scenario.CurrentOf<Opportunity>(OpportunityBornOf(kLead));
  EXPECT_EQ(opportunity->stage, ExampleStage(kQualified, 2));
  EXPECT_EQ(opportunity->details.display_name(), "Desks for Buyer");
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, ThePipelineIsOneOfOpportunities) {
  auto command = ConvertLead();
  command.set_pipeline(ExampleName<PipelineId>(kLeadPipeline));
  OwnedLead scenario;
  scenario.When(command).ThenRejected("PIPELINE_KIND_MISMATCH");
}

TEST(LeadConversionTest, WithoutTeamAndPipelineAnOpportunityHasNowhereToStart) {
  LeadScenario().Captured().When(ConvertLead()).ThenRejected("STAGE_REQUIRED");
}

TEST(LeadConversionTest, WithoutOpportunityWhenNoneIsWanted) {
  auto command = ConvertLead();
  command.set_without_opportunity(true);
  LeadScenario scenario;
  scenario.Captured().When(command);
  EXPECT_EQ(scenario.Shown().opportunity(), "");
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_THAT(scenario.outcome(), IsOk());
  EXPECT_THAT(scenario.effects(), SizeIs(2));
  scenario.Settled();
  scenario.When(command).ThenNothing();
  scenario.When(ConvertLead()).ThenRejected("LEAD_ALREADY_CONVERTED");
}

TEST(LeadConversionTest, APersonsNameNeverBecomesAnUnsealedTitle) {
  LeadScenario scenario;
  events::v1::LeadCaptured captured = WithoutCompany();
  captured.mutable_details()->clear_display_name();
  scenario.Given(captured).When(ConvertLead());
  const Ref<Opportunity> opportunity = scenario.CurrentOf<Opportunity>(OpportunityBornOf(kLead));
  EXPECT_EQ(opportunity->details.display_name(), "Lead " + kLead.ToString().substr(0, 8));
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, I6AQualifiedLeadKeepsItsCustomer) {
  OwnedLead scenario;
  scenario.When(QualifyLead()).Settled();
  scenario.When(ConvertLead());
  EXPECT_EQ(scenario.CurrentOf<Customer>(CustomerBornOf(kLead)).head.version, 1);
  EXPECT_THAT(scenario.effects(), SizeIs(2)) << "contact and opportunity";
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
}

TEST(LeadConversionTest, I3ClosedLeadsAreNeitherQualifiedNorConverted) {
  LeadScenario lost;
  lost.Captured().Given(LeadLostExample());
  lost.When(QualifyLead()).ThenRejected("LEAD_CLOSED").Naming("state", "LOST");
  lost.When(ConvertLead()).ThenRejected("LEAD_CLOSED");
  LeadScenario refused;
  refused.Given(LeadCaptureRefusedExample());
  refused.When(ConvertLead()).ThenRejected("LEAD_CLOSED").Naming("state", "REFUSED");
}

}  // namespace
}  // namespace crm::domain
