// Recurring invoices by the clock: after any sleep every cycle once and dated as planned, waiting
// for payment, one that cannot be invoiced beside others that can. Worked case T40.
#include "crm/v1/invoice_series_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/recurring_invoice_service.grpc.pb.h"
#include "crm/v1/schedule_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Invoices = v1::InvoiceService::Stub;
using Payments = v1::PaymentService::Stub;
using Recurring = v1::RecurringInvoiceService::Stub;
using Schedules = v1::ScheduleService::Stub;
using Series = v1::InvoiceSeriesService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time Day(int month, int day) {
  return absl::FromCivil(absl::CivilDay(2026, month, day), absl::UTCTimeZone());
}
std::string Date(absl::string_view field, int month, int day) {
  return absl::StrCat(field, " { year: 2026 month: ", month, " day: ", day, " } ");
}

class RecurringInvoicesTest : public ::testing::Test {
 protected:
  RecurringInvoicesTest() {
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' }")
                    .name();
  }

  std::string Terms(absl::string_view more) const {
    return absl::StrCat("recurring_invoice { display_name: 'Support' recipient { ",
                        With("customer", customer_),
                        "} content { currency_code: 'USD' lines { description: 'Support' ",
                        "quantity_e6: 1000000 ", Usd("unit_price", 100), "} } ",
                        office_.OwnedBy(office_.ada_name, office_.north), more, "}");
  }
  // Monthly from 31 January on.
  v1::RecurringInvoice Begin(absl::string_view more = "cycles: 4 ") const {
    return office_.administrator.Do(&Recurring::CreateRecurringInvoice,
                                    Terms(absl::StrCat(Date("anchor_date", 1, 31), more)));
  }
  // Blocks until so many events of the type are in the log, and what is asked next knows of them;
  // the effective times of all of them.
  std::vector<absl::Time> Await(const ApiCaller& reader, absl::string_view type, int count) const {
    grpc::ClientContext context;
    reader.Prepare(context);
    Events stub(reader.channel());
    const auto stream = stub.SubscribeEvents(
        &context, From<v1::SubscribeEventsRequest>(
                      absl::StrCat("from_position: 1 filter { ", With("types", type), "}")));
    std::vector<absl::Time> times;
    v1::SubscribeEventsResponse message;
    while (static_cast<int>(times.size()) < count && stream->Read(&message)) {
      for (const v1::Event& event : message.batch().events()) {
        times.push_back(absl::FromUnixSeconds(event.effective_time().seconds()));
        reader.NoteSeen(event.position());
      }
    }
    EXPECT_EQ(times.size(), static_cast<size_t>(count)) << type;
    context.TryCancel();
    return times;
  }
  // "day of issue number", the newest first.
  static std::vector<std::string> Issued(const ApiCaller& reader) {
    std::vector<std::string> issued;
    const auto listed = reader.Do(&Invoices::ListInvoices, "");
    for (const v1::Invoice& invoice : listed.invoices()) {
      issued.push_back(absl::StrCat(invoice.issue_date().month(), "-", invoice.issue_date().day(),
                                    " ", invoice.number()));
    }
    return issued;
  }
  static void ExpectReconciled(const ApiCaller& administrator) {
    const auto audit = administrator.Do(&Audits::GetReconciliation, "");
    EXPECT_TRUE(audit.reconciled()) << audit.DebugString();
  }
  void SleepUntil(absl::Time time) {
    server_.Stop();
    clock_.Set(time);
    server_.Start();
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 1, 5, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

TEST_F(RecurringInvoicesTest, T40AfterSleepEveryMissedCycleIsInvoicedOnceDatedAsPlanned) {
  const v1::RecurringInvoice support = Begin();
  clock_.Set(Day(1, 31) + absl::Hours(5));
  EXPECT_THAT(Await(office_.administrator, "InvoiceIssued", 1), ElementsAre(Day(1, 31)));
  clock_.Set(Day(2, 15));
  SleepUntil(Day(5, 10) + absl::Hours(9));
  EXPECT_THAT(Await(server_.Administrator(), "InvoiceIssued", 4),
              ElementsAre(Day(1, 31), Day(2, 28), Day(3, 31), Day(4, 30)));
  server_.Restart();
  server_.Restart();
  clock_.Set(Day(6, 1));
  const ApiCaller administrator = server_.Administrator();
  EXPECT_THAT(Issued(administrator), ElementsAre("4-30 INV-2026-00004", "3-31 INV-2026-00003",
                                                 "2-28 INV-2026-00002", "1-31 INV-2026-00001"));
  const auto shown = administrator.Do(&Recurring::GetRecurringInvoice, NameIs(support));
  EXPECT_EQ(shown.state(), v1::RECURRENCE_STATE_COMPLETED);
  EXPECT_EQ(shown.invoiced_cycles(), 4);
  EXPECT_THAT(administrator.Do(&Schedules::ListDueWork, "").due_work(), IsEmpty());
  ExpectReconciled(administrator);
}

TEST_F(RecurringInvoicesTest, T40OnlyWhenPaidTheCycleWaitsAndIsNotCounted) {
  const v1::RecurringInvoice support = Begin("cycles: 4 only_when_paid: true ");
  clock_.Set(Day(1, 31) + absl::Hours(5));
  Await(office_.administrator, "InvoiceIssued", 1);
  SleepUntil(Day(5, 10) + absl::Hours(9));
  const ApiCaller administrator = server_.Administrator();
  Await(administrator, "DueSettled", 1);
  EXPECT_THAT(Issued(administrator), ElementsAre("1-31 INV-2026-00001"));
  auto shown = administrator.Do(&Recurring::GetRecurringInvoice, NameIs(support));
  EXPECT_TRUE(shown.waiting());
  EXPECT_EQ(shown.state(), v1::RECURRENCE_STATE_ACTIVE);
  EXPECT_EQ(shown.next_date().month(), 2);

  administrator.Do(&Payments::RecordPayment,
                   absl::StrCat("payment { ", Usd("amount", 100), "allocations { ",
                                With("invoice", shown.last_invoice()), Usd("amount", 100), "} }"));
  EXPECT_THAT(Await(administrator, "InvoiceIssued", 2), ElementsAre(Day(1, 31), Day(2, 28)));
  shown = administrator.Do(&Recurring::GetRecurringInvoice, NameIs(support));
  EXPECT_EQ(shown.invoiced_cycles(), 2);
  EXPECT_EQ(shown.next_date().month(), 3) << "now that one waits";
  ExpectReconciled(administrator);
}

TEST_F(RecurringInvoicesTest, OneThatCannotBeInvoicedHoldsUpNoOther) {
  const auto series = [&](absl::string_view name) {
    return office_.administrator
        .Do(&Series::CreateInvoiceSeries,
            absl::StrCat("invoice_series { ", With("display_name", name),
                         With("format", absl::StrCat(name, "-{n:3}")), "}"))
        .name();
  };
  series("A");
  const std::string other = series("B");
  const v1::RecurringInvoice bad = Begin(With("series", other));
  const v1::RecurringInvoice good = Begin();
  office_.administrator.Do(&Series::ArchiveInvoiceSeries, With("name", other));
  clock_.Set(Day(1, 31) + absl::Hours(5));
  Await(office_.administrator, "InvoiceIssued", 1);
  Await(office_.administrator, "DueFailed", 1);
  EXPECT_THAT(Issued(office_.administrator), ElementsAre("1-31 A-001"));
  const auto failed = office_.administrator.Do(&Schedules::ListDueWork, "failed: true");
  ASSERT_EQ(failed.due_work_size(), 1);
  EXPECT_EQ(failed.due_work(0).record(), bad.name());
  EXPECT_EQ(failed.due_work(0).failure_reason(), "SERIES_ARCHIVED");

  office_.administrator.Do(&Series::RestoreInvoiceSeries, With("name", other));
  office_.administrator.Do(&Schedules::RetryDueWork, With("name", failed.due_work(0).name()));
  EXPECT_THAT(Await(office_.administrator, "InvoiceIssued", 2),
              ElementsAre(Day(1, 31), Day(1, 31)));
}

TEST_F(RecurringInvoicesTest, AgentsLetTheirOwnBeDraftedAndSeeNoOthers) {
  office_.administrator.Do(&Customers::AssignCustomer,
                           With("name", customer_) + With("account_manager", office_.ada_name) +
                               With("team", office_.north));
  EXPECT_THAT(
      office_.ada.Try(&Recurring::CreateRecurringInvoice, Terms(Date("anchor_date", 1, 31))),
      Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const auto own =
      office_.ada.Do(&Recurring::CreateRecurringInvoice,
                     Terms(absl::StrCat(Date("anchor_date", 1, 31), "draft_only: true ")));
  const auto names = [](const ApiCaller& reader) {
    std::vector<std::string> listed;
    const auto page = reader.Do(&Recurring::ListRecurringInvoices, "");
    for (const auto& each : page.recurring_invoices()) listed.push_back(each.name());
    return listed;
  };
  EXPECT_THAT(names(office_.ada), ElementsAre(own.name()));
  EXPECT_THAT(names(office_.leah), ElementsAre(own.name()));
  EXPECT_THAT(names(office_.cleo), IsEmpty());
  EXPECT_THAT(office_.cleo.Try(&Recurring::CancelRecurringInvoice, NameIs(own)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

}  // namespace
}  // namespace crm::testing
