// Invariants I1..I4 of domain/payment/payment.h; worked cases T7, T28 and T37.
#include "domain/payment/payment.h"

#include "domain/commission_book/commission.h"
#include "domain/commission_policy/commission_policy.h"
#include "domain/customer/customer.h"
#include "domain/invoice/invoice.h"
#include "domain/organization/organization.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/settlement/settlement.h"
#include "tests/support/born.h"
#include "tests/support/commission_examples.h"
#include "tests/support/examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using events::v1::CommissionRecognized;
using events::v1::InvoiceIssued;
using events::v1::PaymentRecorded;
using events::v1::PaymentReversed;
using testing::Born;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::ExampleWorld;
using testing::InvoiceIssuedExample;
using ::testing::IsEmpty;
using testing::kExampleBefore;
using testing::kExampleNow;
using testing::Scenario;

google::type::Money Euro(int64_t minor) { return Money(*Currency::Parse("EUR"), minor).ToProto(); }

struct Part {
  int invoice;
  int64_t minor;
};

v1::RecordPaymentRequest Pay(int64_t minor, const std::vector<Part>& parts,
                             bool keep_excess = false) {
  v1::RecordPaymentRequest command;
  *command.mutable_payment()->mutable_amount() = Euro(minor);
  for (const Part& part : parts) {
    v1::PaymentAllocation& allocation = *command.mutable_payment()->add_allocations();
    allocation.set_invoice(ExampleName<InvoiceId>(part.invoice));
    *allocation.mutable_amount() = Euro(part.minor);
  }
  command.set_keep_excess(keep_excess);
  return command;
}

v1::ReversePaymentRequest Reverse(const PaymentId& payment) {
  v1::ReversePaymentRequest command;
  command.set_name(NameOf(payment));
  command.set_reason("chargeback");
  return command;
}

// Customers of invoices are the first; nothing is asked but what the invoices say.
InvoiceIssued Issued(int64_t base_minor, int64_t tax_minor = 0, int customer = 1) {
  InvoiceIssued issued = InvoiceIssuedExample(base_minor, tax_minor);
  issued.mutable_at()->set_customer_id(ExampleBytes<CustomerId>(customer));
  return issued;
}

class PaymentTest : public ::testing::Test {
 protected:
  PaymentTest() {
    scenario_
        .GivenStream<Organization>(ExampleId<OrganizationId>(),
                                   testing::OrganizationCreatedExample())
        .GivenStream<CommissionPolicy>(
            ExampleId<CommissionPolicyId>(),
            testing::VersionPublishedExample(testing::FlatTermsExample(70'000)));
  }
  void Invoice(int invoice, const InvoiceIssued& issued) {
    scenario_.GivenStream<domain::Invoice>(ExampleId<InvoiceId>(invoice), issued);
  }
  // Decides and keeps what was decided; the test fails when it is refused.
  template <class Command>
  std::vector<CommissionRecognized> Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), testing::IsOk());
    std::vector<CommissionRecognized> entries;
    for (const auto& [stream, events] : scenario_.effects()) {
      for (const auto& event : events) {
        const auto* entry = dynamic_cast<const CommissionRecognized*>(event.get());
        if (entry != nullptr) entries.push_back(*entry);
      }
    }
    scenario_.Settled();
    return entries;
  }
  void Rejects(const v1::RecordPaymentRequest& command, absl::string_view reason) {
    scenario_.When(command).ThenRejected(reason);
  }
  template <class E>
  E Only() const {
    EXPECT_EQ(scenario_.decided().size(), 1u);
    return dynamic_cast<const E&>(*scenario_.decided().front());
  }
  SettlementState::Amounts SettledAmounts(int invoice) {
    return scenario_.CurrentOf<Settlement>(SettlementOf(ExampleId<InvoiceId>(invoice)))->sum;
  }

  mutable Scenario<Payment> scenario_;
};

