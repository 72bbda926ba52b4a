// What is due of recurring invoices: the day of the next cycle, once it neither waits nor rests.
#include <string>
#include <vector>

#include "domain/render.h"
#include "gmock/gmock.h"
#include "projections/recurring_invoice_list.h"
#include "projections/schedule.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/prototext.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::From;
using domain::DueInstant;
using domain::InvoiceId;
using domain::RecurringInvoiceId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time Midnight(int month, int day) {
  return domain::Zone::Load("Europe/Berlin")->StartOf(absl::CivilDay(2026, month, day));
}
events::v1::Day Day(int month, int day) {
  return domain::StoredDay(absl::CivilDay(2026, month, day));
}

// Both views of the same story.
class RecurringScheduleTest : public ::testing::Test {
 protected:
  RecurringScheduleTest() {
    Tell({"organization", Uuid::FromName({}, "organization")},
         From<events::v1::OrganizationCreated>("time_zone: 'Europe/Berlin'"));
  }

  void Tell(const StreamId& stream, const google::protobuf::Message& event) {
    now_ += absl::Seconds(1);
    schedule_.Given(stream, event, {.at = now_});
    list_.Given(stream, event, {.at = now_});
  }
  template <class E>
  void TellOf(absl::string_view name, const E& event) {
    Tell(domain::StreamOf(Named<RecurringInvoiceId>(name)), event);
  }
  // Monthly, four cycles.
  void Begin(absl::string_view name, int month, int day, absl::string_view owner = "ada") {
    events::v1::RecurringInvoiceCreated created;
    created.mutable_rule()->set_unit(v1::RECURRENCE_UNIT_MONTH);
    created.mutable_rule()->set_interval(1);
    created.mutable_rule()->set_cycles(4);
    *created.mutable_rule()->mutable_anchor() = Day(month, day);
    created.mutable_at()->mutable_ownership()->set_owner_id(Bytes(owner));
    created.mutable_recipient()->set_customer_id(Bytes("mill"));
    created.set_subject_id(Bytes("mill"));
    TellOf(name, created);
  }
  void Invoice(absl::string_view name, int cycle, int next_month, int next_day) {
    events::v1::RecurringCycleInvoiced invoiced;
    invoiced.set_cycle(cycle);
    invoiced.set_invoice_id(Bytes(absl::StrCat(name, " ", cycle)));
    if (next_month != 0) *invoiced.mutable_next() = Day(next_month, next_day);
    TellOf(name, invoiced);
  }
  void Pay(absl::string_view invoice) {
    events::v1::SettlementPosted posted;
    posted.set_paid_minor(100);
    Tell({"settlement", Named<InvoiceId>(invoice).uuid()}, posted);
  }
  // It decided nothing, knowing everything up to now less so many events.
  void Settle(absl::string_view name, int month, int day, bool abandoned = false, int behind = 0) {
    const DueInstant instant = {Midnight(month, day), std::string(domain::kRecurringCycle),
                                domain::StreamOf(Named<RecurringInvoiceId>(name))};
    events::v1::DueSettled settled;
    *settled.mutable_instant() = domain::StoredInstant(instant);
    settled.set_abandoned(abandoned);
    settled.set_known_position(schedule_.history().Events().back().position() - behind);
    Tell(domain::StreamOf(domain::DueOf(instant)), settled);
  }

  std::vector<std::string> Due() {
    std::vector<std::string> due;
    const auto answer = AnswerTo<Schedule>(schedule_.Rows(), v1::ListDueWorkRequest());
    for (const v1::DueWork& work : answer.due_work()) {
      const absl::CivilDay day = domain::Zone::Load("Europe/Berlin")
                                     ->DayOf(absl::FromUnixSeconds(work.due_time().seconds()));
      due.push_back(absl::StrCat(work.rule(), " ", day.month(), "-", day.day()));
    }
    return due;
  }
  std::vector<RecurringInvoiceId> Listed(absl::string_view request = "",
                                         const Asking& asking = {}) {
    return SelectAll<RecurringInvoiceList>(list_.Rows(),
                                           From<v1::ListRecurringInvoicesRequest>(request), asking);
  }

  absl::Time now_ = Midnight(1, 1);
  ViewScenario<Schedule> schedule_;
  ViewScenario<RecurringInvoiceList> list_;
};

