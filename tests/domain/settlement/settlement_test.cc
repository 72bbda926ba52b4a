// Invariants I1 and I2 of domain/settlement/settlement.h; worked case T37.
#include "domain/settlement/settlement.h"

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using testing::ExampleId;
using testing::ExampleName;

absl::Time March(int day) {
  return absl::FromCivil(absl::CivilHour(2026, 3, day, 12), absl::UTCTimeZone());
}

// The settlement of an invoice of 100.00.
class SettlementTest : public ::testing::Test {
 protected:
  absl::Status Post(int day, const SettlementState::Amounts& amounts) {
    const Ref<Settlement> settlement = {
        SettlementOf(ExampleId<InvoiceId>()), {}, std::make_shared<SettlementState>(state_)};
    const auto posted = PostSettlement(settlement, kTotal, StreamOf(ExampleId<PaymentId>(day)),
                                       March(day), amounts);
    if (posted.ok()) state_ = Settlement::Evolve(std::move(state_), *posted, {});
    return posted.status();
  }
  absl::Status Pay(int day, int64_t paid) { return Post(day, {.paid_minor = paid}); }

  static constexpr int64_t kTotal = 10'000;
  SettlementState state_;
};

TEST_F(SettlementTest, I1NeverMoreThanIsDue) {
  EXPECT_TRUE(state_.untouched());
  EXPECT_THAT(Pay(11, 4'000), testing::IsOk());
  EXPECT_EQ(state_.DueMinor(kTotal), 6'000);
  const absl::Status refused = Pay(12, 6'001);
  EXPECT_THAT(refused, testing::HasReason("PAYMENT_EXCEEDS_DUE"));
  EXPECT_EQ(ReasonMetadataValue(refused, "due_minor"), "6000");
  EXPECT_EQ(ReasonMetadataValue(refused, "invoice"), ExampleName<InvoiceId>());
  EXPECT_THAT(Pay(12, 6'000), testing::IsOk());
  EXPECT_EQ(state_.DueMinor(kTotal), 0);
  EXPECT_THAT(Pay(13, 1), testing::HasReason("PAYMENT_EXCEEDS_DUE"));
}

TEST_F(SettlementTest, I1WhatIsCreditedIsNoLongerAskedFor) {
  EXPECT_THAT(Post(10, {.credited_minor = 3'000}), testing::IsOk());
  EXPECT_THAT(Pay(11, 7'001), testing::HasReason("PAYMENT_EXCEEDS_DUE"));
  EXPECT_THAT(Pay(11, 7'000), testing::IsOk());
  EXPECT_THAT(Post(12, {.credited_minor = 1}), testing::HasReason("PAYMENT_EXCEEDS_DUE"))
      << "what was paid of it must be released with it";
  EXPECT_THAT(Post(12, {.paid_minor = -1, .credited_minor = 1}), testing::IsOk());
}

TEST_F(SettlementTest, I1NoMoreGoesBackThanCame) {
  EXPECT_THAT(Pay(11, 4'000), testing::IsOk());
  EXPECT_THAT(Pay(12, -4'001), testing::HasReason("PAYMENT_EXCEEDS_DUE"));
  EXPECT_THAT(Pay(12, -4'000), testing::IsOk());
  EXPECT_EQ(state_.DueMinor(kTotal), kTotal);
}

TEST_F(SettlementTest, T37IsWhatItWasOnEveryDay) {
  EXPECT_THAT(Pay(12, 6'000), testing::IsOk());
  EXPECT_THAT(Pay(11, 4'000), testing::IsOk()) << "recorded after the later one";
  EXPECT_THAT(Post(13, {.overpaid_minor = 1'000}), testing::IsOk());
  EXPECT_THAT(Pay(20, -6'000), testing::IsOk());
  const auto as_of = [&](int day) { return state_.AsOf(March(day)); };
  EXPECT_EQ(as_of(10), SettlementState::Amounts{});
  EXPECT_EQ(as_of(11), (SettlementState::Amounts{.paid_minor = 4'000}));
  EXPECT_EQ(as_of(12), (SettlementState::Amounts{.paid_minor = 10'000}));
  EXPECT_EQ(as_of(13), (SettlementState::Amounts{.paid_minor = 10'000, .overpaid_minor = 1'000}));
  EXPECT_EQ(as_of(20), (SettlementState::Amounts{.paid_minor = 4'000, .overpaid_minor = 1'000}));
}

}  // namespace
}  // namespace crm::domain
