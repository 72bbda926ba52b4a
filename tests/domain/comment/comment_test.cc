// Invariants I1 and I2 of domain/comment/comment.h.
#include "domain/comment/comment.h"

#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity_group/opportunity_group.h"
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
using testing::Scenario;

v1::CreateCommentRequest On(std::string parent, absl::string_view text = "Called back") {
  v1::CreateCommentRequest command;
  command.mutable_comment()->set_parent(std::move(parent));
  command.mutable_comment()->set_text(std::string(text));
  return command;
}

template <class Id>
events::v1::CommentAdded Added(std::string subject) {
  events::v1::CommentAdded event;
  event.set_parent_category(StreamOf(ExampleId<Id>()).category);
  event.set_parent_id(ExampleBytes<Id>());
  event.set_text("Called back");
  event.set_subject_id(std::move(subject));
  return event;
}

events::v1::LeadCaptured LeadExample() {
  events::v1::LeadCaptured captured;
  captured.set_subject_id(ExampleBytes<PersonId>(7));
  return captured;
}

TEST(CommentTest, I2IsSealedForThePersonTheRecordIsAbout) {
  auto person = CustomerCreatedExample();
  person.set_kind(v1::CUSTOMER_KIND_PERSON);
  person.set_subject_id(ExampleBytes<PersonId>(8));
  Scenario<Comment> scenario;
  scenario.GivenStream<Lead>(ExampleId<LeadId>(), LeadExample())
      .GivenStream<Customer>(ExampleId<CustomerId>(), person)
      .GivenStream<Contact>(ExampleId<ContactId>(), ContactCreatedExample())
      .When(On(ExampleName<LeadId>()))
      .Then(Added<LeadId>(ExampleBytes<PersonId>(7)))
      .When(On(ExampleName<CustomerId>()))
      .Then(Added<CustomerId>(ExampleBytes<PersonId>(8)))
      .When(On(ExampleName<ContactId>()))
      .Then(Added<ContactId>(ExampleBytes<ContactId>()));
  const v1::Comment shown = scenario.Shown();
  EXPECT_EQ(shown.parent(), ExampleName<ContactId>());
  EXPECT_EQ(shown.author(), ExampleName<MemberId>());
  EXPECT_EQ(shown.text(), "Called back");
  EXPECT_EQ(shown.create_time().seconds(), absl::ToUnixSeconds(testing::kExampleNow));
}

TEST(CommentTest, I2ACompanyIsNoPerson) {
  Scenario<Comment>()
      .GivenStream<Customer>(ExampleId<CustomerId>(), CustomerCreatedExample())
      .When(On(ExampleName<CustomerId>()))
      .Then(Added<CustomerId>(""));
}

TEST(CommentTest, I2AnOpportunityIsAboutItsContact) {
  auto opened = testing::OpportunityOpenedExample();
  opened.mutable_details()->set_contact_id(ExampleBytes<ContactId>());
  Scenario<Comment>()
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(), opened)
      .GivenStream<Contact>(ExampleId<ContactId>(), ContactCreatedExample())
      .When(On(ExampleName<OpportunityId>()))
      .Then(Added<OpportunityId>(ExampleBytes<ContactId>()));
  opened.mutable_details()->clear_contact_id();
  Scenario<Comment>()
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(), opened)
      .When(On(ExampleName<OpportunityId>()))
      .Then(Added<OpportunityId>(""));
  // ...or, where it has none, about its customer.
  opened.mutable_details()->set_customer_id(ExampleBytes<CustomerId>());
  auto person = CustomerCreatedExample();
  person.set_kind(v1::CUSTOMER_KIND_PERSON);
  person.set_subject_id(ExampleBytes<PersonId>(8));
  Scenario<Comment>()
      .GivenStream<Opportunity>(ExampleId<OpportunityId>(), opened)
      .GivenStream<Customer>(ExampleId<CustomerId>(), person)
      .When(On(ExampleName<OpportunityId>()))
      .Then(Added<OpportunityId>(ExampleBytes<PersonId>(8)));
}

TEST(CommentTest, I1AGroupIsSeenAsOpportunitiesAre) {
  events::v1::OpportunityGroupCreated group;
  group.set_display_name("Alternatives");
  Scenario<Comment> scenario;
  scenario.GivenStream<OpportunityGroup>(ExampleId<OpportunityGroupId>(), group)
      .When(On(ExampleName<OpportunityGroupId>()))
      .Then(Added<OpportunityGroupId>(""));
  EXPECT_EQ(scenario.Shown().parent(), ExampleName<OpportunityGroupId>());
  scenario.Denying("opportunity.view")
      .When(On(ExampleName<OpportunityGroupId>()))
      .ThenRejected("PERMISSION_DENIED");
}

TEST(CommentTest, I1HiddenAndMissingRecordsAreRefusedAlike) {
  Scenario<Comment> hidden;
  hidden.GivenStream<Lead>(ExampleId<LeadId>(), LeadExample())
      .Denying("lead.view")
      .When(On(ExampleName<LeadId>()))
      .ThenRejected("PERMISSION_DENIED");
  Scenario<Comment> missing;
  missing.When(On(ExampleName<LeadId>())).ThenRejected("PERMISSION_DENIED");
  EXPECT_EQ(hidden.outcome(), missing.outcome());
}

TEST(CommentTest, I1ItsRecordHasBegun) {
  Scenario<Comment>()
      .GivenStream<Lead>(ExampleId<LeadId>(), LeadExample())
      .At(testing::kExampleBefore - absl::Seconds(1))
      .When(On(ExampleName<LeadId>()))
      .ThenRejected("REFERENCE_NOT_YET_EFFECTIVE");
}

TEST(CommentTest, I1OtherRecordsAndEmptyTextsAreRefused) {
  Scenario<Comment>()
      .GivenStream<Lead>(ExampleId<LeadId>(), LeadExample())
      .When(On(ExampleName<TeamId>()))
      .ThenRejected("INVALID_NAME")
      .When(On(ExampleName<LeadId>(), " \n"))
      .ThenRejected("TEXT_REQUIRED");
}

}  // namespace
}  // namespace crm::domain
