// Invariants I1..I3 of domain/person/person.h.
#include "domain/person/person.h"

#include "domain/claim/claim.h"
#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/member/member.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ContactCreatedExample;
using testing::CustomerCreatedExample;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::MemberCreatedExample;
using testing::Scenario;

v1::ErasePersonRequest Erase(std::string record) {
  v1::ErasePersonRequest command;
  command.set_record(std::move(record));
  command.set_reason("request of 2026-03-01");
  return command;
}

events::v1::SubjectErased Erased(std::string subject, absl::string_view category) {
  events::v1::SubjectErased event;
  event.set_subject_id(std::move(subject));
  event.set_reason("request of 2026-03-01");
  event.set_record_category(std::string(category));
  return event;
}

// A contact that was born from the first example lead, and shares its person.
events::v1::ContactCreated ContactOfLeadExample() {
  auto created = ContactCreatedExample();
  created.set_subject_id(ExampleBytes<LeadId>());
  return created;
}

events::v1::CustomerCreated PersonCustomerExample() {
  auto created = CustomerCreatedExample();
  created.set_kind(v1::CUSTOMER_KIND_PERSON);
  return created;
}

const PersonId kOfContact = PersonId(ExampleId<ContactId>().uuid());

TEST(PersonTest, I1ErasesTheSubjectOfAContact) {
  Scenario<Person> scenario(kOfContact);
  scenario.GivenStream<Contact>(ExampleId<ContactId>(), ContactOfLeadExample())
      .When(Erase(ExampleName<ContactId>()))
      .Then(Erased(ExampleBytes<LeadId>(), "contact"))
      .ThenConsulted<Contact>(ExampleId<ContactId>());
  const v1::Erasure shown = scenario.Shown();
  EXPECT_EQ(shown.record(), ExampleName<ContactId>());
  EXPECT_EQ(shown.erase_time().seconds(), absl::ToUnixSeconds(testing::kExampleNow));
  EXPECT_EQ(shown.position(), 2);
}

TEST(PersonTest, I1ErasesTheSubjectOfALead) {
  events::v1::LeadCaptured captured;
  captured.set_subject_id(ExampleBytes<LeadId>());
  Scenario<Person> scenario(PersonId(ExampleId<LeadId>().uuid()));
  scenario.GivenStream<Lead>(ExampleId<LeadId>(), captured)
      .When(Erase(ExampleName<LeadId>()))
      .Then(Erased(ExampleBytes<LeadId>(), "lead"));
  EXPECT_EQ(scenario.Shown().record(), ExampleName<LeadId>());
}

TEST(PersonTest, I1ErasesACustomerThatIsAPerson) {
  Scenario<Person> scenario(PersonId(ExampleId<CustomerId>().uuid()));
  scenario.GivenStream<Customer>(ExampleId<CustomerId>(), PersonCustomerExample())
      .When(Erase(ExampleName<CustomerId>()))
      .Then(Erased(ExampleBytes<CustomerId>(), "customer"));
  EXPECT_EQ(scenario.Shown().record(), ExampleName<CustomerId>());
}

TEST(PersonTest, I1ACompanyIsNoPerson) {
  Scenario<Person>(PersonId(ExampleId<CustomerId>().uuid()))
      .GivenStream<Customer>(ExampleId<CustomerId>(), CustomerCreatedExample())
      .When(Erase(ExampleName<CustomerId>()))
      .ThenRejected("NOT_A_PERSON")
      .Naming("record", ExampleName<CustomerId>());
}

TEST(PersonTest, I1AnActiveMemberIsNotErased) {
  Scenario<Person>(PersonId(ExampleId<MemberId>().uuid()))
      .GivenStream<Member>(ExampleId<MemberId>(), MemberCreatedExample())
      .When(Erase(ExampleName<MemberId>()))
      .ThenRejected("MEMBER_STILL_ACTIVE");
}

TEST(PersonTest, I1RefusesOtherRecordsAndMissingReasons) {
  auto silent = Erase(ExampleName<ContactId>());
  silent.set_reason(" ");
  Scenario<Person>(kOfContact)
      .When(Erase(ExampleName<OpportunityId>()))
      .ThenRejected("INVALID_NAME")
      .When(Erase(ExampleName<ContactId>()))
      .ThenRejected("REFERENCE_NOT_FOUND")
      .When(silent)
      .ThenRejected("ERASURE_REASON_REQUIRED");
}

TEST(PersonTest, I2ErasingTwiceChangesNothing) {
  Scenario<Person>(kOfContact)
      .GivenStream<Contact>(ExampleId<ContactId>(), ContactCreatedExample())
      .When(Erase(ExampleName<ContactId>()))
      .Then(Erased(ExampleBytes<ContactId>(), "contact"))
      .When(Erase(ExampleName<ContactId>()))
      .ThenNothing();
}

TEST(PersonTest, I3AnErasedMembersAddressIsFree) {
  const ClaimId claim =
      ClaimOf(ExampleId<OrganizationId>(), kMemberEmailClaim, "member1@example.com");
  Scenario<Person> scenario(PersonId(ExampleId<MemberId>().uuid()));
  scenario
      .GivenStream<Member>(ExampleId<MemberId>(), MemberCreatedExample(),
                           events::v1::MemberDeactivated())
      .GivenStream<Claim>(claim, ClaimedBy(kMemberEmailClaim, StreamOf(ExampleId<MemberId>())))
      .When(Erase(ExampleName<MemberId>()))
      .Then(Erased(ExampleBytes<MemberId>(), "member"))
      .ThenAlso<Claim>(claim, events::v1::ValueReleased());
  EXPECT_EQ(scenario.Shown().record(), ExampleName<MemberId>());
}

}  // namespace
}  // namespace crm::domain