TEST_F(PaymentTest, I1PaysInvoicesAndSaysSo) {
  Invoice(1, Issued(10'000));
  Invoice(2, Issued(5'000));
  v1::RecordPaymentRequest command = Pay(12'000, {{1, 10'000}, {2, 2'000}});
  command.mutable_payment()->set_method("bank_transfer");
  command.mutable_payment()->set_reference("R1");
  Run(command);
  const auto recorded = Only<PaymentRecorded>();
  ASSERT_EQ(recorded.allocations_size(), 2);
  EXPECT_TRUE(recorded.allocations(0).settled());
  EXPECT_FALSE(recorded.allocations(1).settled());
  EXPECT_EQ(recorded.credit_minor(), 0);
  EXPECT_EQ(recorded.customer_id(), ExampleBytes<CustomerId>()) << "of the first invoice";
  EXPECT_EQ(recorded.ownership().team_id(), ExampleBytes<TeamId>());
  EXPECT_EQ(SettledAmounts(1).paid_minor, 10'000);
  EXPECT_EQ(SettledAmounts(2).paid_minor, 2'000);
  const auto shown = scenario_.Shown();
  EXPECT_EQ(shown.allocations_size(), 2);
  EXPECT_EQ(shown.method(), "bank_transfer");
  EXPECT_EQ(shown.reference(), "R1");
  EXPECT_EQ(shown.payment_date().day(), 16);
  EXPECT_EQ(shown.team(), ExampleName<TeamId>());
}

TEST_F(PaymentTest, I2NeverMoreThanIsDue) {
  Invoice(1, Issued(10'000));
  Rejects(Pay(10'001, {{1, 10'001}}), "PAYMENT_EXCEEDS_DUE");
  scenario_.Naming("due_minor", "10000").Naming("invoice", ExampleName<InvoiceId>(1));
  Run(Pay(4'000, {{1, 4'000}}));
  Rejects(Pay(6'001, {{1, 6'001}}), "PAYMENT_EXCEEDS_DUE");
  Run(Pay(6'000, {{1, 6'000}}));
  EXPECT_TRUE(Only<PaymentRecorded>().allocations(0).settled());
}

TEST_F(PaymentTest, T37TheExcessIsKeptWhenWanted) {
  Invoice(1, Issued(10'000));
  Run(Pay(10'500, {{1, 10'500}}, /*keep_excess=*/true));
  EXPECT_EQ(Only<PaymentRecorded>().allocations(0).amount_minor(), 10'000);
  EXPECT_EQ(Only<PaymentRecorded>().credit_minor(), 500);
  ASSERT_EQ(Only<PaymentRecorded>().excesses_size(), 1);
  EXPECT_EQ(Only<PaymentRecorded>().excesses(0).invoice_id(), ExampleBytes<InvoiceId>(1));
  EXPECT_EQ(Only<PaymentRecorded>().excesses(0).amount_minor(), 500);
  EXPECT_EQ(SettledAmounts(1),
            (SettlementState::Amounts{.paid_minor = 10'000, .overpaid_minor = 500}));
  Run(Pay(1'000, {{1, 1'000}}, /*keep_excess=*/true));
  EXPECT_THAT(Only<PaymentRecorded>().allocations(), IsEmpty()) << "nothing was due";
  EXPECT_EQ(Only<PaymentRecorded>().excesses(0).amount_minor(), 1'000);
  EXPECT_EQ(SettledAmounts(1).overpaid_minor, 1'500);
}

TEST_F(PaymentTest, I2WhatIsOnNoInvoiceMustBeWanted) {
  Invoice(1, Issued(10'000));
  Rejects(Pay(3'000, {{1, 2'000}}), "PAYMENT_NOT_ALLOCATED");
  Run(Pay(3'000, {{1, 2'000}}, /*keep_excess=*/true));
  EXPECT_EQ(Only<PaymentRecorded>().credit_minor(), 1'000);
  EXPECT_EQ(SettledAmounts(1).overpaid_minor, 0) << "it did not come by the invoice";
  EXPECT_THAT(Only<PaymentRecorded>().excesses(), IsEmpty());
  Rejects(Pay(3'000, {}), "PAYER_REQUIRED");
}

TEST_F(PaymentTest, APrepaymentIsCreditOfItsCustomer) {
  scenario_.GivenStream<Customer>(ExampleId<CustomerId>(), testing::CustomerCreatedExample());
  v1::RecordPaymentRequest command = Pay(3'000, {});
  command.mutable_payment()->set_customer(ExampleName<CustomerId>());
  EXPECT_THAT(Run(command), IsEmpty());
  EXPECT_EQ(Only<PaymentRecorded>().credit_minor(), 3'000);
  Run(Reverse(scenario_.Current().id));
  EXPECT_EQ(Only<PaymentReversed>().credit_minor(), 3'000);
  EXPECT_EQ(
      scenario_.CurrentOf<PaymentBalance>(PaymentBalanceOf(scenario_.Current().id))->credit_minor,
      0);
}

TEST_F(PaymentTest, I2RefusesWhatItCannotPay) {
  Invoice(1, Issued(10'000));
  Invoice(2, Issued(10'000, 0, /*customer=*/2));
  Rejects(Pay(0, {}), "AMOUNT_NOT_POSITIVE");
  Rejects(Pay(10, {{1, 0}}), "AMOUNT_NOT_POSITIVE");
  Rejects(Pay(10, {{1, 5}, {1, 5}}), "ALLOCATION_REPEATED");
  Rejects(Pay(10, {{1, 11}}), "ALLOCATION_EXCEEDS_PAYMENT");
  Rejects(Pay(10, {{1, 5}, {2, 5}}), "CUSTOMER_MISMATCH");
  Rejects(Pay(10, {{9, 10}}), "REFERENCE_NOT_FOUND");
  v1::RecordPaymentRequest dollars = Pay(10, {{1, 10}});
  dollars.mutable_payment()->mutable_amount()->set_currency_code("USD");
  Rejects(dollars, "CURRENCY_MISMATCH");
  dollars.mutable_payment()->mutable_allocations(0)->mutable_amount()->set_currency_code("USD");
  Rejects(dollars, "CURRENCY_MISMATCH");
  scenario_.At(kExampleBefore - absl::Hours(1)).When(Pay(10, {{1, 10}}));
  EXPECT_FALSE(scenario_.outcome().ok()) << "not before it was issued";
}

TEST_F(PaymentTest, I2PaysIssuedInvoicesOnly) {
  scenario_.GivenStream<domain::Invoice>(ExampleId<InvoiceId>(1), events::v1::InvoiceDrafted());
  Rejects(Pay(10, {{1, 10}}), "INVOICE_NOT_ISSUED");
  Invoice(2, Issued(10'000));
  scenario_.GivenStream<domain::Invoice>(ExampleId<InvoiceId>(2), events::v1::InvoiceVoided());
  Rejects(Pay(10, {{2, 10}}), "INVOICE_VOID");
  scenario_.GivenStream<domain::Invoice>(ExampleId<InvoiceId>(3), events::v1::InvoiceDrafted())
      .GivenAt(kExampleNow)
      .GivenStream<domain::Invoice>(ExampleId<InvoiceId>(3), Issued(10'000))
      .At(kExampleNow - absl::Hours(1));
  Rejects(Pay(10, {{3, 10}}), "PAYMENT_BEFORE_ISSUE");
}

TEST_F(PaymentTest, T7EarnsInItsOwnCommit) {
  Invoice(1, Issued(10'000, /*tax_minor=*/2'000));
  std::vector<int64_t> earned;
  std::vector<int64_t> bases;
  for (int i = 0; i < 3; ++i) {
    const auto entries = Run(Pay(4'000, {{1, 4'000}}));
    ASSERT_EQ(entries.size(), 1u);
    earned.push_back(entries[0].amount_minor());
    bases.push_back(Only<PaymentRecorded>().allocations(0).base_minor());
  }
  EXPECT_THAT(earned, ElementsAre(233, 234, 233));
  EXPECT_THAT(bases, ElementsAre(3'333, 3'334, 3'333)) << "I4";
}

TEST_F(PaymentTest, T28EveryPaymentOfAThousand) {
  Invoice(1, Issued(100'000));
  std::vector<int64_t> earned;
  for (const int64_t part : {33'333, 33'333, 33'334}) {
    earned.push_back(Run(Pay(part, {{1, part}})).at(0).amount_minor());
  }
  EXPECT_THAT(earned, ElementsAre(2'333, 2'334, 2'333));
}

TEST_F(PaymentTest, AnswersWithWhatItEarned) {
  Invoice(1, Issued(10'000));
  Run(Pay(10'000, {{1, 10'000}}));
  const auto response = Payment::Respond(v1::RecordPaymentRequest(), scenario_.Current(),
                                         domain::Lookup(scenario_.world().streams));
  ASSERT_THAT(response, testing::IsOk());
  ASSERT_EQ(response->commissions_size(), 1);
  EXPECT_EQ(response->commissions(0).agent(), ExampleName<MemberId>());
  EXPECT_EQ(response->commissions(0).invoice(), ExampleName<InvoiceId>());
  EXPECT_EQ(response->commissions(0).amount().units(), 7);
  EXPECT_EQ(response->payment().name(), NameOf(scenario_.Current().id));
}

TEST_F(PaymentTest, I3GoesBackWholeAndOnce) {
  Invoice(1, Issued(10'000));
  Run(Pay(4'000, {{1, 4'000}}));
  Run(Pay(6'500, {{1, 6'500}}, /*keep_excess=*/true));
  const PaymentId payment = scenario_.Current().id;
  const auto taken_back = Run(Reverse(payment));
  ASSERT_EQ(taken_back.size(), 1u);
  EXPECT_EQ(taken_back[0].amount_minor(), -420);
  EXPECT_TRUE(taken_back[0].cause().reversal());
  const auto reversed = Only<PaymentReversed>();
  EXPECT_EQ(reversed.reason(), "chargeback");
  EXPECT_EQ(reversed.allocations(0).amount_minor(), 6'000);
  EXPECT_EQ(reversed.credit_minor(), 500);
  ASSERT_EQ(reversed.excesses_size(), 1);
  EXPECT_EQ(reversed.excesses(0).amount_minor(), 500);
  EXPECT_EQ(SettledAmounts(1), (SettlementState::Amounts{.paid_minor = 4'000}));
  EXPECT_EQ(scenario_.Shown().reverse_reason(), "chargeback");
  EXPECT_EQ(scenario_.Shown().credit().units(), 0);
  scenario_.When(Reverse(payment)).ThenRejected("PAYMENT_REVERSED");
  Run(Pay(6'000, {{1, 6'000}}));
  EXPECT_TRUE(Only<PaymentRecorded>().allocations(0).settled()) << "it was due again";
}

TEST_F(PaymentTest, OwnersOfOtherInvoicesContribute) {
  Invoice(1, Issued(10'000));
  for (const int invoice : {2, 3}) {
    InvoiceIssued other = Issued(10'000);
    other.mutable_at()->mutable_ownership()->set_owner_id(ExampleBytes<MemberId>(7));
    Invoice(invoice, other);
  }
  Run(Pay(30, {{1, 10}, {2, 10}, {3, 10}}));
  EXPECT_THAT(Only<PaymentRecorded>().ownership().contributor_ids(),
              ElementsAre(ExampleBytes<MemberId>(7)));
  EXPECT_TRUE(Payment::ScopeOf(scenario_.Current().state()).IsOwn(ExampleId<MemberId>(7)));
}

TEST_F(PaymentTest, RestsOnEverythingItRead) {
  Invoice(1, Issued(10'000));
  scenario_.When(Pay(10, {{1, 10}}))
      .ThenConsulted<domain::Invoice>(ExampleId<InvoiceId>())
      .ThenConsulted<Settlement>(SettlementOf(ExampleId<InvoiceId>()))
      .Settled();
}

v1::ApplyCreditRequest Apply(const PaymentId& payment, int invoice, int64_t minor) {
  v1::ApplyCreditRequest command;
  command.set_name(NameOf(payment));
  command.set_invoice(ExampleName<InvoiceId>(invoice));
  *command.mutable_amount() = Euro(minor);
  return command;
}

v1::RefundCreditRequest Refund(const PaymentId& payment, int64_t minor) {
  v1::RefundCreditRequest command;
  command.set_name(NameOf(payment));
  *command.mutable_amount() = Euro(minor);
  return command;
}

TEST_F(PaymentTest, I5CreditPaysAnotherInvoice) {
  Invoice(1, Issued(10'000));
  Invoice(2, Issued(5'000));
  Run(Pay(13'000, {{1, 11'000}}, /*keep_excess=*/true));
  const PaymentId payment = scenario_.Current().id;
  const auto entries = Run(Apply(payment, 2, 2'500));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].amount_minor(), 175);
  const auto applied = Only<events::v1::CreditApplied>();
  EXPECT_EQ(applied.allocation().base_minor(), 2'500);
  EXPECT_EQ(applied.credit_minor(), 500);
  ASSERT_EQ(applied.excesses_size(), 1) << "2,000 of the 3,000 came by no invoice";
  EXPECT_EQ(applied.excesses(0).amount_minor(), 500);
  EXPECT_EQ(SettledAmounts(2).paid_minor, 2'500);
  EXPECT_EQ(SettledAmounts(1).overpaid_minor, 500) << "what was paid beyond is used last";
  EXPECT_EQ(scenario_.Shown().allocations_size(), 2);
  EXPECT_EQ(scenario_.Shown().credit().units(), 5);
  // It goes back from both.
  const auto taken_back = Run(Reverse(payment));
  ASSERT_EQ(taken_back.size(), 2u);
  EXPECT_EQ(taken_back[0].amount_minor() + taken_back[1].amount_minor(), -875);
  EXPECT_EQ(SettledAmounts(1), SettlementState::Amounts{});
  EXPECT_EQ(SettledAmounts(2), SettlementState::Amounts{});
}

TEST_F(PaymentTest, I5CreditIsUsedOnceByItsCustomer) {
  Invoice(1, Issued(10'000));
  Invoice(2, Issued(5'000));
  Invoice(3, Issued(5'000, 0, /*customer=*/2));
  Run(Pay(12'000, {{1, 12'000}}, /*keep_excess=*/true));
  const PaymentId payment = scenario_.Current().id;
  scenario_.When(Apply(payment, 2, 2'001)).ThenRejected("CREDIT_INSUFFICIENT");
  scenario_.Naming("credit_minor", "2000");
  scenario_.When(Apply(payment, 3, 1)).ThenRejected("CUSTOMER_MISMATCH");
  scenario_.When(Apply(payment, 1, 1)).ThenRejected("PAYMENT_EXCEEDS_DUE");
  scenario_.When(Apply(payment, 2, 0)).ThenRejected("AMOUNT_NOT_POSITIVE");
  scenario_.When(Refund(payment, 2'001)).ThenRejected("CREDIT_INSUFFICIENT");
  Run(Apply(payment, 2, 2'000));
  scenario_.When(Refund(payment, 1)).ThenRejected("CREDIT_INSUFFICIENT");
}

TEST_F(PaymentTest, I5CreditIsRefundedAndThenItCannotGoBack) {
  Invoice(1, Issued(10'000));
  Run(Pay(12'000, {{1, 12'000}}, /*keep_excess=*/true));
  const PaymentId payment = scenario_.Current().id;
  Run(Refund(payment, 500));
  EXPECT_EQ(Only<events::v1::CreditRefunded>().credit_minor(), 1'500);
  EXPECT_EQ(Only<events::v1::CreditRefunded>().excesses(0).amount_minor(), 500);
  EXPECT_EQ(scenario_.Shown().credit().units(), 15);
  EXPECT_EQ(scenario_.Shown().refunded().units(), 5);
  EXPECT_EQ(SettledAmounts(1).overpaid_minor, 1'500);
  scenario_.When(Reverse(payment)).ThenRejected("CREDIT_REFUNDED");
}

TEST_F(PaymentTest, I3WhatWentBackHasNoCredit) {
  Invoice(1, Issued(10'000));
  Run(Pay(12'000, {{1, 12'000}}, /*keep_excess=*/true));
  const PaymentId payment = scenario_.Current().id;
  Run(Reverse(payment));
  scenario_.When(Apply(payment, 1, 1)).ThenRejected("PAYMENT_REVERSED");
  scenario_.When(Refund(payment, 1)).ThenRejected("PAYMENT_REVERSED");
}

// A part that went back and was paid anew leaves no cent between.
TEST_F(PaymentTest, I4TheBasesSumAlsoAfterAReversal) {
  Invoice(1, Issued(10'000, /*tax_minor=*/2'000));
  int64_t base_minor = 0;
  PaymentId second;
  for (int i = 0; i < 3; ++i) {
    Run(Pay(4'000, {{1, 4'000}}));
    if (i == 1) second = scenario_.Current().id;
    base_minor += Only<PaymentRecorded>().allocations(0).base_minor();
  }
  Run(Reverse(second));
  base_minor -= Only<PaymentReversed>().allocations(0).base_minor();
  Run(Pay(4'000, {{1, 4'000}}));
  base_minor += Only<PaymentRecorded>().allocations(0).base_minor();
  EXPECT_EQ(base_minor, 10'000);
}

}  // namespace
}  // namespace crm::domain
