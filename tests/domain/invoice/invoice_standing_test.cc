// How an invoice stands: domain/invoice/invoice_standing.h; worked case T37.
#include "domain/invoice/invoice_standing.h"

#include "gtest/gtest.h"

namespace crm::domain {
namespace {

constexpr int64_t kTotal = 10'000;
const absl::CivilDay kDue(2026, 3, 10);

InvoiceStanding On(int day, const SettlementState::Amounts& amounts) {
  return StandingOf(kTotal, amounts, kDue, absl::CivilDay(2026, 3, day));
}

TEST(InvoiceStandingTest, T37UnpaidOnItsDueDayAndOverdueTheDayAfter) {
  EXPECT_EQ(On(10, {}).overdue_days, 0) << "due today is not overdue";
  EXPECT_EQ(LegacyStatus(On(10, {})), 1);
  EXPECT_EQ(On(11, {}).overdue_days, 1);
  EXPECT_EQ(On(11, {}).settlement, v1::SETTLEMENT_STATUS_NONE);
  EXPECT_EQ(LegacyStatus(On(11, {})), 4);
}

TEST(InvoiceStandingTest, T37PartialAndOverdueAreTwoThings) {
  const InvoiceStanding in_time = On(10, {.paid_minor = 4'000});
  EXPECT_EQ(in_time.settlement, v1::SETTLEMENT_STATUS_PARTIAL);
  EXPECT_EQ(LegacyStatus(in_time), 3);
  const InvoiceStanding late = On(11, {.paid_minor = 4'000});
  EXPECT_EQ(late.settlement, v1::SETTLEMENT_STATUS_PARTIAL);
  EXPECT_EQ(late.overdue_days, 1);
  EXPECT_EQ(late.due_minor, 6'000);
  EXPECT_EQ(LegacyStatus(late), 4);
}

TEST(InvoiceStandingTest, T37PaidOverpaidAndPaidBack) {
  const InvoiceStanding paid = On(12, {.paid_minor = kTotal});
  EXPECT_EQ(paid.settlement, v1::SETTLEMENT_STATUS_FULL);
  EXPECT_EQ(paid.overdue_days, 0);
  EXPECT_EQ(LegacyStatus(paid), 2);
  const InvoiceStanding over = On(13, {.paid_minor = kTotal, .overpaid_minor = 1'000});
  EXPECT_EQ(over.settlement, v1::SETTLEMENT_STATUS_OVER);
  EXPECT_EQ(over.due_minor, 0) << "not negative";
  EXPECT_EQ(LegacyStatus(over), 2);
  const InvoiceStanding back = On(20, {.paid_minor = 4'000, .overpaid_minor = 1'000});
  EXPECT_EQ(back.overdue_days, 10) << "60 went back";
  EXPECT_EQ(back.settlement, v1::SETTLEMENT_STATUS_PARTIAL)
      << "what is kept as credit pays nothing";
}

TEST(InvoiceStandingTest, WhatIsCreditedIsNoLongerAskedFor) {
  EXPECT_EQ(On(20, {.credited_minor = kTotal}).settlement, v1::SETTLEMENT_STATUS_FULL);
  const InvoiceStanding part = On(20, {.paid_minor = 4'000, .credited_minor = 5'000});
  EXPECT_EQ(part.due_minor, 1'000);
  EXPECT_EQ(part.overdue_days, 10);
  // On a date when less was known, more can have been paid than was asked for.
  EXPECT_EQ(On(20, {.paid_minor = kTotal, .credited_minor = 1}).due_minor, 0);
}

}  // namespace
}  // namespace crm::domain
