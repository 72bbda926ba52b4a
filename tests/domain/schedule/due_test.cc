// Invariants I1 and I2 of domain/schedule/due.h.
#include "domain/schedule/due.h"

#include <vector>

#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using ::testing::ElementsAre;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::kExampleBefore;
using testing::kExampleNow;
using testing::Scenario;

DueInstant Instant() {
  return {.due = kExampleBefore,
          .rule = std::string(kInvoiceReminder),
          .subject = StreamOf(ExampleId<InvoiceId>())};
}
events::v1::DueFailed Failed(absl::Time retry) {
  events::v1::DueFailed failed;
  *failed.mutable_instant() = StoredInstant(Instant());
  failed.set_reason("INTERNAL");
  failed.set_attempt(3);
  failed.set_retry_time_us(absl::ToUnixMicros(retry));
  return failed;
}
template <class Command>
Command AboutIt() {
  return From<Command>(absl::StrCat("name: '", ExampleName<DueId>(), "'"));
}

TEST(DueTest, I1WaitsTwiceAsLongEachTimeAndAnHourAtMost) {
  DueState state;
  std::vector<int64_t> minutes;
  for (int attempt = 1; attempt <= 8; ++attempt) {
    const auto failed = FailedAgain(state, Instant(), "INTERNAL", kExampleNow);
    EXPECT_EQ(failed.attempt(), attempt);
    minutes.push_back(
        absl::ToInt64Minutes(absl::FromUnixMicros(failed.retry_time_us()) - kExampleNow));
    state = Due::Evolve(std::move(state), failed, {});
  }
  EXPECT_THAT(minutes, ElementsAre(1, 2, 4, 8, 16, 32, 60, 60));
}

TEST(DueTest, I2BeginsAnewWhenItFailsAfterItWasSettled) {
  DueState state = Due::Evolve({}, Failed(kExampleNow), {});
  state = Due::Evolve(std::move(state), NothingLeft(Instant()), {});
  EXPECT_EQ(FailedAgain(state, Instant(), "INTERNAL", kExampleNow).attempt(), 1);
}

TEST(DueTest, IsTriedAgainAtOnceWhenAsked) {
  events::v1::DueRetried retried;
  *retried.mutable_instant() = StoredInstant(Instant());
  retried.set_retry_time_us(absl::ToUnixMicros(kExampleNow));
  Scenario<Due> scenario;
  scenario.Given(Failed(kExampleNow + absl::Hours(1)))
      .When(AboutIt<v1::RetryDueWorkRequest>())
      .Then(retried)
      .When(AboutIt<v1::RetryDueWorkRequest>())
      .ThenNothing();
  const v1::DueWork shown = scenario.Shown();
  EXPECT_EQ(shown.record(), ExampleName<InvoiceId>());
  EXPECT_EQ(shown.rule(), "invoice_reminder/1");
  EXPECT_EQ(shown.attempt_count(), 3);
  EXPECT_EQ(shown.failure_reason(), "INTERNAL");
  EXPECT_EQ(shown.due_time().seconds(), absl::ToUnixSeconds(kExampleBefore));
  EXPECT_EQ(shown.retry_time().seconds(), absl::ToUnixSeconds(kExampleNow));
}

TEST(DueTest, I2IsGivenUpOnce) {
  events::v1::DueSettled settled = NothingLeft(Instant());
  settled.set_abandoned(true);
  Scenario<Due> scenario;
  scenario.Given(Failed(kExampleNow))
      .When(AboutIt<v1::AbandonDueWorkRequest>())
      .Then(settled)
      .When(AboutIt<v1::AbandonDueWorkRequest>())
      .ThenRejected("DUE_WORK_SETTLED")
      .When(AboutIt<v1::RetryDueWorkRequest>())
      .ThenRejected("DUE_WORK_SETTLED");
  EXPECT_FALSE(scenario.Shown().has_retry_time());
}

}  // namespace
}  // namespace crm::domain
