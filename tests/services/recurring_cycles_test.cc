// Cycles of recurring invoices by the clock, over a log in memory. Worked case T40. With a whole
// server: tests/scenarios/recurring_invoices_test.cc.
#include <string>
#include <vector>

#include "domain/invoice/invoice.h"
#include "domain/recurring_invoice/recurring_invoice.h"
#include "domain/settlement/settlement.h"
#include "tests/services/schedule_runner_fixture.h"
#include "tests/support/commission_examples.h"

namespace crm::services {
namespace {

using domain::InvoiceOfCycle;
using domain::RecurringInvoiceId;
using eventstore::TestId;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class RecurringCyclesTest : public ScheduleRunnerFixture {
 protected:
  RecurringCyclesTest() : ScheduleRunnerFixture(Midnight(1, 5) + absl::Hours(9)) {}

  // Four monthly cycles of 100.00.
  void Begin(absl::string_view name, int month, int day, bool only_when_paid = false,
             absl::string_view customer = "mill") {
    events::v1::RecurringInvoiceCreated created;
    created.set_display_name(std::string(name));
    events::v1::RecurrenceRule& rule = *created.mutable_rule();
    rule.set_unit(v1::RECURRENCE_UNIT_MONTH);
    rule.set_interval(1);
    rule.set_cycles(4);
    rule.set_only_when_paid(only_when_paid);
    *rule.mutable_anchor() = domain::StoredDay(absl::CivilDay(2026, month, day));
    *created.mutable_content() = testing::ContentExample({testing::LineExample(10'000)});
    if (!customer.empty()) {
      created.mutable_recipient()->set_customer_id(TestId(customer).ToBytes());
    }
    created.set_subject_id(TestId(name).ToBytes());
    Give(domain::StreamOf(RecurringInvoiceId(TestId(name))), created);
  }
  void Pay(absl::string_view name, int cycle) {
    const auto invoice = InvoiceOfCycle(RecurringInvoiceId(TestId(name)), cycle);
    events::v1::SettlementPosted posted;
    posted.set_paid_minor(10'000);
    posted.set_instant_us(absl::ToUnixMicros(clock_.Now()));
    Give(domain::StreamOf(domain::SettlementOf(invoice)), posted);
  }
};

TEST_F(RecurringCyclesTest, T40AfterSleepExactlyWhatWasMissedAndNothingTwice) {
  Begin("support", 1, 31);
  Start();
  clock_.Set(Midnight(1, 31) + absl::Hours(5));
  Await("InvoiceIssued", 1);
  clock_.Set(Midnight(2, 15));
  runner_.reset();
  const absl::Time awake = Midnight(5, 10) + absl::Hours(9);
  clock_.Set(awake);
  Start();
  Await("RecurringInvoiceCompleted", 1);
  const auto issued = Read("InvoiceIssued");
  EXPECT_THAT(EffectiveTimes(issued),
              ElementsAre(Midnight(1, 31), Midnight(2, 28), Midnight(3, 31), Midnight(4, 30)));
  for (size_t i = 1; i < issued.size(); ++i) {
    EXPECT_GE(absl::FromUnixMicros(issued[i].record_time_us()), awake);
  }
  Restart();
  Restart();
  // Another one that is due after 31 May tells when that has passed.
  Begin("other", 6, 1);
  clock_.Set(Midnight(6, 1));
  EXPECT_THAT(Await("InvoiceIssued", 5), SizeIs(5));
  EXPECT_THAT(Read("RecurringCycleInvoiced"), SizeIs(5));
  EXPECT_THAT(Read("InvoiceDrafted"), SizeIs(5));
}

TEST_F(RecurringCyclesTest, T40ACycleThatWaitsComesWhenTheEarlierInvoiceIsPaid) {
  Begin("support", 1, 31, /*only_when_paid=*/true);
  clock_.Set(Midnight(5, 10) + absl::Hours(9));
  Start();
  Await("DueSettled", 1);
  EXPECT_THAT(EffectiveTimes(Read("InvoiceIssued")), ElementsAre(Midnight(1, 31)));
  Restart();
  Pay("support", 1);
  EXPECT_THAT(EffectiveTimes(Await("InvoiceIssued", 2)),
              ElementsAre(Midnight(1, 31), Midnight(2, 28)));
  Await("DueSettled", 2);
  EXPECT_THAT(Read("RecurringCycleInvoiced"), SizeIs(2)) << "the third waits for the second";
}

TEST_F(RecurringCyclesTest, OneThatCannotBeInvoicedHoldsUpNoOther) {
  Begin("bad", 1, 31, /*only_when_paid=*/false, /*customer=*/"");
  Begin("good", 1, 31);
  Start();
  clock_.Set(Midnight(1, 31));
  Await("DueFailed", 1);
  EXPECT_THAT(Await("InvoiceIssued", 1), SizeIs(1));
  events::v1::DueFailed failed;
  ASSERT_TRUE(failed.ParseFromString(Read("DueFailed")[0].data()));
  EXPECT_EQ(failed.reason(), "RECIPIENT_REQUIRED");
  clock_.Set(Midnight(2, 28));
  EXPECT_THAT(Await("InvoiceIssued", 2), SizeIs(2));
}

}  // namespace
}  // namespace crm::services
