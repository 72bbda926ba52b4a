// What the clock brings: notices at their instants, once, across restarts and sleep, and what those
// who look after the server see of it.
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/schedule_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Invoices = v1::InvoiceService::Stub;
using Proposals = v1::ProposalService::Stub;
using Schedules = v1::ScheduleService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;

class ScheduleTest : public ::testing::Test {
 protected:
  ScheduleTest() {
    office_.administrator.Do(&Organizations::UpdateOrganization,
                             "organization { reminder_days: 4 invoice_reminder_after_days: 7 "
                             "invoice_reminder_every_days: 7 }");
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' }")
                    .name();
  }

  static absl::Time Day(int month, int day) {
    return absl::FromCivil(absl::CivilDay(2026, month, day), absl::UTCTimeZone());
  }
  std::string Terms(absl::string_view more) const {
    return absl::StrCat("recipient { ", With("customer", customer_),
                        "} content { currency_code: 'USD' lines { description: 'Desks' ",
                        "quantity_e6: 1000000 ", Usd("unit_price", 100), "} } ",
                        office_.OwnedBy(office_.ada_name, office_.north), more);
  }
  v1::Proposal Offer(int month, int day) const {
    const v1::Proposal drafted = office_.administrator.Do(
        &Proposals::CreateProposal,
        absl::StrCat(
            "proposal { display_name: 'Desks' ",
            Terms(absl::StrCat("open_till_date { year: 2026 month: ", month, " day: ", day, " }")),
            "}"));
    return office_.administrator.Do(&Proposals::SendProposal, NameIs(drafted));
  }
  v1::Invoice Issued() const {
    const v1::Invoice drafted = office_.administrator.Do(
        &Invoices::CreateInvoice, absl::StrCat("invoice { ", Terms("due_days: 7 "), "}"));
    return office_.administrator.Do(&Invoices::IssueInvoice, NameIs(drafted));
  }
  v1::ListDueWorkResponse Due() const {
    return office_.administrator.Do(&Schedules::ListDueWork, "");
  }
  std::vector<std::string> Rules() const {
    std::vector<std::string> rules;
    const v1::ListDueWorkResponse due = Due();
    for (const v1::DueWork& work : due.due_work()) rules.push_back(work.rule());
    return rules;
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

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

TEST_F(ScheduleTest, T43AnOwnerIsRemindedFourDaysBeforeTheLastOnceAcrossRestarts) {
  Offer(3, 31);
  Offer(4, 10);
  EXPECT_THAT(Rules(), ElementsAre("proposal_expiry_notice/1", "proposal_expiry_notice/1"));
  clock_.Set(Day(3, 27) + absl::Hours(5));
  EXPECT_THAT(Await(office_.administrator, "ProposalReminded", 1), ElementsAre(Day(3, 27)));
  server_.Restart();
  clock_.Set(Day(4, 6) + absl::Hours(5));
  EXPECT_THAT(Await(server_.Administrator(), "ProposalReminded", 2),
              ElementsAre(Day(3, 27), Day(4, 6)));
}

TEST_F(ScheduleTest, AMonthOfSleepIsMadeGoodInOrder) {
  Issued();  // due on 9 March
  server_.Stop();
  clock_.Set(Day(4, 8) + absl::Hours(5));
  server_.Start();
  const ApiCaller administrator = server_.Administrator();
  EXPECT_THAT(Await(administrator, "InvoiceReminded", 4),
              ElementsAre(Day(3, 16), Day(3, 23), Day(3, 30), Day(4, 6)));
  const auto left = administrator.Do(&Schedules::ListDueWork, "");
  ASSERT_EQ(left.due_work_size(), 1);
  EXPECT_EQ(left.due_work(0).due_time().seconds(), absl::ToUnixSeconds(Day(4, 13)));
}

TEST_F(ScheduleTest, WhatNeverFailedIsNeitherRetriedNorGivenUp) {
  Offer(3, 31);
  const std::string work = With("name", Due().due_work(0).name());
  EXPECT_THAT(office_.administrator.Try(&Schedules::RetryDueWork, work),
              Refused(StatusCode::NOT_FOUND, "NOT_FOUND"));
  EXPECT_THAT(office_.administrator.Try(&Schedules::AbandonDueWork, work),
              Refused(StatusCode::NOT_FOUND, "NOT_FOUND"));
  EXPECT_THAT(office_.ada.Try(&Schedules::ListDueWork, ""),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

}  // namespace
}  // namespace crm::testing
