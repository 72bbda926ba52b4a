// What sellers are paid: receipts, what is taken back from them, and what other terms would have
// paid.
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "crm/v1/commission_service.grpc.pb.h"
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/product_service.grpc.pb.h"
#include "tests/scenarios/cash_story.h"

namespace crm::testing {
namespace {

using CommissionsTest = CashTest;
using Commissions = v1::CommissionService::Stub;
using CreditNotes = v1::CreditNoteService::Stub;
using Products = v1::ProductService::Stub;
using Receipts = v1::CommissionReceiptService::Stub;
using grpc::StatusCode;
using ::testing::ElementsAre;

TEST_F(CommissionsTest, WhatWouldHaveBeenEarnedUnderOtherTerms) {
  const v1::Invoice invoice = Issued(25'000);
  Pay(invoice, 10'000);
  clock_.Advance(absl::Hours(24));
  const std::string second = Pay(invoice, 15'000).payment().name();
  const v1::Invoice other = Issued(8'000);
  Pay(other, 8'000);
  office_.administrator.Do(
      &CreditNotes::CreateCreditNote,
      absl::StrCat("credit_note { ", With("invoice", other.name()), "} full: true"));
  office_.administrator.Do(&Payments::ReversePayment,
                           With("name", second) + With("reason", "chargeback"));
  const std::string march =
      "first_date { year: 2026 month: 3 day: 1 } last_date { year: 2026 month: 3 day: 31 } ";
  const std::string policy =
      office_.administrator.Do(&Policies::ListCommissionPolicies, "").commission_policies(0).name();
  const auto same = office_.administrator.Do(&Commissions::GetCommissionWhatIf,
                                             march + With("commission_policy", policy));
  ASSERT_EQ(same.rows_size(), 2);
  for (const auto& row : same.rows()) {
    EXPECT_EQ(row.simulated().DebugString(), row.recognised().DebugString());
    EXPECT_EQ(row.difference().units(), 0);
  }
  const std::string flat = march + "terms { kind: COMMISSION_KIND_FLAT rate_ppm: 80000 }";
  const auto own = office_.ada.Do(&Commissions::GetCommissionWhatIf, flat);
  ASSERT_EQ(own.rows_size(), 1) << "the leader's is not hers to see";
  EXPECT_EQ(own.rows(0).recognised().units(), 500);
  EXPECT_EQ(own.rows(0).simulated().units(), 800);
  EXPECT_EQ(own.rows(0).difference().units(), 300);
  EXPECT_EQ(office_.cleo.Do(&Commissions::GetCommissionWhatIf, flat).rows_size(), 0);
}

TEST_F(CommissionsTest, T21AClawbackAfterTheReceiptIsCarriedOver) {
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

TEST_F(CommissionsTest, T15ACostRevisedAfterTheSaleChangesNoCommission) {
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

}  // namespace
}  // namespace crm::testing
