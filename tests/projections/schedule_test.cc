// What is due, as the log tells it. Worked case T43.
#include "projections/schedule.h"

#include <string>
#include <vector>

#include "domain/render.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/prototext.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::From;
using domain::DueInstant;
using domain::InvoiceId;
using domain::OpportunityId;
using domain::ProposalId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const domain::Zone& Berlin() {
  static const auto& zone = *new domain::Zone(*domain::Zone::Load("Europe/Berlin"));
  return zone;
}
absl::Time Midnight(int month, int day) {
  return Berlin().StartOf(absl::CivilDay(2026, month, day));
}
events::v1::Day Day(int month, int day) {
  return domain::StoredDay(absl::CivilDay(2026, month, day));
}

class ScheduleTest : public ::testing::Test {
 protected:
  ScheduleTest() {
    Now(1, 1);
    Tell(Organization(), From<events::v1::OrganizationCreated>("time_zone: 'Europe/Berlin'"));
    Settings("reminder_days: 4 invoice_reminder_after_days: 7 invoice_reminder_every_days: 14");
  }

  // What follows is recorded at noon of this day.
  void Now(int month, int day) { now_ = Midnight(month, day) + absl::Hours(12); }
  void Tell(const StreamId& stream, const google::protobuf::Message& event) {
    scenario_.Given(stream, event, {.at = now_});
    now_ += absl::Seconds(1);
  }
  static StreamId Organization() { return {"organization", Uuid::FromName({}, "organization")}; }
  void Settings(absl::string_view settings) {
    Tell(Organization(), From<events::v1::OrganizationSettingsRevised>(settings));
  }
  void Draft(absl::string_view name, int month, int day) {
    events::v1::ProposalDrafted drafted;
    *drafted.mutable_details()->mutable_open_till() = Day(month, day);
    Tell(StreamNamed<ProposalId>(name), drafted);
  }
  void Issue(absl::string_view name, int month, int day) {
    events::v1::InvoiceIssued issued;
    *issued.mutable_due() = Day(month, day);
    issued.mutable_content()->set_total_minor(10'000);
    Tell(StreamNamed<InvoiceId>(name), issued);
  }
  void Pay(absl::string_view name, int64_t minor) {
    events::v1::SettlementPosted posted;
    posted.set_paid_minor(minor);
    Tell({"settlement", Named<InvoiceId>(name).uuid()}, posted);
  }
  void Remind(absl::string_view name, int month, int day) {
    events::v1::InvoiceReminded reminded;
    *reminded.mutable_planned() = Day(month, day);
    Tell(StreamNamed<InvoiceId>(name), reminded);
  }
  void Wait(absl::string_view name, int month, int day) {
    events::v1::OpportunityPlacedOnStandby placed;
    *placed.mutable_reminder() = Day(month, day);
    Tell(StreamNamed<OpportunityId>(name), placed);
  }
  template <class Id>
  static DueInstant Instant(absl::string_view rule, absl::string_view name, int month, int day) {
    return {Midnight(month, day), std::string(rule), StreamNamed<Id>(name)};
  }
  // Something about a due instant, in its own stream.
  template <class E>
  void TellOf(const DueInstant& instant, E event) {
    *event.mutable_instant() = domain::StoredInstant(instant);
    Tell(domain::StreamOf(domain::DueOf(instant)), event);
  }

  // Everything in the order it is tried: "rule month-day record".
  std::vector<std::string> Due(absl::string_view request = "") {
    std::vector<std::string> due;
    const auto answer = AnswerTo<Schedule>(scenario_.Rows(), From<v1::ListDueWorkRequest>(request));
    for (const v1::DueWork& work : answer.due_work()) {
      const absl::CivilDay day = Berlin().DayOf(absl::FromUnixSeconds(work.due_time().seconds()));
      due.push_back(absl::StrCat(work.rule(), " ", day.month(), "-", day.day()));
    }
    return due;
  }

  absl::Time now_;
  ViewScenario<Schedule> scenario_;
};

TEST_F(ScheduleTest, T43AProposalIsDueFourDaysBeforeItsLast) {
  Draft("desks", 3, 31);
  EXPECT_THAT(Due(), ElementsAre("proposal_expiry_notice/1 3-27"));
  const auto turn = Schedule::FirstTurn(scenario_.Rows());
  ASSERT_TRUE(turn.ok());
  EXPECT_EQ(turn->time, Midnight(3, 27));
  EXPECT_THAT(turn->work,
              ElementsAre(Instant<ProposalId>(domain::kProposalExpiryNotice, "desks", 3, 27)));
}

TEST_F(ScheduleTest, NothingIsDueOfWhatIsOver) {
  const std::vector<std::shared_ptr<google::protobuf::Message>> ends = {
      std::make_shared<events::v1::ProposalAccepted>(),
      std::make_shared<events::v1::ProposalDeclined>(),
      std::make_shared<events::v1::ProposalSuperseded>(),
      std::make_shared<events::v1::ProposalReminded>(),
      std::make_shared<events::v1::ProposalArchived>(),
      std::make_shared<events::v1::ProposalExtended>()};
  for (size_t i = 0; i < ends.size(); ++i) {
    const std::string name = absl::StrCat("proposal ", i);
    Draft(name, 3, 31);
    EXPECT_THAT(Due(), ElementsAre("proposal_expiry_notice/1 3-27"));
    Tell(StreamNamed<ProposalId>(name), *ends[i]);
    EXPECT_THAT(Due(), IsEmpty()) << ends[i]->GetTypeName();
  }
  Tell(StreamNamed<ProposalId>("proposal 4"), events::v1::ProposalRestored());
  EXPECT_THAT(Due(), ElementsAre("proposal_expiry_notice/1 3-27"));
  ExpectReplayEquality(scenario_);
}

TEST_F(ScheduleTest, ALaterDayIsDueAgain) {
  Draft("desks", 3, 31);
  Tell(StreamNamed<ProposalId>("desks"), events::v1::ProposalReminded());
  events::v1::ProposalExtended extended;
  *extended.mutable_to() = Day(4, 30);
  Tell(StreamNamed<ProposalId>("desks"), extended);
  EXPECT_THAT(Due(), ElementsAre("proposal_expiry_notice/1 4-26"));
}

TEST_F(ScheduleTest, RemindersFollowEachOtherUntilItIsPaid) {
  Issue("chairs", 3, 1);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-8"));
  Remind("chairs", 3, 8);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-22"));
  Pay("chairs", 9'999);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-22"));
  Pay("chairs", 1);
  EXPECT_THAT(Due(), IsEmpty());
  // Money goes back on 1 April: what had passed by then is let go.
  Now(4, 1);
  Pay("chairs", -10'000);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 4-5"));
  events::v1::InvoiceVoided voided;
  voided.set_issued(true);
  Tell(StreamNamed<InvoiceId>("chairs"), voided);
  EXPECT_THAT(Due(), IsEmpty());
  ExpectReplayEquality(scenario_);
}

TEST_F(ScheduleTest, WhatIsMissedIsMadeGoodInOrder) {
  Issue("chairs", 3, 1);
  // Recorded in May, after a long sleep.
  Now(5, 10);
  Remind("chairs", 3, 8);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-22"));
  Remind("chairs", 3, 22);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 4-5"));
}

TEST_F(ScheduleTest, WhatHadPassedWhenItWasPlannedIsLetGo) {
  Now(6, 15);
  Draft("desks", 3, 31);
  Wait("late", 3, 1);
  EXPECT_THAT(Due(), IsEmpty());
  Issue("chairs", 3, 1);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 6-28"));
}

TEST_F(ScheduleTest, OtherSettingsPlanAnew) {
  Issue("chairs", 3, 1);
  Draft("desks", 3, 31);
  Now(3, 5);
  Settings("invoice_reminder_after_days: 2 reminder_days: 10");
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-17", "proposal_expiry_notice/1 3-21"));
  Settings("leads_enabled: false");
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-17", "proposal_expiry_notice/1 3-21"));
  Settings("invoice_reminder_after_days: 0");
  EXPECT_THAT(Due(), ElementsAre("proposal_expiry_notice/1 3-21"));
  ExpectReplayEquality(scenario_);
}

// Of contracts, as T43: so many days before the last one, once it is signed.
TEST_F(ScheduleTest, T43AContractIsDueSoManyDaysBeforeItsLast) {
  const StreamId contract = StreamNamed<domain::ContractId>("upkeep");
  events::v1::ContractDrafted drafted;
  *drafted.mutable_details()->mutable_end() = Day(3, 31);
  drafted.mutable_details()->set_notice_days(4);
  Tell(contract, drafted);
  EXPECT_THAT(Due(), IsEmpty());
  Tell(contract, events::v1::ContractSigned());
  EXPECT_THAT(Due(), ElementsAre("contract_expiry_notice/1 3-27"));
  events::v1::ContractDetailsRevised revised;
  revised.add_fields("notice_days");
  revised.mutable_details()->set_notice_days(10);
  Tell(contract, revised);
  EXPECT_THAT(Due(), ElementsAre("contract_expiry_notice/1 3-21"));
  Tell(contract, events::v1::ContractExpiryNoticed());
  EXPECT_THAT(Due(), IsEmpty());
  events::v1::ContractRenewed renewed;
  *renewed.mutable_to_end() = Day(5, 31);
  Tell(contract, renewed);
  EXPECT_THAT(Due(), ElementsAre("contract_expiry_notice/1 5-21"));
  Tell(contract, events::v1::ContractRenewed());
  EXPECT_THAT(Due(), IsEmpty()) << "it has no end now";
  Tell(contract, renewed);
  Tell(contract, events::v1::ContractTerminated());
  EXPECT_THAT(Due(), IsEmpty());
  ExpectReplayEquality(scenario_);
}

TEST_F(ScheduleTest, StandbyIsDueOnItsDay) {
  Wait("big", 4, 1);
  EXPECT_THAT(Due(), ElementsAre("opportunity_standby/1 4-1"));
  Tell(StreamNamed<OpportunityId>("big"), events::v1::OpportunityReminded());
  EXPECT_THAT(Due(), IsEmpty());
  Tell(StreamNamed<OpportunityId>("big"), events::v1::OpportunityResumed());
  Wait("big", 4, 1);
  EXPECT_THAT(Due(), ElementsAre("opportunity_standby/1 4-1"));
  Tell(StreamNamed<OpportunityId>("big"), events::v1::OpportunityWon());
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(ScheduleTest, WhatFailedStandsAsideUntilItIsTriedAgain) {
  Wait("big", 4, 1);
  Wait("small", 4, 1);
  const DueInstant big = Instant<OpportunityId>(domain::kOpportunityStandby, "big", 4, 1);
  const DueInstant small = Instant<OpportunityId>(domain::kOpportunityStandby, "small", 4, 1);
  events::v1::DueFailed failed;
  failed.set_reason("INTERNAL");
  failed.set_attempt(1);
  failed.set_retry_time_us(absl::ToUnixMicros(Midnight(4, 2)));
  TellOf(big, failed);
  EXPECT_THAT(Schedule::FirstTurn(scenario_.Rows())->work, ElementsAre(small));
  const auto shown =
      AnswerTo<Schedule>(scenario_.Rows(), From<v1::ListDueWorkRequest>("failed: true")).due_work();
  ASSERT_EQ(shown.size(), 1);
  EXPECT_EQ(shown[0].name(), domain::NameOf(domain::DueOf(big)));
  EXPECT_EQ(shown[0].record(), domain::NameOf(Named<OpportunityId>("big")));
  EXPECT_EQ(shown[0].attempt_count(), 1);
  EXPECT_EQ(shown[0].failure_reason(), "INTERNAL");
  EXPECT_EQ(shown[0].etag(), "\"1\"");
  EXPECT_EQ(absl::FromUnixSeconds(shown[0].retry_time().seconds()), Midnight(4, 2));

  events::v1::DueRetried retried;
  retried.set_retry_time_us(absl::ToUnixMicros(Midnight(3, 1)));
  TellOf(big, retried);
  EXPECT_THAT(Schedule::FirstTurn(scenario_.Rows())->work, ElementsAre(big));
  TellOf(big, events::v1::DueSettled());
  EXPECT_THAT(Schedule::FirstTurn(scenario_.Rows())->work, ElementsAre(small));
  ExpectReplayEquality(scenario_);
}

TEST_F(ScheduleTest, AfterWhatWasGivenUpTheNextIsDue) {
  Issue("chairs", 3, 1);
  events::v1::DueSettled settled;
  settled.set_abandoned(true);
  TellOf(Instant<InvoiceId>(domain::kInvoiceReminder, "chairs", 3, 8), settled);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-22"));
  // An instant it does not wait for changes nothing.
  TellOf(Instant<InvoiceId>(domain::kInvoiceReminder, "chairs", 3, 8), settled);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 3-22"));
}

TEST_F(ScheduleTest, ListsTheEarliestFirstInPages) {
  Wait("c", 4, 3);
  Draft("b", 4, 6);
  Issue("a", 3, 25);
  EXPECT_THAT(Due(), ElementsAre("invoice_reminder/1 4-1", "proposal_expiry_notice/1 4-2",
                                 "opportunity_standby/1 4-3"));
  EXPECT_THAT(Due("until_time { seconds: 1775080800 }"),  // midnight of 2 April in Berlin
              ElementsAre("invoice_reminder/1 4-1"));
  std::vector<std::string> rules;
  std::string after;
  const domain::Audience audience = Everybody();
  do {
    QueryContext context(audience, Asking().at, 2, after);
    const auto page = Schedule::Answer(v1::ListDueWorkRequest(), scenario_.Rows(), context);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::DueWork& work : page->due_work()) rules.push_back(work.rule());
    after = context.next();
  } while (!after.empty());
  EXPECT_THAT(rules, ElementsAre("invoice_reminder/1", "proposal_expiry_notice/1",
                                 "opportunity_standby/1"));
}

}  // namespace
}  // namespace crm::projections::testing
