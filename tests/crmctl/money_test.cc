// What crmctl makes of documents and payments.
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/payment_service.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using testing::Ran;
using testing::RunTest;
using ::testing::SizeIs;

using MoneyTest = RunTest;

// Quantities are counted in millionths and rates in parts per million; nobody types those.
TEST_F(MoneyTest, LinesAreWrittenInPiecesAndPercent) {
  server_.Return("CreateInvoice", crm::v1::Invoice());
  const Ran ran = cli_.Run({"invoice", "create", "--lines",
                            "description=Oak,quantity=9.5,unit_price=12 EUR,discount_ppm=2.5%",
                            "--lines", "description=Glue,quantity_e6=1"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto request = Last<crm::v1::CreateInvoiceRequest>("CreateInvoice");
  const crm::v1::DocumentContent& content = request.invoice().content();
  ASSERT_THAT(content.lines(), SizeIs(2));
  EXPECT_EQ(content.lines(0).quantity_e6(), 9'500'000);
  EXPECT_EQ(content.lines(0).unit_price().units(), 12);
  EXPECT_EQ(content.lines(0).discount_ppm(), 25'000);
  EXPECT_EQ(content.lines(1).quantity_e6(), 1) << "who names the unit means it";
}

// A payment has no name for people, and whoever pays it is not one.
TEST_F(MoneyTest, WhatWasRecordedIsNamed) {
  crm::v1::RecordPaymentResponse recorded;
  recorded.mutable_payment()->set_name("payments/1");
  recorded.mutable_payment()->set_customer("customers/1");
  server_.Return("RecordPayment", recorded);
  const Ran ran = cli_.Run({"payment", "record", "5 EUR"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(ran.out, "payment  payments/1\n");
}

}  // namespace
}  // namespace crm::ctl