TEST_F(RecurringScheduleTest, TheNextCycleIsDueEvenWhenItsDayHasPassed) {
  now_ = Midnight(5, 10);
  Begin("support", 1, 31);
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 1-31"));
  Invoice("support", 1, 2, 28);
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 2-28"));
  Invoice("support", 2, 3, 31);
  Invoice("support", 3, 4, 30);
  Invoice("support", 4, 0, 0);
  EXPECT_THAT(Due(), IsEmpty());
  ExpectReplayEquality(schedule_);
}

TEST_F(RecurringScheduleTest, WhatWaitsIsDueAgainWhenItsInvoiceIsPaid) {
  Begin("support", 1, 31);
  Invoice("support", 1, 2, 28);
  Settle("support", 2, 28);
  EXPECT_THAT(Due(), IsEmpty());
  Pay("something else");
  EXPECT_THAT(Due(), IsEmpty());
  Pay("support 1");
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 2-28"));
  Settle("support", 2, 28);
  TellOf("support", From<events::v1::RecurringInvoiceRevised>("fields: 'only_when_paid'"));
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 2-28"));
  Settle("support", 2, 28);
  Tell(domain::StreamOf(Named<InvoiceId>("support 1")), events::v1::InvoiceVoided());
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 2-28"));
  ExpectReplayEquality(schedule_);
}

// The payment came between the decision and the note of it.
TEST_F(RecurringScheduleTest, APaymentThatTheDecisionDidNotKnowIsNotMissed) {
  Begin("support", 1, 31);
  Invoice("support", 1, 2, 28);
  Pay("support 1");
  Settle("support", 2, 28, /*abandoned=*/false, /*behind=*/1);
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 2-28"));
  Settle("support", 2, 28);
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(RecurringScheduleTest, AfterACycleThatWasGivenUpTheNextIsDue) {
  Begin("support", 1, 31);
  Invoice("support", 1, 2, 28);
  Settle("support", 2, 28, /*abandoned=*/true);
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 3-31"));
  Settle("support", 3, 31, /*abandoned=*/true);
  Settle("support", 4, 30, /*abandoned=*/true);
  EXPECT_THAT(Due(), IsEmpty()) << "there are four";
  ExpectReplayEquality(schedule_);
}

TEST_F(RecurringScheduleTest, NothingIsDueWhileItRestsOrHasEnded) {
  Begin("support", 1, 31);
  TellOf("support", events::v1::RecurringInvoicePaused());
  EXPECT_THAT(Due(), IsEmpty());
  events::v1::RecurringInvoiceResumed resumed;
  resumed.set_next_cycle(3);
  *resumed.mutable_next() = Day(3, 31);
  TellOf("support", resumed);
  EXPECT_THAT(Due(), ElementsAre("recurring_cycle/1 3-31"));
  TellOf("support", events::v1::RecurringInvoiceCancelled());
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(RecurringScheduleTest, ListsTheNextCycleFirst) {
  const auto id = [](absl::string_view name) { return Named<RecurringInvoiceId>(name); };
  Begin("late", 3, 31);
  Begin("early", 2, 1, "ben");
  Begin("over", 1, 1);
  TellOf("over", events::v1::RecurringInvoiceCancelled());
  EXPECT_THAT(Listed(), ElementsAre(id("early"), id("late"), id("over")));
  EXPECT_THAT(Listed("", {.page_size = 1}), ElementsAre(id("early"), id("late"), id("over")));
  Invoice("early", 1, 4, 1);
  EXPECT_THAT(Listed(), ElementsAre(id("late"), id("early"), id("over")));
  EXPECT_THAT(Listed("states: RECURRENCE_STATE_CANCELLED"), ElementsAre(id("over")));
  EXPECT_THAT(Listed("", {.audience = Only("ben")}), ElementsAre(id("early")));
  TellOf("late", events::v1::RecurringInvoicePaused());
  EXPECT_THAT(Listed("states: RECURRENCE_STATE_ACTIVE"), ElementsAre(id("early")));
  events::v1::RecurringInvoiceAssigned assigned;
  assigned.mutable_to()->set_owner_id(Bytes("ben"));
  TellOf("over", assigned);
  EXPECT_THAT(Listed("", {.audience = Only("ben")}), ElementsAre(id("early"), id("over")));
  ExpectReplayEquality(list_);
}

}  // namespace
}  // namespace crm::projections::testing
