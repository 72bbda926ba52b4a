// The invariants of domain/reconciliation/reconciliation.h: a story that holds, and the same story
// with one number of it wrong, each found under its word.
// Every change below is a mutation of the log; without its Compare each case fails.
#include "domain/reconciliation/reconciliation.h"

#include <functional>

#include "tests/support/commission_examples.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::FlatTermsExample;
using testing::InvoiceIssuedExample;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

// An invoice of 100.00 is paid with 60.00, of which 5 % are recognised and put into a
// receipt; 10.00 of 70.00 are credit. A recurring invoice made another one, and of the next cycle a
// draft of the days before it ended.
struct Story {
  events::v1::CommissionPolicyVersionPublished policy =
      testing::VersionPublishedExample(FlatTermsExample());
  events::v1::NumberAllotted allotted;
  events::v1::InvoiceIssued issued = InvoiceIssuedExample(10'000);
  events::v1::PaymentRecorded recorded;
  events::v1::SettlementPosted settled;
  events::v1::PaymentBalancePosted on_invoice;
  events::v1::PaymentBalancePosted kept;
  events::v1::CommissionBookPosted entered;
  events::v1::CommissionBookPosted paid;
  events::v1::CommissionRecognized recognized;
  events::v1::CommissionAccrued accrued;
  events::v1::CommissionReceiptIssued receipt;
  events::v1::CommissionSettled taken;
  events::v1::InvoiceDrafted drafted;
  events::v1::RecurringCycleInvoiced invoiced;
  events::v1::RecurringInvoiceCancelled cancelled;
  events::v1::InvoiceDrafted last;

  Story() {
    drafted.set_cycle(1);
    drafted.mutable_source()->set_category("recurring_invoice");
    drafted.mutable_source()->set_source_id(ExampleBytes<RecurringInvoiceId>());
    drafted.set_subject_id(ExampleBytes<InvoiceId>(2));
    invoiced.set_cycle(1);
    invoiced.set_invoice_id(ExampleBytes<InvoiceId>(2));
    cancelled.set_invoice_id(ExampleBytes<InvoiceId>(3));
    last = drafted;
    last.set_cycle(2);
    allotted.set_holder_category("invoice");
    allotted.set_holder_id(ExampleBytes<InvoiceId>());
    issued.set_series_id(ExampleBytes<InvoiceSeriesId>());
    recorded.mutable_amount()->set_currency_code("EUR");
    recorded.mutable_amount()->set_minor(7'000);
    recorded.set_credit_minor(1'000);
    events::v1::PaymentAllocation& allocation = *recorded.add_allocations();
    allocation.set_invoice_id(ExampleBytes<InvoiceId>());
    allocation.set_amount_minor(6'000);
    allocation.set_base_minor(6'000);
    settled.set_paid_minor(6'000);
    on_invoice.set_invoice_id(ExampleBytes<InvoiceId>());
    on_invoice.set_paid_minor(6'000);
    kept.set_credit_minor(1'000);
    *entered.mutable_cause() = EntryOf(ExampleId<InvoiceId>(), testing::kExampleBefore);
    entered.set_policy_version(1);
    entered.add_movements()->set_shares_minor(10'000);
    entered.set_total_minor(10'000);
    events::v1::CommissionCause& cause = *paid.mutable_cause();
    cause.set_category("payment");
    cause.set_cause_id(ExampleBytes<PaymentId>());
    cause.set_invoice_id(ExampleBytes<InvoiceId>());
    cause.set_instant_us(absl::ToUnixMicros(testing::kExampleNow));
    paid.set_policy_version(1);
    paid.set_paid_minor(6'000);
    paid.set_recognised_minor(300);
    *recognized.mutable_cause() = cause;
    recognized.set_book_id(ExampleBytes<CommissionBookId>());
    recognized.set_policy_id(ExampleBytes<CommissionPolicyId>());
    recognized.set_role(v1::COMMISSION_ROLE_AGENT);
    recognized.set_amount_minor(300);
    accrued.set_commission_id(ExampleBytes<CommissionId>());
    accrued.set_amount_minor(300);
    events::v1::CommissionReceiptItem& item = *receipt.add_items();
    item.set_commission_id(ExampleBytes<CommissionId>());
    item.set_amount_minor(300);
    taken.set_commission_id(ExampleBytes<CommissionId>());
    taken.set_amount_minor(300);
  }
};

Comparisons Reconciled(const Story& story) {
  testing::MemoryKeyRing keys;
  Reconciliation reconciliation(keys);
  const Uuid organization = testing::ExampleUuid("organization", 1);
  Position position = 0;
  const auto add = [&](const google::protobuf::Message& event, const StreamId& stream,
                       Version version = 1) {
    const auto encoded = EncodeEvent(event, organization, stream, version, keys);
    ASSERT_THAT(encoded, IsOk());
    RecordedEvent recorded;
    recorded.set_organization(organization.ToBytes());
    recorded.set_category(stream.category);
    recorded.set_stream_id(stream.id.ToBytes());
    recorded.set_version(version);
    recorded.set_position(++position);
    recorded.set_type(encoded->type);
    recorded.set_data(encoded->data);
    EXPECT_THAT(reconciliation.Add(recorded), IsOk());
  };
  const StreamId balance = StreamOf(PaymentBalanceId(ExampleId<PaymentId>().uuid()));
  const StreamId book = StreamOf(ExampleId<CommissionBookId>());
  add(story.policy, StreamOf(ExampleId<CommissionPolicyId>()));
  add(story.allotted, StreamOf(ExampleId<NumberRegisterId>()));
  add(story.issued, StreamOf(ExampleId<InvoiceId>()));
  add(story.recorded, StreamOf(ExampleId<PaymentId>()));
  add(story.settled, StreamOf(SettlementId(ExampleId<InvoiceId>().uuid())));
  add(story.on_invoice, balance);
  add(story.kept, balance, 2);
  add(story.entered, book);
  add(story.paid, book, 2);
  add(story.recognized, StreamOf(ExampleId<CommissionId>()));
  const StreamId earnings = StreamOf(ExampleId<CommissionBalanceId>());
  add(story.accrued, earnings);
  add(story.receipt, StreamOf(ExampleId<CommissionReceiptId>()));
  add(story.taken, earnings, 2);
  const StreamId recurring = StreamOf(ExampleId<RecurringInvoiceId>());
  add(story.drafted, StreamOf(ExampleId<InvoiceId>(2)));
  add(story.invoiced, recurring, 2);
  add(story.last, StreamOf(ExampleId<InvoiceId>(3)));
  add(story.cancelled, recurring, 3);
  const auto found = reconciliation.Conclude();
  EXPECT_THAT(found, IsOk());
  return found.ok() ? *found : Comparisons();
}

TEST(ReconciliationTest, AgreesWithWhatTheDecisionsWrite) {
  const Comparisons found = Reconciled(Story());
  EXPECT_THAT(found.differences(), IsEmpty());
  std::vector<std::string> checks;
  for (const CheckedInvariant& check : found.checks()) {
    checks.push_back(check.check);
    EXPECT_GT(check.compared, 0) << check.check;
    EXPECT_EQ(check.differing, 0) << check.check;
  }
  EXPECT_THAT(checks, ElementsAre("settlement", "payment", "number", "share", "commission",
                                  "receipt", "cycle"));
}

TEST(ReconciliationTest, FindsEachNumberThatIsWrong) {
  struct Case {
    const char* name;
    std::function<void(Story&)> change;
    const char* check;
  };
  const Case cases[] = {
      {"settlement that took less", [](Story& s) { s.settled.set_paid_minor(5'999); },
       "settlement"},
      {"credit nobody gave", [](Story& s) { s.settled.set_credited_minor(1); }, "settlement"},
      {"balance of another invoice", [](Story& s) { s.on_invoice.set_paid_minor(6'001); },
       "payment"},
      {"credit that is gone", [](Story& s) { s.kept.set_credit_minor(999); }, "payment"},
      {"payment of more than it is",
       [](Story& s) { s.recorded.mutable_amount()->set_minor(7'001); }, "payment"},
      {"another number than was given", [](Story& s) { s.issued.set_ordinal(2); }, "number"},
      {"number for a document that is not",
       [](Story& s) { s.allotted.set_holder_id(ExampleBytes<InvoiceId>(2)); }, "number"},
      {"share that is too small",
       [](Story& s) { s.issued.mutable_credits(0)->mutable_shares(0)->set_base_minor(9'999); },
       "share"},
      {"entry of a cent more",
       [](Story& s) {
         s.recognized.set_amount_minor(301);
         s.accrued.set_amount_minor(301);
       },
       "commission"},
      {"all of a cent more",
       [](Story& s) {
         s.accrued.set_amount_minor(301);
         s.recognized.set_amount_minor(301);
         s.paid.set_recognised_minor(301);
       },
       "commission"},
      {"more in a book than was paid",
       [](Story& s) {
         s.paid.set_paid_minor(8'000);
         s.paid.set_recognised_minor(400);
         s.recognized.set_amount_minor(400);
         s.accrued.set_amount_minor(400);
       },
       "commission"},
      {"entry that no receipt can take", [](Story& s) { s.accrued.set_amount_minor(299); },
       "receipt"},
      {"receipt of more than was taken",
       [](Story& s) { s.receipt.mutable_items(0)->set_amount_minor(301); }, "receipt"},
      {"cycle that was jumped over",
       [](Story& s) {
         s.invoiced.set_cycle(2);
         s.drafted.set_cycle(2);
         s.last.set_cycle(3);
       },
       "cycle"},
      {"invoice of another cycle", [](Story& s) { s.drafted.set_cycle(2); }, "cycle"},
      {"invoice of something else",
       [](Story& s) { s.drafted.mutable_source()->set_category("proposal"); }, "cycle"},
      {"invoice that is not there",
       [](Story& s) { s.invoiced.set_invoice_id(ExampleBytes<InvoiceId>(4)); }, "cycle"},
      {"policy that was never published",
       [](Story& s) { s.recognized.set_policy_id(ExampleBytes<CommissionPolicyId>(2)); },
       "commission"},
  };
  for (const Case& wrong : cases) {
    SCOPED_TRACE(wrong.name);
    Story story;
    wrong.change(story);
    const Comparisons found = Reconciled(story);
    ASSERT_FALSE(found.differences().empty());
    for (const Difference& difference : found.differences())
      EXPECT_EQ(difference.check, wrong.check) << difference.what;
  }
}

TEST(ReconciliationTest, CountsAllDifferencesAndKeepsTheFirstHundred) {
  Comparisons comparisons;
  for (int i = 0; i < 150; ++i) {
    comparisons.Compare("settlement", StreamOf(ExampleId<InvoiceId>(i)), "paid", 0, 1);
  }
  EXPECT_THAT(comparisons.differences(), SizeIs(Comparisons::kMaxDifferences));
  EXPECT_EQ(comparisons.checks()[0].differing, 150);
}

}  // namespace
}  // namespace crm::domain
