// From proposal to cash: what is agreed is invoiced, what is paid is commissioned, to the cent,
// once, whoever asks twice or at the same time.
#include <future>
#include <set>

#include "crm/v1/credit_note_service.grpc.pb.h"
#include "tests/scenarios/cash_story.h"

namespace crm::testing {
namespace {

using CreditNotes = v1::CreditNoteService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;

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
  const auto sales = office_.ada.Do(&Reports::GetPeriodSales, march);
  ASSERT_EQ(sales.rows_size(), 1);
  EXPECT_EQ(sales.rows(0).figures().net().units(), 25'000);
  EXPECT_EQ(sales.rows(0).figures().uncosted().units(), 25'000);
  EXPECT_EQ(sales.rows(0).figures().received().units(), 15'000);
  EXPECT_EQ(office_.cleo.Do(&Reports::GetPeriodSales, march).rows_size(), 0) << "not hers";
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
