// Invariant I6 of domain/payment/payment.h.
#include "domain/commission_policy/commission_policy.h"
#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/payment/payment.h"
#include "domain/settlement/settlement.h"
#include "tests/support/commission_examples.h"
#include "tests/support/examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::Scenario;

class ProviderNoticeTest : public ::testing::Test {
 protected:
  ProviderNoticeTest() {
    events::v1::InvoiceIssued issued = testing::InvoiceIssuedExample(10'000, 0);
    issued.mutable_at()->set_customer_id(ExampleBytes<CustomerId>());
    scenario_
        .GivenStream<Organization>(ExampleId<OrganizationId>(),
                                   testing::OrganizationCreatedExample())
        .GivenStream<CommissionPolicy>(
            ExampleId<CommissionPolicyId>(),
            testing::VersionPublishedExample(testing::FlatTermsExample(70'000)))
        .GivenStream<Invoice>(ExampleId<InvoiceId>(), issued);
  }
  static v1::ReceiveProviderNoticeRequest Notice(absl::string_view payload,
                                                 absl::string_view provider = "acme_pay") {
    v1::ReceiveProviderNoticeRequest request;
    request.set_provider(std::string(provider));
    request.set_payload(std::string(payload));
    return request;
  }
  static std::string Paid(absl::string_view external_id, int units, absl::string_view more = "") {
    return absl::StrCat(R"({"externalId":")", external_id, R"(","amount":{"currencyCode":"EUR",)",
                        R"("units":")", units, R"("},"invoice":")", ExampleName<InvoiceId>(), "\"",
                        more, "}");
  }
  void Run(const v1::ReceiveProviderNoticeRequest& notice) {
    scenario_.When(notice);
    EXPECT_THAT(scenario_.outcome(), testing::IsOk());
    scenario_.Settled();
  }
  int64_t PaidMinor() {
    return scenario_.CurrentOf<Settlement>(SettlementOf(ExampleId<InvoiceId>()))->sum.paid_minor;
  }

  Scenario<Payment> scenario_;
};

TEST_F(ProviderNoticeTest, I6IsRecordedOnceHoweverOftenItIsReported) {
  const auto notice = Notice(Paid("tx-1", 60, R"(,"reference":"order 7","fee":{"units":1})"));
  Run(notice);
  const v1::Payment shown = scenario_.Shown();
  EXPECT_EQ(shown.provider(), "acme_pay");
  EXPECT_EQ(shown.external_id(), "tx-1");
  EXPECT_EQ(shown.reference(), "order 7");
  EXPECT_EQ(shown.amount().units(), 60);
  EXPECT_EQ(PaidMinor(), 6'000);
  scenario_.When(notice).ThenNothing();
  // The same id at another provider is another payment.
  Run(Notice(Paid("tx-1", 10), "other_pay"));
  EXPECT_EQ(PaidMinor(), 7'000);
  scenario_.When(Notice(Paid("tx-1", 61))).ThenRejected("NOTICE_CONTRADICTED");
}

TEST_F(ProviderNoticeTest, I6WhatIsBeyondTheInvoiceIsCredit) {
  Run(Notice(Paid("tx-1", 130)));
  EXPECT_EQ(PaidMinor(), 10'000);
  EXPECT_EQ(scenario_.Shown().credit().units(), 30);
}

TEST_F(ProviderNoticeTest, WhatCannotBeReadIsRefused) {
  for (const absl::string_view payload : {"", "{", "[]", "{}", "\xff", R"({"externalId":1})",
                                          R"({"amount":{"currencyCode":"EUR","units":"1"}})"}) {
    scenario_.When(Notice(payload)).ThenRejected("NOTICE_UNREADABLE");
  }
  scenario_.When(Notice(Paid("tx-1", 0))).ThenRejected("AMOUNT_NOT_POSITIVE");
}

// A field of the API that only a provider's notice fills.
TEST_F(ProviderNoticeTest, I6NobodyElseNamesAProvider) {
  v1::RecordPaymentRequest command;
  command.mutable_payment()->set_provider("acme_pay");
  command.mutable_payment()->set_external_id("tx-1");
  command.mutable_payment()->mutable_amount()->set_currency_code("EUR");
  command.mutable_payment()->mutable_amount()->set_units(10);
  v1::PaymentAllocation& allocation = *command.mutable_payment()->add_allocations();
  allocation.set_invoice(ExampleName<InvoiceId>());
  *allocation.mutable_amount() = command.payment().amount();
  scenario_.When(command);
  EXPECT_THAT(scenario_.outcome(), testing::IsOk());
  scenario_.Settled();
  EXPECT_EQ(scenario_.Shown().provider() + scenario_.Shown().external_id(), "");
}

}  // namespace
}  // namespace crm::domain
