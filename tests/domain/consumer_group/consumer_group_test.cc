// Invariants I1..I3 of domain/consumer_group/consumer_group.h.
#include "domain/consumer_group/consumer_group.h"

#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleName;
using testing::From;
using testing::Scenario;

constexpr char kDefaults[] =
    "settings { ack_deadline_ms: 30000 max_attempts: 10 retry_initial_delay_ms: 1000 "
    "retry_max_delay_ms: 60000 max_in_flight_count: 100 max_consumers_count: 16 } ";

events::v1::ConsumerGroupCreated Created(const std::string& more = "filter {}") {
  return From<events::v1::ConsumerGroupCreated>(
      absl::StrCat("display_name: 'Billing' first_position: 1 ", kDefaults, more));
}

v1::CreateConsumerGroupRequest Create(const std::string& group, const std::string& more = "") {
  return From<v1::CreateConsumerGroupRequest>(
      absl::StrCat("consumer_group { display_name: 'Billing' ", group, " } ", more));
}

v1::UpdateConsumerGroupRequest Update(const std::string& group, const std::string& paths) {
  return From<v1::UpdateConsumerGroupRequest>(
      absl::StrCat("consumer_group { name: '", ExampleName<ConsumerGroupId>(), "' ", group,
                   " } update_mask { ", paths, " }"));
}

TEST(ConsumerGroupTest, I1WhatIsLeftOpenHasItsDefaultAndTheRestItsRange) {
  Scenario<ConsumerGroup>().When(Create("")).Then(Created());
  auto patient = Created();
  patient.mutable_settings()->set_ack_deadline_ms(100);
  patient.mutable_settings()->set_park_blocks_stream(true);
  Scenario<ConsumerGroup>()
      .When(Create("ack_deadline_ms: 100 park_blocks_stream: true"))
      .Then(patient);
  Scenario<ConsumerGroup>()
      .When(Create("ack_deadline_ms: 99"))
      .ThenRejected("SETTING_OUT_OF_RANGE");
  Scenario<ConsumerGroup>()
      .When(Create("retry_initial_delay_ms: 60001"))
      .ThenRejected("RETRY_DELAYS_REVERSED");
  auto nameless = Create("");
  nameless.mutable_consumer_group()->clear_display_name();
  Scenario<ConsumerGroup>().When(nameless).ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(ConsumerGroupTest, TheFilterNamesRecordsThatCanBe) {
  const std::string lead = ExampleName<LeadId>();
  Scenario<ConsumerGroup>()
      .When(Create("filter { types: 'LeadCaptured' record: '" + lead + "' }"))
      .Then(Created("filter { types: 'LeadCaptured' record: '" + lead + "' }"));
  Scenario<ConsumerGroup>()
      .When(Create("filter { record: 'somewhere' }"))
      .ThenRejected("INVALID_NAME");
  Scenario<ConsumerGroup>()
      .When(Create("filter { actor: 'members/nobody' }"))
      .ThenRejected("INVALID_NAME");
}

TEST(ConsumerGroupTest, I2ItBeginsAtAPositionOrAfterItsCreation) {
  auto later = Created();
  later.set_first_position(500);
  Scenario<ConsumerGroup>().When(Create("", "from_position: 500")).Then(later);
  auto fresh = Created();
  fresh.clear_first_position();
  Scenario<ConsumerGroup> scenario;
  scenario.When(Create("", "new_events_only: true")).Then(fresh);
  EXPECT_EQ(scenario.Shown().start_position(), 0);
  Scenario<ConsumerGroup>()
      .When(Create("", "new_events_only: true from_position: 2"))
      .ThenRejected("START_POSITION_AMBIGUOUS");
}

TEST(ConsumerGroupTest, AnUpdateChangesWhatTheMaskNames) {
  auto revised = From<events::v1::ConsumerGroupRevised>(kDefaults);
  revised.mutable_settings()->set_max_attempts(3);
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(Update("max_attempts: 3 display_name: 'Ledger'", "paths: 'max_attempts'"))
      .Then(revised);
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(Update("display_name: 'Ledger' filter { categories: 'lead' }",
                   "paths: 'display_name' paths: 'filter'"))
      .Then(From<events::v1::ConsumerGroupRevised>(
          "display_name: 'Ledger' filter { categories: 'lead' }"));
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(Update("", "paths: 'max_attempts'"))
      .ThenNothing();  // zero is the default, which it has
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(Update("retry_max_delay_ms: 1", "paths: 'retry_max_delay_ms'"))
      .ThenRejected("RETRY_DELAYS_REVERSED");
}

TEST(ConsumerGroupTest, WhatIsDecidedAboutParkedEventsIsOnRecord) {
  const std::string name = "name: '" + ExampleName<ConsumerGroupId>() + "' ";
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(From<v1::ReplayParkedEventsRequest>(name + "positions: 7"))
      .Then(From<events::v1::ParkedEventsReplayed>("positions: 7"));
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(From<v1::DiscardParkedEventsRequest>(name + "positions: 7 reason: 'TEST_DATA'"))
      .Then(From<events::v1::ParkedEventsDiscarded>("positions: 7 reason: 'TEST_DATA'"));
}

TEST(ConsumerGroupTest, ItIsDeletedOnce) {
  const std::string name = "name: '" + ExampleName<ConsumerGroupId>() + "' ";
  Scenario<ConsumerGroup>()
      .Given(Created())
      .When(From<v1::DeleteConsumerGroupRequest>(name))
      .Then(events::v1::ConsumerGroupDeleted());
}

TEST(ConsumerGroupTest, I3ADeletedGroupTakesNoCommand) {
  const std::string name = "name: '" + ExampleName<ConsumerGroupId>() + "' ";
  Scenario<ConsumerGroup> scenario;
  scenario.Given(Created(), events::v1::ConsumerGroupDeleted());
  EXPECT_TRUE(scenario.Shown().has_delete_time());
  scenario.When(From<v1::DeleteConsumerGroupRequest>(name)).ThenNothing();
  scenario.When(Update("", "")).ThenRejected("CONSUMER_GROUP_DELETED");
  scenario.When(From<v1::ReplayParkedEventsRequest>(name)).ThenRejected("CONSUMER_GROUP_DELETED");
  scenario.When(From<v1::DiscardParkedEventsRequest>(name)).ThenRejected("CONSUMER_GROUP_DELETED");
}

}  // namespace
}  // namespace crm::domain
