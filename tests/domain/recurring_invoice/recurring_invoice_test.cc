// Invariants I1..I8 of domain/recurring_invoice/recurring_invoice.h; worked cases T27, T40, T41.
// The days themselves: recurrence_test.cc.
#include "domain/recurring_invoice/recurring_invoice.h"

#include "domain/commission_register/commission_register.h"
#include "domain/invoice/invoice.h"
#include "domain/render.h"
#include "domain/settlement/settlement.h"
#include "tests/support/commission_examples.h"
#include "tests/support/document_examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using events::v1::RecurringCycleInvoiced;
using testing::Chairs;
using ::testing::ElementsAre;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using testing::Scenario;
using testing::Work;

absl::Time Midnight(int month, int day) {
  return Zone::Load("Europe/Berlin")->StartOf(absl::CivilDay(2026, month, day));
}
std::string Date(absl::string_view field, int year, int month, int day) {
  return absl::StrCat(field, " { year: ", year, " month: ", month, " day: ", day, " } ");
}
std::string Text(const google::type::Date& date) {
  return absl::StrCat(date.year(), "-", date.month(), "-", date.day());
}

class RecurringInvoiceTest : public ::testing::Test {
 protected:
  RecurringInvoiceTest() { testing::GiveOffice(scenario_.world()); }

  template <class Command>
  void Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), IsOk()) << command.ShortDebugString();
    effect_count_ = scenario_.effects().size();
    scenario_.Settled();
  }
  static v1::CreateRecurringInvoiceRequest Creation(absl::string_view fields) {
    return From<v1::CreateRecurringInvoiceRequest>(
        absl::StrCat("recurring_invoice { ", fields, " }"));
  }
  static std::string Terms() {
    return absl::StrCat("display_name: 'Support' recipient { ", Naming<CustomerId>("customer"),
                        "} due_days: 14 ", Naming<TeamId>("team"), Naming<MemberId>("owner"));
  }
  // Every month from 31 March 2026 on.
  void Create(absl::string_view more = "cycles: 4", absl::string_view content = Chairs(1)) {
    Run(Creation(absl::StrCat(Terms(), Date("anchor_date", 2026, 3, 31), "content { ", content,
                              " } ", more)));
    id_ = scenario_.Current().id;
  }
  template <class Command>
  Command AboutIt(absl::string_view more = "") const {
    return From<Command>(absl::StrCat("name: '", NameOf(id_), "' ", more));
  }
  void Update(absl::string_view fields, absl::string_view mask = "") {
    Run(From<v1::UpdateRecurringInvoiceRequest>(
        absl::StrCat("recurring_invoice { name: '", NameOf(id_), "' ", fields, " } ", mask)));
  }
  template <class Command>
  void Rejects(const Command& command, absl::string_view reason) {
    scenario_.When(command).ThenRejected(reason);
  }

  // The clock says that it is this day, and the schedule says that its cycle is due.
  Scenario<RecurringInvoice>& On(int month, int day) {
    const DueInstant instant = {.due = Midnight(month, day),
                                .rule = std::string(kRecurringCycle),
                                .subject = StreamOf(id_)};
    return scenario_.At(Midnight(month, day)).When(instant);
  }
  // It makes the invoice of this cycle, dated that day.
  v1::Invoice Makes(int cycle, int month, int day) {
    On(month, day);
    EXPECT_THAT(scenario_.outcome(), IsOk());
    EXPECT_FALSE(scenario_.decided().empty()) << month << "-" << day;
    scenario_.Settled();
    const v1::Invoice invoice = InvoiceOf(cycle);
    EXPECT_EQ(invoice.cycle(), cycle);
    EXPECT_EQ(Text(invoice.issue_date()), absl::StrCat("2026-", month, "-", day));
    return invoice;
  }
  v1::Invoice InvoiceOf(int cycle) {
    return scenario_.world().Show(scenario_.CurrentOf<Invoice>(InvoiceOfCycle(id_, cycle)));
  }
  void Pay(int cycle, int64_t minor) {
    events::v1::SettlementPosted posted;
    posted.set_paid_minor(minor);
    posted.set_instant_us(absl::ToUnixMicros(kExampleNow));
    scenario_.world().Append(StreamOf(SettlementOf(InvoiceOfCycle(id_, cycle))), posted,
                             kExampleNow);
  }
  const RecurringCycleInvoiced& Invoiced() const {
    return dynamic_cast<const RecurringCycleInvoiced&>(*scenario_.decided().front());
  }

  mutable Scenario<RecurringInvoice> scenario_;
  RecurringInvoiceId id_;
  size_t effect_count_ = 0;
};

