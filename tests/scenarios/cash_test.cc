// From proposal to cash: what is agreed is invoiced, what is paid is commissioned, to the cent,
// once, whoever asks twice or at the same time.
#include <future>
#include <set>

#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/product_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using CreditNotes = v1::CreditNoteService::Stub;
using Invoices = v1::InvoiceService::Stub;
using Payments = v1::PaymentService::Stub;
using Policies = v1::CommissionPolicyService::Stub;
using Products = v1::ProductService::Stub;
using Proposals = v1::ProposalService::Stub;
using Receipts = v1::CommissionReceiptService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Agents earn 5 % up to 10,000, 7 % up to 30,000 and 10 % above; the leader 2 % of it all.
constexpr char kPolicy[] =
    "commission_policy { display_name: 'Ladder' terms { kind: COMMISSION_KIND_LADDER "
    "currency_code: 'USD' ladder { "
    "steps { upper { currency_code: 'USD' units: 10000 } rate_ppm: 50000 } "
    "steps { lower { currency_code: 'USD' units: 10000 } "
    "        upper { currency_code: 'USD' units: 30000 } rate_ppm: 70000 } "
    "steps { lower { currency_code: 'USD' units: 30000 } rate_ppm: 100000 } } "
    "override_terms { rate_ppm: 20000 } } }";

