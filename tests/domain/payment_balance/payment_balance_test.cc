// Invariant I1 of domain/payment_balance/payment_balance.h.
#include "domain/payment_balance/payment_balance.h"

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using testing::ExampleId;

TEST(PaymentBalanceTest, I1KnowsWhereTheMoneyIs) {
  PaymentBalanceState state;
  const auto change = [&](int invoice, int64_t paid, int64_t credit, int64_t overpaid = 0) {
    state = PaymentBalance::Evolve(
        std::move(state),
        BalancePosted({.cause = StreamOf(ExampleId<PaymentId>()),
                       .instant = testing::kExampleNow,
                       .invoice = invoice == 0 ? InvoiceId() : ExampleId<InvoiceId>(invoice),
                       .paid_minor = paid,
                       .credit_minor = credit,
                       .overpaid_minor = overpaid}),
        {});
  };
  change(1, 700, 100, 100);  // beyond what was due
  change(2, 150, 0);
  change(0, 0, 50);    // on no invoice
  change(1, -30, 30);  // released by a credit note
  EXPECT_EQ(state.credit_minor, 180);
  ASSERT_EQ(state.invoices.size(), 2u);
  EXPECT_EQ(state.invoices[ExampleId<InvoiceId>(1)].paid_minor, 670);
  EXPECT_EQ(state.invoices[ExampleId<InvoiceId>(1)].overpaid_minor, 100);
  EXPECT_EQ(state.invoices[ExampleId<InvoiceId>(2)].paid_minor, 150);
}

}  // namespace
}  // namespace crm::domain