TEST_F(RecurringInvoiceTest, IsShownAsItWasEntered) {
  Create("interval: 2 cycles: 6 only_when_paid: true");
  const v1::RecurringInvoice shown = scenario_.Shown();
  EXPECT_EQ(shown.state(), v1::RECURRENCE_STATE_ACTIVE);
  EXPECT_EQ(shown.display_name(), "Support");
  EXPECT_EQ(shown.unit(), v1::RECURRENCE_UNIT_MONTH) << "unless told otherwise";
  EXPECT_EQ(shown.interval(), 2);
  EXPECT_EQ(shown.cycles(), 6);
  EXPECT_TRUE(shown.only_when_paid());
  EXPECT_EQ(shown.content().total().units(), 118);
  EXPECT_EQ(shown.recipient().company_name(), "Customer 1");
  EXPECT_EQ(shown.channel(), "sales");
  EXPECT_EQ(shown.owner(), ExampleName<MemberId>());
  EXPECT_EQ(Text(shown.next_date()), "2026-3-31");
  EXPECT_EQ(shown.invoiced_cycles(), 0);
}

TEST_F(RecurringInvoiceTest, I1EveryCycleIsInvoicedOnceOnItsDayInOneCommit) {
  Create();
  On(3, 30).ThenNothing();
  const v1::Invoice first = Makes(1, 3, 31);
  EXPECT_EQ(first.state(), v1::INVOICE_STATE_ISSUED);
  EXPECT_EQ(first.display_name(), "Support");
  EXPECT_EQ(first.source(), NameOf(id_));
  EXPECT_EQ(first.number(), "INV-2026-00001");
  EXPECT_EQ(Text(first.due_date()), "2026-4-14");
  EXPECT_EQ(first.content().total().units(), 118);
  EXPECT_EQ(first.credited_members(0).member(), ExampleName<MemberId>()) << "frozen";
  On(3, 31).ThenNothing();
  On(4, 30);
  EXPECT_THAT(scenario_.outcome(), IsOk());
  EXPECT_EQ(Invoiced().cycle(), 2);
  EXPECT_EQ(DayFromStored(Invoiced().planned()), absl::CivilDay(2026, 4, 30));
  EXPECT_EQ(DayFromStored(Invoiced().next()), absl::CivilDay(2026, 5, 31));
  EXPECT_EQ(Invoiced().invoice_id(), ToBytes(InvoiceOfCycle(id_, 2)));
  EXPECT_EQ(Invoiced().at().total_minor(), 11'880);
  scenario_.Settled();
  EXPECT_EQ(InvoiceOf(2).number(), "INV-2026-00002");
  EXPECT_EQ(scenario_.Shown().invoiced_cycles(), 2);
  EXPECT_EQ(scenario_.Shown().last_invoice(), NameOf(InvoiceOfCycle(id_, 2)));
}

TEST_F(RecurringInvoiceTest, I5IsCompletedWithTheLastCycle) {
  Create("cycles: 2");
  Makes(1, 3, 31);
  Makes(2, 4, 30);
  EXPECT_EQ(scenario_.Shown().state(), v1::RECURRENCE_STATE_COMPLETED);
  EXPECT_FALSE(scenario_.Shown().has_next_date());
  On(5, 31).ThenNothing();
  Rejects(AboutIt<v1::PauseRecurringInvoiceRequest>(), "RECURRENCE_ENDED");
  Rejects(AboutIt<v1::CancelRecurringInvoiceRequest>(), "RECURRENCE_ENDED");
}

TEST_F(RecurringInvoiceTest, I5NoCycleIsAfterItsLastDay) {
  Create(Date("end_date", 2026, 5, 30));
  Makes(1, 3, 31);
  Makes(2, 4, 30);
  EXPECT_EQ(scenario_.Shown().state(), v1::RECURRENCE_STATE_COMPLETED);
}

TEST_F(RecurringInvoiceTest, I3ACycleWaitsUntilEarlierInvoicesArePaid) {
  Create("cycles: 4 only_when_paid: true");
  Makes(1, 3, 31);
  On(4, 30).ThenNothing();
  Pay(1, 11'879);
  On(4, 30).ThenNothing();
  Pay(1, 1);
  Makes(2, 4, 30);
  EXPECT_EQ(scenario_.Shown().invoiced_cycles(), 2) << "waiting counts as nothing";
  On(5, 31).ThenNothing();
  events::v1::InvoiceVoided voided;
  scenario_.world().Append(StreamOf(InvoiceOfCycle(id_, 2)), voided, Midnight(5, 1));
  Makes(3, 5, 31);
}

TEST_F(RecurringInvoiceTest, I3DraftsAreNotPaid) {
  Create("only_when_paid: true draft_only: true");
  On(3, 31);
  EXPECT_THAT(scenario_.outcome(), IsOk());
  scenario_.Settled();
  EXPECT_EQ(InvoiceOf(1).state(), v1::INVOICE_STATE_DRAFT);
  EXPECT_THAT(InvoiceOf(1).number(), IsEmpty());
  On(4, 30).ThenNothing();
  Update("", "update_mask { paths: 'only_when_paid' }");
  On(4, 30);
  EXPECT_THAT(scenario_.outcome(), IsOk());
  EXPECT_EQ(scenario_.Settled().Shown().invoiced_cycles(), 2);
}

TEST_F(RecurringInvoiceTest, I4AChangeIsForCyclesFromNowOn) {
  Create();
  Makes(1, 3, 31);
  Update(absl::StrCat("due_days: 30 content { ", Work(50), " }"));
  EXPECT_EQ(Makes(2, 4, 30).content().total().units(), 50);
  EXPECT_EQ(Text(InvoiceOf(2).due_date()), "2026-5-30");
  EXPECT_EQ(InvoiceOf(1).content().total().units(), 118);
  Update(absl::StrCat("content { ", Work(50), " }"));
  EXPECT_THAT(scenario_.decided(), ElementsAre(::testing::_)) << "its line has another key";
  Update("due_days: 30");
  EXPECT_THAT(scenario_.decided(), IsEmpty());
}

TEST_F(RecurringInvoiceTest, I5ChangesWhenItEnds) {
  Create();
  Makes(1, 3, 31);
  Makes(2, 4, 30);
  Rejects(From<v1::UpdateRecurringInvoiceRequest>(
              absl::StrCat("recurring_invoice { name: '", NameOf(id_), "' cycles: 1 }")),
          "CYCLES_BELOW_INVOICED");
  Update("cycles: 6");
  Update(Date("end_date", 2026, 4, 30));
  EXPECT_EQ(scenario_.Shown().state(), v1::RECURRENCE_STATE_COMPLETED) << "no cycle is left";
}

TEST_F(RecurringInvoiceTest, I2APauseLeavesOutWhatIsPlannedMeanwhile) {
  Create();
  Makes(1, 3, 31);
  Run(AboutIt<v1::PauseRecurringInvoiceRequest>());
  EXPECT_FALSE(scenario_.Shown().has_next_date());
  On(4, 30).ThenNothing();
  scenario_.At(Midnight(5, 15));
  Run(AboutIt<v1::ResumeRecurringInvoiceRequest>());
  EXPECT_EQ(Text(scenario_.Shown().next_date()), "2026-5-31");
  On(4, 30).ThenNothing();
  Makes(3, 5, 31);
  EXPECT_EQ(Invoiced().left_out(), 0);
  scenario_.At(Midnight(6, 1));
  Run(AboutIt<v1::PauseRecurringInvoiceRequest>());
  scenario_.At(Midnight(7, 1));
  Run(AboutIt<v1::ResumeRecurringInvoiceRequest>());
  EXPECT_EQ(scenario_.Shown().state(), v1::RECURRENCE_STATE_COMPLETED) << "the last was 30 June";
}

TEST_F(RecurringInvoiceTest, I2WhatWasGivenUpIsSaidByTheNextCycle) {
  Create();
  Makes(1, 3, 31);
  Makes(3, 5, 31);
  EXPECT_EQ(Invoiced().left_out(), 1);
  On(4, 30).ThenNothing();
}

TEST_F(RecurringInvoiceTest, I6ALongPastMustBeWanted) {
  // kExampleNow is in March 2026.
  const auto since = [](int year, int month, absl::string_view more) {
    return From<v1::CreateRecurringInvoiceRequest>(
        absl::StrCat("recurring_invoice { ", Terms(), Date("anchor_date", year, month, 1),
                     "content { ", Work(1), " } } ", more));
  };
  scenario_.When(since(2024, 3, "")).ThenRejected("RECURRENCE_BACKLOG").Naming("cycles", "25");
  Run(since(2024, 3, "catch_up: true"));
  Run(since(2024, 4, ""));
}

TEST_F(RecurringInvoiceTest, I5RefusesWhatCanNeverBeInvoiced) {
  const std::string content = absl::StrCat("content { ", Work(1), " } ");
  const std::string anchor = Date("anchor_date", 2026, 3, 31);
  Rejects(Creation(absl::StrCat(Terms(), content)), "RECURRENCE_INVALID");
  Rejects(Creation(absl::StrCat(Terms(), content, anchor, Date("end_date", 2026, 3, 30))),
          "RECURRENCE_INVALID");
  Rejects(Creation(absl::StrCat("display_name: ' ' ", content, anchor)), "DISPLAY_NAME_REQUIRED");
  Rejects(Creation(absl::StrCat("display_name: 'Support' ", content, anchor)),
          "RECIPIENT_REQUIRED");
  Rejects(Creation(absl::StrCat(Terms(), anchor)), "LINES_REQUIRED");
  Rejects(Creation(absl::StrCat(Terms(), content, anchor, Naming<InvoiceSeriesId>("series"))),
          "REFERENCE_NOT_FOUND");
}

TEST_F(RecurringInvoiceTest, I7WhoMayNotIssueLetsItDraft) {
  scenario_.Denying("invoice.issue");
  const std::string fields =
      absl::StrCat(Terms(), Date("anchor_date", 2026, 3, 31), "content { ", Work(310), " } ");
  Rejects(Creation(fields), "PERMISSION_DENIED");
  Run(Creation(absl::StrCat(fields, "draft_only: true")));
}

TEST_F(RecurringInvoiceTest, T41TheDaysBeforeItEndsAreInvoicedAsTheirPart) {
  Run(Creation(
      absl::StrCat(Terms(), Date("anchor_date", 2026, 5, 1), "content { ", Work(310), " }")));
  id_ = scenario_.Current().id;
  Makes(1, 5, 1);
  scenario_.At(Midnight(5, 10));
  Run(AboutIt<v1::CancelRecurringInvoiceRequest>("prorated: true reason: 'Moved away'"));
  const v1::RecurringInvoice shown = scenario_.Shown();
  EXPECT_EQ(shown.state(), v1::RECURRENCE_STATE_CANCELLED);
  EXPECT_EQ(Text(shown.last_date()), "2026-5-10");
  EXPECT_EQ(shown.cancel_reason(), "Moved away");
  EXPECT_EQ(shown.last_invoice(), NameOf(InvoiceOfCycle(id_, 2)));
  const v1::Invoice last = InvoiceOf(2);
  EXPECT_EQ(last.content().total().units(), 100);
  EXPECT_EQ(last.content().total().nanos(), 0);
  EXPECT_EQ(Text(last.issue_date()), "2026-5-10");
  On(6, 1).ThenNothing();
}

TEST_F(RecurringInvoiceTest, T41NothingIsOwedBeforeTheFirstCycleOrUnasked) {
  Create();
  Run(AboutIt<v1::CancelRecurringInvoiceRequest>("prorated: true"));
  EXPECT_EQ(effect_count_, 0U);
  Create();
  Makes(1, 3, 31);
  scenario_.At(Midnight(4, 10));
  Run(AboutIt<v1::CancelRecurringInvoiceRequest>());
  EXPECT_EQ(effect_count_, 0U);
}

// The first 3 invoices at 15 %, then 10 %.
TEST_F(RecurringInvoiceTest, T27ThePolicyFollowsTheCycle) {
  auto first = testing::PolicyRegisteredExample(1);
  first.set_priority(10);
  first.set_recurring_cycles(3);
  auto then = testing::PolicyRegisteredExample(2);
  then.set_priority(5);
  scenario_.GivenStream<CommissionRegister>(CommissionRegisterOf(ExampleId<OrganizationId>()),
                                            first, then);
  Create("", Work(100));
  const auto paying = [](const v1::Invoice& invoice) {
    return invoice.credited_members(0).policies(0);
  };
  const std::string early = ExampleName<CommissionPolicyId>(1);
  const std::string late = ExampleName<CommissionPolicyId>(2);
  EXPECT_EQ(paying(Makes(1, 3, 31)), early);
  EXPECT_EQ(paying(Makes(2, 4, 30)), early);
  EXPECT_EQ(paying(Makes(3, 5, 31)), early);
  EXPECT_EQ(paying(Makes(4, 6, 30)), late);
  EXPECT_EQ(paying(Makes(5, 7, 31)), late);
}

TEST_F(RecurringInvoiceTest, LaterCyclesAreOfWhomItIsGivenTo) {
  Create();
  Makes(1, 3, 31);
  Run(AboutIt<v1::AssignRecurringInvoiceRequest>(
      absl::StrCat(Naming<TeamId>("team"), Naming<MemberId>("owner", 2))));
  EXPECT_EQ(Makes(2, 4, 30).owner(), ExampleName<MemberId>(2));
  EXPECT_EQ(InvoiceOf(1).owner(), ExampleName<MemberId>());
}

}  // namespace
}  // namespace crm::domain