class CashTest : public ::testing::Test {
 protected:
  CashTest() {
    office_.administrator.Do(&Policies::CreateCommissionPolicy, kPolicy);
    office_.administrator.Do(&Teams::NameOverrideLeader,
                             With("name", office_.north) + With("member", office_.leah_name));
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  // Of so many USD, without tax.
  static std::string Content(int64_t units) {
    return absl::StrCat("content { currency_code: 'USD' lines { description: 'Desks' ",
                        "quantity_e6: 1000000 ", Usd("unit_price", units), "} } ");
  }
  // Agreed with the mill and sent, by Ada.
  v1::Proposal Sent(int64_t units) const {
    const v1::Opportunity opportunity = office_.Open(
        office_.ada, "Desks", units,
        With("customer", customer_) + office_.OwnedBy(office_.ada_name, office_.north));
    const v1::Proposal drafted = office_.ada.Do(
        &Proposals::CreateProposal,
        absl::StrCat("proposal { ", With("opportunity", opportunity.name()), Content(units), "}"));
    return office_.ada.Do(&Proposals::SendProposal, NameIs(drafted));
  }
  v1::Invoice Drafted(int64_t units) const {
    return office_.administrator.Do(
        &Invoices::CreateInvoice,
        absl::StrCat("invoice { recipient { ", With("customer", customer_), "} ", Content(units),
                     office_.OwnedBy(office_.ada_name, office_.north), "}"));
  }
  v1::Invoice Issued(int64_t units) const {
    return office_.administrator.Do(&Invoices::IssueInvoice, NameIs(Drafted(units)));
  }
  static std::string Payment(const v1::Invoice& invoice, int64_t units,
                             absl::string_view more = "") {
    return absl::StrCat("payment { ", Usd("amount", units), "allocations { ",
                        With("invoice", invoice.name()), Usd("amount", units), "} } ", more);
  }
  v1::RecordPaymentResponse Pay(const v1::Invoice& invoice, int64_t units,
                                absl::string_view more = "") const {
    return office_.administrator.Do(&Payments::RecordPayment, Payment(invoice, units, more));
  }
  v1::Invoice Get(const v1::Invoice& invoice) const {
    return office_.ada.Do(&Invoices::GetInvoice, NameIs(invoice));
  }
  // What the entries of the log say this member earned, in order.
  std::vector<int64_t> Entries(const std::string& member) const {
    const auto read =
        office_.administrator.Do(&Events::ReadEvents,
                                 "page_size: 1000 filter { types: 'CommissionRecognized' } "
                                 "encoding: EVENT_ENCODING_PROTOBUF");
    std::vector<int64_t> earned;
    for (const v1::Event& event : read.events()) {
      events::v1::CommissionRecognized entry;
      EXPECT_TRUE(entry.ParseFromString(event.data()));
      const auto agent = Uuid::FromBytes(entry.agent_id());
      if (absl::StrCat("members/", agent->ToString()) == member) {
        earned.push_back(entry.amount_minor());
      }
    }
    return earned;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

TEST_F(CashTest, WhatIsAgreedIsInvoicedPaidAndCommissioned) {
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { auto_invoice_on_acceptance: true }");
  const v1::Proposal proposal = Sent(25'000);
  EXPECT_EQ(office_.ada.Do(&Proposals::ListProposals, "filter { pending: true }").proposals_size(),
            1);
  const v1::Proposal accepted = office_.ada.Do(&Proposals::AcceptProposal, NameIs(proposal));
  EXPECT_EQ(accepted.legacy_status(), 3);
  EXPECT_EQ(office_.ada.Do(&Proposals::ListProposals, "filter { pending: true }").proposals_size(),
            0);
  EXPECT_EQ(office_.cleo.Do(&Proposals::ListProposals, "").proposals_size(), 0) << "not hers";
  const std::string invoice_name = With("name", accepted.converted_document());
  EXPECT_EQ(office_.ada.Do(&Invoices::GetInvoice, invoice_name).source(), proposal.name());
  EXPECT_THAT(office_.ada.Try(&Invoices::IssueInvoice, invoice_name),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, invoice_name);
  EXPECT_EQ(invoice.number(), "INV-2026-00001");
  EXPECT_EQ(invoice.credited_members(0).member(), office_.ada_name);
  EXPECT_EQ(invoice.override_leader(), office_.leah_name);
  EXPECT_THAT(office_.ada.Try(&Payments::RecordPayment, Payment(invoice, 1)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));

  // T6: the ladder of what was paid until now, less what was recognised.
  const v1::RecordPaymentResponse first = Pay(invoice, 10'000);
  ASSERT_EQ(first.commissions_size(), 2);
  EXPECT_EQ(first.commissions(0).amount().units(), 500);
  clock_.Advance(absl::Hours(24));
  const v1::RecordPaymentResponse second = Pay(invoice, 10'000);
  EXPECT_EQ(Get(invoice).settlement(), v1::SETTLEMENT_STATUS_PARTIAL);
  EXPECT_EQ(Get(invoice).overdue_days(), 1) << "due at once";
  const auto overdue = office_.ada.Do(&Invoices::ListInvoices, "filter { overdue: true }");
  ASSERT_EQ(overdue.invoices_size(), 1);
  EXPECT_EQ(overdue.invoices(0).due().units(), 5'000);
  EXPECT_EQ(office_.cleo.Do(&Invoices::ListInvoices, "").invoices_size(), 0) << "not hers";
  EXPECT_THAT(office_.administrator.Try(&Payments::RecordPayment, Payment(invoice, 6'000)),
              Refused(StatusCode::FAILED_PRECONDITION, "PAYMENT_EXCEEDS_DUE"));
  const v1::RecordPaymentResponse last = Pay(invoice, 6'000, "keep_excess: true");
  EXPECT_EQ(last.payment().credit().units(), 1'000);
  EXPECT_EQ(Get(invoice).settlement(), v1::SETTLEMENT_STATUS_OVER);
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(50'000, 70'000, 35'000));
  EXPECT_THAT(Entries(office_.leah_name), ElementsAre(20'000, 20'000, 10'000));

  // The second one goes back: 15,000 are paid, which earn 850.
  clock_.Advance(absl::Hours(24));
  office_.administrator.Do(&Payments::ReversePayment,
                           With("name", second.payment().name()) + With("reason", "chargeback"));
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(50'000, 70'000, 35'000, -70'000));
  EXPECT_THAT(Entries(office_.leah_name), ElementsAre(20'000, 20'000, 10'000, -20'000));
  EXPECT_EQ(Get(invoice).due().units(), 10'000);
  EXPECT_THAT(
      office_.administrator.Try(&Invoices::VoidInvoice, invoice_name + With("reason", "a mistake")),
      Refused(StatusCode::FAILED_PRECONDITION, "INVOICE_PAID"));

  // Sold in March, for so much; what went back was received by nobody.
  const std::string march =
      "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } "
      "period: SALES_PERIOD_MONTH";
  const auto sales = office_.ada.Do(&Reports::GetSalesByPeriod, march);
  ASSERT_EQ(sales.rows_size(), 1);
  EXPECT_EQ(sales.rows(0).figures().net().units(), 25'000);
  EXPECT_EQ(sales.rows(0).figures().uncosted().units(), 25'000);
  EXPECT_EQ(sales.rows(0).figures().received().units(), 15'000);
  EXPECT_EQ(office_.cleo.Do(&Reports::GetSalesByPeriod, march).rows_size(), 0) << "not hers";
  const auto performance = office_.ada.Do(&Reports::GetSalesPerformance, "");
  EXPECT_EQ(performance.rows(0).span(), v1::SALES_SPAN_YEAR_TO_DATE);
  EXPECT_EQ(performance.rows(0).figures().net().units(), 25'000);
  EXPECT_EQ(performance.conversion().opportunity_invoice_bp(), 10'000);

  // Yesterday it was paid in full, and more.
  const v1::Invoice yesterday = office_.ada.Do(
      &Invoices::GetInvoice,
      absl::StrCat(invoice_name, "as_of { as_of_date { year: 2026 month: 3 day: 3 } }"));
  EXPECT_EQ(yesterday.settlement(), v1::SETTLEMENT_STATUS_OVER);
  EXPECT_EQ(yesterday.legacy_status(), 2);
}

TEST_F(CashTest, AskedAgainItIsAnsweredAgainAndNothingHappensTwice) {
  const std::string issue =
      absl::StrCat(NameIs(Drafted(1'000)), With("request_id", Uuid::Random().ToString()));
  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, issue);
  const auto issued_again = office_.administrator.Try(&Invoices::IssueInvoice, issue);
  EXPECT_TRUE(issued_again.replayed);
  EXPECT_EQ(issued_again.response.DebugString(), invoice.DebugString());
  const std::string payment = Payment(invoice, 400, With("request_id", Uuid::Random().ToString()));
  const auto first = office_.administrator.Try(&Payments::RecordPayment, payment);
  ASSERT_THAT(first, Succeeded());
  const std::string update = absl::StrCat(With("request_id", Uuid::Random().ToString()),
                                          "invoice { ", NameIs(invoice), "tags: 'late' }");
  const auto updated = office_.administrator.Try(&Invoices::UpdateInvoice, update);
  EXPECT_EQ(updated.response.due().units(), 600);
  clock_.Advance(absl::Hours(48));
  Pay(invoice, 600);
  server_.Restart();
  const ApiCaller administrator = server_.Reconnect(office_.administrator);
  const auto again = administrator.Try(&Payments::RecordPayment, payment);
  ASSERT_THAT(again, Succeeded());
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.DebugString(), first.response.DebugString());
  const auto updated_again = administrator.Try(&Invoices::UpdateInvoice, update);
  EXPECT_TRUE(updated_again.replayed);
  EXPECT_EQ(updated_again.response.DebugString(), updated.response.DebugString());
  office_.administrator = administrator;
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(2'000, 3'000));
}

// What is taken back earns nothing, and what it released pays another invoice and goes back.
TEST_F(CashTest, WhatIsCreditedIsTheCustomersAgain) {
  const v1::Invoice invoice = Issued(10'000);
  const std::string payment = Pay(invoice, 10'000).payment().name();
  const std::string credit =
      absl::StrCat("credit_note { ", With("invoice", invoice.name()), With("reason", "returned"),
                   "} full: true ", With("request_id", Uuid::Random().ToString()));
  EXPECT_THAT(office_.ada.Try(&CreditNotes::CreateCreditNote, credit),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const auto note = office_.administrator.Do(&CreditNotes::CreateCreditNote, credit);
  EXPECT_EQ(note.number(), "CN-2026-00001");
  EXPECT_EQ(note.released().units(), 10'000);
  EXPECT_EQ(office_.administrator.Do(&CreditNotes::CreateCreditNote, credit).DebugString(),
            note.DebugString());
  EXPECT_EQ(office_.ada.Do(&CreditNotes::GetCreditNote, NameIs(note)).name(), note.name());
  const auto notes = office_.ada.Do(&CreditNotes::ListCreditNotes, With("invoice", invoice.name()));
  ASSERT_EQ(notes.credit_notes_size(), 1);
  EXPECT_EQ(notes.credit_notes(0).number(), note.number());
  EXPECT_EQ(Get(invoice).settlement(), v1::SETTLEMENT_STATUS_FULL) << "nothing is asked for";
  EXPECT_EQ(Get(invoice).credited().units(), 10'000);
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(50'000, -50'000));

  const v1::Invoice other = Issued(4'000);
  const std::string apply = With("name", payment) + With("invoice", other.name());
  EXPECT_THAT(office_.administrator.Try(&Payments::ApplyCredit, apply + Usd("amount", 4'001)),
              Refused(StatusCode::FAILED_PRECONDITION, "PAYMENT_EXCEEDS_DUE"));
  office_.administrator.Do(&Payments::ApplyCredit, apply + Usd("amount", 4'000));
  EXPECT_EQ(Get(other).settlement(), v1::SETTLEMENT_STATUS_FULL);
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(50'000, -50'000, 20'000));
  const v1::Payment left = office_.administrator.Do(&Payments::RefundCredit,
                                                    With("name", payment) + Usd("amount", 6'000));
  EXPECT_EQ(left.credit().units(), 0);
  EXPECT_EQ(left.refunded().units(), 6'000);
  EXPECT_THAT(office_.administrator.Try(&Payments::ReversePayment,
                                        With("name", payment) + With("reason", "chargeback")),
              Refused(StatusCode::FAILED_PRECONDITION, "CREDIT_REFUNDED"));
}

// What was paid out stays as it is: what is clawed back afterwards lowers the next receipt.
TEST_F(CashTest, T21AClawbackAfterTheReceiptIsCarriedOver) {
  const std::string due =
      absl::StrCat("commission_receipt { ", With("agent", office_.ada_name), "}");
  const v1::Invoice invoice = Issued(25'000);
  Pay(invoice, 25'000);
  const auto first = office_.administrator.Do(&Receipts::CreateCommissionReceipt, due);
  EXPECT_EQ(first.total().units(), 1'550);
  office_.administrator.Do(&Receipts::PayCommissionReceipt, NameIs(first));
  office_.administrator.Do(
      &CreditNotes::CreateCreditNote,
      absl::StrCat("credit_note { ", With("invoice", invoice.name()), With("reason", "returned"),
                   "content { lines { ", With("line_key", invoice.content().lines(0).line_key()),
                   "quantity_e6: 1000000 ", Usd("unit_price", 10'000), "} } }"));
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(155'000, -70'000));
  EXPECT_THAT(office_.administrator.Try(&Receipts::CreateCommissionReceipt, due),
              Refused(StatusCode::FAILED_PRECONDITION, "RECEIPT_NOT_PAYABLE"));
  Pay(Issued(10'000), 10'000);  // 500 more
  EXPECT_THAT(office_.administrator.Try(&Receipts::CreateCommissionReceipt, due),
              Refused(StatusCode::FAILED_PRECONDITION, "RECEIPT_NOT_PAYABLE"));
  Pay(Issued(10'000), 10'000);
  const auto second = office_.leah.Do(&Receipts::CreateCommissionReceipt, due);
  EXPECT_EQ(second.total().units(), 300);
  EXPECT_EQ(second.items_size(), 3);
  const auto kept = office_.ada.Do(&Receipts::GetCommissionReceipt, NameIs(first));
  EXPECT_EQ(kept.total().units(), 1'550);
  EXPECT_EQ(kept.paid_status(), 1);
}

TEST_F(CashTest, T15ACostRevisedAfterTheSaleChangesNoCommission) {
  office_.administrator.Do(
      &Policies::CreateCommissionPolicy,
      "commission_policy { display_name: 'Margin' terms { priority: 1 kind: COMMISSION_KIND_MARGIN "
      "currency_code: 'USD' rate_ppm: 100000 } }");
  const v1::Product desk = office_.administrator.Do(
      &Products::CreateProduct,
      absl::StrCat("product { display_name: 'Desk' ", Usd("price", 120), Usd("cost", 80), "}"));
  const v1::Invoice drafted = office_.administrator.Do(
      &Invoices::CreateInvoice,
      absl::StrCat("invoice { recipient { ", With("customer", customer_),
                   "} content { currency_code: 'USD' lines { quantity_e6: 1000000 ",
                   With("product", desk.name()), "} } ",
                   office_.OwnedBy(office_.ada_name, office_.north), "}"));
  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, NameIs(drafted));
  office_.administrator.Do(&Products::ReviseProductCost, NameIs(desk) + Usd("cost", 100));
  Pay(invoice, 120);
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(400));
}

TEST_F(CashTest, T68AcceptedTwiceItIsInvoicedOnce) {
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { auto_invoice_on_acceptance: true }");
  const v1::Proposal proposal = Sent(1'000);
  std::vector<std::future<Answer<v1::Proposal>>> answers;
  for (int i = 0; i < 4; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      return office_.ada.Try(&Proposals::AcceptProposal, NameIs(proposal));
    }));
  }
  int accepted = 0;
  for (auto& answer : answers) accepted += answer.get().status.ok() ? 1 : 0;
  EXPECT_EQ(accepted, 1);
  const auto drafted =
      office_.administrator.Do(&Events::ReadEvents, "filter { types: 'InvoiceDrafted' }");
  EXPECT_EQ(drafted.events_size(), 1);
}

// Numbers have no gap and no twin, and stand in the log in their order.
TEST_F(CashTest, IssuedAtOnceTheNumbersAreGapless) {
  constexpr int kInvoices = 24;
  std::vector<std::future<std::string>> numbers;
  for (int i = 0; i < kInvoices; ++i) {
    numbers.push_back(std::async(std::launch::async, [this] { return Issued(10).number(); }));
  }
  std::set<std::string> issued;
  for (auto& number : numbers) issued.insert(number.get());
  std::set<std::string> expected;
  for (int n = 1; n <= kInvoices; ++n) {
    expected.insert(absl::StrCat("INV-2026-000", n < 10 ? "0" : "", n));
  }
  EXPECT_EQ(issued, expected);
}

TEST_F(CashTest, PaidAtOnceItIsPaidOnce) {
  const v1::Invoice invoice = Issued(1'000);
  std::vector<std::future<bool>> payments;
  for (int i = 0; i < 8; ++i) {
    payments.push_back(std::async(std::launch::async, [&] {
      return office_.administrator.Try(&Payments::RecordPayment, Payment(invoice, 1'000))
          .status.ok();
    }));
  }
  int paid = 0;
  for (auto& payment : payments) paid += payment.get() ? 1 : 0;
  EXPECT_EQ(paid, 1);
  EXPECT_THAT(Entries(office_.ada_name), ElementsAre(5'000));
  EXPECT_EQ(Get(invoice).settlement(), v1::SETTLEMENT_STATUS_FULL);
}

TEST_F(CashTest, EveryoneSeesTheirOwn) {
  const v1::Invoice invoice = Issued(1'000);
  EXPECT_EQ(office_.leah.Do(&Invoices::GetInvoice, NameIs(invoice)).name(), invoice.name());
  EXPECT_EQ(office_.avi.Do(&Invoices::GetInvoice, NameIs(invoice)).name(), invoice.name());
  EXPECT_THAT(office_.cleo.Try(&Invoices::GetInvoice, NameIs(invoice)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const v1::Proposal proposal = Sent(10);
  EXPECT_THAT(office_.cleo.Try(&Proposals::GetProposal, NameIs(proposal)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_THAT(office_.ben.Try(&Proposals::AcceptProposal, NameIs(proposal)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

}  // namespace
}  // namespace crm::testing
