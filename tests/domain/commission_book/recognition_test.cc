// R1..R4 of domain/commission_book/recognition.h, invariants of commission_book.h and commission.h;
// worked cases T5, T6, T7, T17, T20 (reversed), T22, T23, T25, T26.
#include "domain/commission_book/recognition.h"

#include <random>

#include "domain/commission_policy/commission_policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/commission_examples.h"
#include "tests/support/example_world.h"
#include "tests/support/examples.h"
#include "tests/support/seed.h"

namespace crm::domain {
namespace {

using events::v1::CommissionRecognized;
using events::v1::InvoiceIssued;
using events::v1::PolicyTerms;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::FlatTermsExample;
using testing::FrozenCreditExample;
using testing::InvoiceIssuedExample;
using ::testing::IsEmpty;
using testing::LadderTermsExample;
using ::testing::Pair;

using Amounts = std::vector<int64_t>;

absl::Time March(int day) {
  return absl::FromCivil(absl::CivilHour(2026, 3, day, 12), absl::UTCTimeZone());
}

// Payments and reversals on invoices, one commit each, in the order of the calls.
class Ledger {
 public:
  void Policy(const PolicyTerms& terms, int policy = 1) {
    world_.Append(StreamOf(ExampleId<CommissionPolicyId>(policy)),
                  testing::VersionPublishedExample(terms), testing::kExampleBefore);
  }
  void Invoice(int invoice, const InvoiceIssued& issued) { invoices_[invoice] = issued; }

  void Pay(int payment, int day, int invoice, int64_t paid) {
    payments_[payment] = {day, invoice, paid};
    Cause({payment, day, /*reversal=*/false, invoice, paid, day});
  }
  // All of it, on another day.
  void Reverse(int payment, int day) {
    const Payment& paid = payments_.at(payment);
    Cause({payment, day, /*reversal=*/true, paid.invoice, -paid.amount, paid.day});
  }

  // Amounts of the entries of the last commit, by day of the month.
  std::vector<std::pair<int, int64_t>> Last() const {
    std::vector<std::pair<int, int64_t>> amounts;
    for (const CommissionRecognized& entry : last_) {
      amounts.emplace_back(DayOf(entry), entry.amount_minor());
    }
    return amounts;
  }
  // What entries of a member sum to, by day.
  std::map<int, int64_t> ByDay(int member = 1) const {
    std::map<int, int64_t> sums;
    for (const CommissionRecognized& entry : entries_) {
      if (entry.agent_id() == ExampleBytes<MemberId>(member)) {
        sums[DayOf(entry)] += entry.amount_minor();
      }
    }
    return sums;
  }
  int64_t Total(int member = 1) const {
    int64_t total = 0;
    for (const auto& [day, sum] : ByDay(member)) total += sum;
    return total;
  }

  static int DayOf(const CommissionRecognized& entry) {
    const absl::Time instant = absl::FromUnixMicros(entry.cause().instant_us());
    return absl::ToCivilDay(instant, absl::UTCTimeZone()).day();
  }

  testing::ExampleWorld world_;
  OrganizationState settings_ = [] {
    OrganizationState settings;
    settings.time_zone = "UTC";
    return settings;
  }();
  std::vector<CommissionRecognized> last_;
  std::vector<CommissionRecognized> entries_;

 private:
  struct Payment {
    int day = 0;
    int invoice = 0;
    int64_t amount = 0;
  };
  struct Step {
    int payment;
    int day;
    bool reversal;
    int invoice;
    int64_t paid;
    int paid_day;
  };

  void Cause(const Step& step) {
    world_.streams.ForgetConsulted();
    const DecideContext context(world_.caller, testing::kExampleNow, std::nullopt, world_.streams,
                                world_.rights);
    Recognition recognition(context, settings_);
    ASSERT_THAT(recognition.Enter(
                    {ExampleId<InvoiceId>(step.invoice), March(1), invoices_.at(step.invoice)},
                    {.cause = StreamOf(ExampleId<PaymentId>(step.payment)),
                     .reversal = step.reversal,
                     .instant = March(step.day),
                     .paid_minor = step.paid,
                     .paid_day = absl::CivilDay(2026, 3, step.paid_day),
                     .fiscal_year_start = {}}),
                testing::IsOk());
    ASSERT_THAT(recognition.Conclude(), testing::IsOk());
    // Any decision will do: what is looked at are its effects.
    Decision<CommissionPolicy::Event> decision;
    recognition.ApplyTo(decision);
    last_.clear();
    for (const Effect& effect : decision.effects()) Record(effect);
  }
  void Record(const Effect& effect) {
    for (const auto& event : effect.events) {
      world_.Append(effect.stream, *event, effect.effective_time.value_or(testing::kExampleNow));
      const auto* entry = dynamic_cast<const CommissionRecognized*>(event.get());
      if (entry == nullptr) continue;
      ASSERT_EQ(effect.effective_time, absl::FromUnixMicros(entry->cause().instant_us()))
          << "dated as its cause";
      last_.push_back(*entry);
      entries_.push_back(*entry);
    }
  }

  std::map<int, InvoiceIssued> invoices_;
  std::map<int, Payment> payments_;
};

class RecognitionTest : public ::testing::Test, protected Ledger {};

TEST_F(RecognitionTest, T5PerInvoiceAndPerPeriod) {
  for (const bool per_period : {false, true}) {
    Policy(LadderTermsExample(per_period), per_period ? 2 : 1);
    const Amounts totals = {800'000, 400'000, 2'500'000};
    Amounts earned;
    for (int i = 0; i < 3; ++i) {
      const int invoice = i + (per_period ? 10 : 1);
      const int64_t total = totals[static_cast<size_t>(i)];
      InvoiceIssued issued = InvoiceIssuedExample(total);
      *issued.mutable_credits(0) = FrozenCreditExample(issued.content(), 1, {per_period ? 2 : 1});
      Invoice(invoice, issued);
      Pay(invoice, 5 + i, invoice, total);
      ASSERT_EQ(last_.size(), 1u);
      earned.push_back(last_[0].amount_minor());
    }
    if (per_period) {
      EXPECT_THAT(earned, ElementsAre(40'000, 24'000, 196'000));
    } else {
      EXPECT_THAT(earned, ElementsAre(40'000, 20'000, 155'000));
    }
  }
}

TEST_F(RecognitionTest, T6PartialPaymentsClimbTheLadder) {
  Policy(LadderTermsExample());
  Invoice(1, InvoiceIssuedExample(2'500'000));
  Pay(1, 5, 1, 1'000'000);
  Pay(2, 6, 1, 1'000'000);
  Pay(3, 7, 1, 500'000);
  EXPECT_THAT(ByDay(), ElementsAre(Pair(5, 50'000), Pair(6, 70'000), Pair(7, 35'000)));
}

TEST_F(RecognitionTest, T7ThirdsLoseNothingToRounding) {
  Policy(FlatTermsExample(70'000));
  Invoice(1, InvoiceIssuedExample(10'000, /*tax_minor=*/2'000));
  for (const int payment : {1, 2, 3}) Pay(payment, 4 + payment, 1, 4'000);
  EXPECT_THAT(ByDay(), ElementsAre(Pair(5, 233), Pair(6, 234), Pair(7, 233)));
}

TEST_F(RecognitionTest, ExplainsWhatItRecognises) {
  Policy(LadderTermsExample());
  Invoice(1, InvoiceIssuedExample(2'500'000, /*tax_minor=*/500'000));
  Pay(1, 5, 1, 3'000'000);
  ASSERT_EQ(last_.size(), 1u);
  const CommissionRecognized& entry = last_[0];
  EXPECT_EQ(entry.role(), v1::COMMISSION_ROLE_AGENT);
  EXPECT_EQ(entry.cause().category(), "payment");
  EXPECT_EQ(entry.cause().cause_id(), ExampleBytes<PaymentId>());
  EXPECT_EQ(entry.policy_id(), ExampleBytes<CommissionPolicyId>());
  EXPECT_EQ(entry.policy_version(), 1);
  EXPECT_EQ(entry.paid_minor(), 3'000'000) << "tax included";
  EXPECT_EQ(entry.base_before_minor(), 0);
  EXPECT_EQ(entry.base_after_minor(), 2'500'000) << "tax excluded";
  ASSERT_EQ(entry.slices_size(), 2);
  EXPECT_EQ(entry.slices(1).to_minor(), 2'500'000);
  EXPECT_EQ(entry.slices(1).rate_ppm(), 70'000);
  EXPECT_EQ(entry.ownership().team_id(), ExampleBytes<TeamId>());
  EXPECT_EQ(entry.ownership().owner_id(), ExampleBytes<MemberId>());
  EXPECT_TRUE(entry.corrected_by_id().empty());
  EXPECT_FALSE(entry.has_period_start());
}

TEST_F(RecognitionTest, T20AReversalTakesBackByTheLadder) {
  Policy(LadderTermsExample());
  Invoice(1, InvoiceIssuedExample(2'500'000));
  Pay(1, 5, 1, 1'500'000);
  Pay(2, 6, 1, 1'000'000);
  Reverse(1, 20);
  EXPECT_THAT(ByDay(), ElementsAre(Pair(5, 85'000), Pair(6, 70'000), Pair(20, -105'000)));
  EXPECT_TRUE(last_[0].cause().reversal());
  ASSERT_EQ(last_[0].slices_size(), 1);
  EXPECT_EQ(last_[0].slices(0).from_minor(), 2'500'000);
  EXPECT_EQ(last_[0].slices(0).to_minor(), 1'000'000) << "downhill";
}

TEST_F(RecognitionTest, R2APaymentEnteredLateCorrectsThoseAfterIt) {
  Policy(LadderTermsExample(/*per_period=*/true));
  for (const int invoice : {1, 2}) Invoice(invoice, InvoiceIssuedExample(1'000'000));
  Pay(1, 10, 1, 1'000'000);
  Pay(2, 5, 2, 1'000'000);
  EXPECT_THAT(Last(), ::testing::UnorderedElementsAre(Pair(5, 50'000), Pair(10, 20'000)));
  EXPECT_THAT(ByDay(), ElementsAre(Pair(5, 50'000), Pair(10, 70'000)));
  for (const CommissionRecognized& entry : last_) {
    EXPECT_EQ(entry.corrected_by_id(), DayOf(entry) == 10 ? ExampleBytes<PaymentId>(2) : "");
    EXPECT_EQ(entry.corrected_by_category(), DayOf(entry) == 10 ? "payment" : "");
    EXPECT_EQ(entry.period_start().days(), StoredDay(absl::CivilDay(2026, 3, 1)).days());
  }
  const auto corrected = world_.Load<Commission>(CommissionOf(
      CommissionBookOf(
          world_.caller.organization,
          {.agent = ExampleId<MemberId>(),
           .policy = ExampleId<CommissionPolicyId>(),
           .currency_code = "EUR",
           .period = BookPeriod{v1::COMMISSION_PERIOD_MONTH, absl::CivilDay(2026, 3, 1)}}),
      entries_.front().cause()));
  EXPECT_EQ(corrected.head.version, 2) << "both entries are in the stream of the cause";
  EXPECT_EQ(corrected->recognised_minor, 70'000);
}

TEST_F(RecognitionTest, R2AReversalStaysInThePeriodOfItsPayment) {
  Policy(LadderTermsExample(/*per_period=*/true));
  for (const int invoice : {1, 2}) Invoice(invoice, InvoiceIssuedExample(1'500'000));
  Pay(1, 10, 1, 1'500'000);
  Pay(2, 11, 2, 1'500'000);
  const std::string book = last_[0].book_id();
  settings_.time_zone = "Pacific/Kiritimati";  // moved since; another day there
  Reverse(2, 31);
  EXPECT_EQ(last_[0].book_id(), book);
  EXPECT_EQ(last_[0].amount_minor(), -105'000);
}

TEST_F(RecognitionTest, T22DueAfterTheWaitingDaysUnlessItWentBackBefore) {
  settings_.commission_waiting_days = 15;
  Policy(FlatTermsExample());
  Invoice(1, InvoiceIssuedExample(10'000));
  Pay(1, 1, 1, 10'000);
  EXPECT_EQ(DayFromStored(last_[0].due()), absl::CivilDay(2026, 3, 16));
  Reverse(1, 10);
  EXPECT_EQ(DayFromStored(last_[0].due()), absl::CivilDay(2026, 3, 16))
      << "not before what it takes back: nothing is ever due";
  EXPECT_EQ(Total(), 0);
}

TEST_F(RecognitionTest, R4ACorrectionIsDueWithWhatItCorrects) {
  Policy(LadderTermsExample(/*per_period=*/true));
  for (const int invoice : {1, 2}) Invoice(invoice, InvoiceIssuedExample(1'000'000));
  Pay(1, 10, 1, 1'000'000);
  settings_.commission_waiting_days = 30;
  Pay(2, 5, 2, 1'000'000);
  for (const CommissionRecognized& entry : last_) {
    EXPECT_EQ(DayFromStored(entry.due()),
              DayOf(entry) == 10 ? absl::CivilDay(2026, 3, 10) : absl::CivilDay(2026, 4, 4));
  }
}

TEST_F(RecognitionTest, T23TheFrozenVersionEarns) {
  Policy(FlatTermsExample(50'000));
  Policy(FlatTermsExample(80'000));  // version 2
  Invoice(1, InvoiceIssuedExample(100'000));
  Pay(1, 5, 1, 40'000);
  Pay(2, 6, 1, 60'000);
  EXPECT_EQ(Total(), 5'000);
}

TEST_F(RecognitionTest, T26EveryFrozenPolicyEarns) {
  Policy(FlatTermsExample(50'000), 1);
  Policy(FlatTermsExample(10'000), 2);
  InvoiceIssued issued = InvoiceIssuedExample(100'000);
  *issued.mutable_credits(0) = FrozenCreditExample(issued.content(), 1, {1, 2});
  Invoice(1, issued);
  Pay(1, 5, 1, 100'000);
  EXPECT_EQ(Total(), 6'000);
  EXPECT_EQ(last_.size(), 2u);
}

// An invoice of 10.00 whose agent earns 10 %, and whose leader another 10 %.
InvoiceIssued OverriddenExample() {
  InvoiceIssued issued = InvoiceIssuedExample(1'000);
  issued.set_override_leader_id(ExampleBytes<MemberId>(9));
  return issued;
}
PolicyTerms OverrideTerms(bool subtracted) {
  PolicyTerms terms = FlatTermsExample(100'000);
  terms.mutable_override()->set_rate_ppm(100'000);
  terms.mutable_override()->set_agent_commission_subtracted(subtracted);
  return terms;
}

TEST_F(RecognitionTest, T25TheLeaderEarnsOnTheTeams) {
  Policy(OverrideTerms(/*subtracted=*/false));
  Invoice(1, OverriddenExample());
  Pay(1, 5, 1, 1'000);
  EXPECT_EQ(Total(1), 100);
  EXPECT_EQ(Total(9), 100);
  EXPECT_EQ(entries_.back().role(), v1::COMMISSION_ROLE_OVERRIDE);
}

TEST_F(RecognitionTest, T25TheAgentsCommissionIsSubtracted) {
  Policy(OverrideTerms(/*subtracted=*/true));
  Invoice(1, OverriddenExample());
  Pay(1, 5, 1, 1'000);
  EXPECT_EQ(Total(9), 90);
  EXPECT_EQ(entries_.back().base_after_minor(), 900);
  Reverse(1, 7);
  EXPECT_EQ(Total(1), 0);
  EXPECT_EQ(Total(9), 0);
}

TEST_F(RecognitionTest, R3SeveralAgentsAreOneTeam) {
  Policy(OverrideTerms(/*subtracted=*/true));
  InvoiceIssued issued = OverriddenExample();
  *issued.add_credits() = FrozenCreditExample(issued.content(), 2);
  for (auto& credit : *issued.mutable_credits()) credit.mutable_shares(0)->set_base_minor(500);
  Invoice(1, issued);
  Pay(1, 5, 1, 1'000);
  EXPECT_EQ(Total(1), 50);
  EXPECT_EQ(Total(2), 50);
  EXPECT_EQ(Total(9), 90);
}

TEST_F(RecognitionTest, R3ACorrectedCommissionCorrectsTheOverrideOfAnotherInvoice) {
  PolicyTerms terms = LadderTermsExample(/*per_period=*/true);
  *terms.mutable_override() = OverrideTerms(/*subtracted=*/true).override();
  Policy(terms);
  for (const int invoice : {1, 2}) {
    InvoiceIssued issued = InvoiceIssuedExample(1'000'000);
    issued.set_override_leader_id(ExampleBytes<MemberId>(9));
    Invoice(invoice, issued);
  }
  Pay(1, 10, 1, 1'000'000);
  EXPECT_THAT(ByDay(9), ElementsAre(Pair(10, 95'000)));
  Pay(2, 5, 2, 1'000'000);
  EXPECT_THAT(ByDay(9), ElementsAre(Pair(5, 95'000), Pair(10, 93'000)));
}

TEST_F(RecognitionTest, NothingCreditedIsNothingEarned) {
  InvoiceIssued issued = InvoiceIssuedExample(1'000);
  issued.clear_credits();
  issued.set_override_leader_id(ExampleBytes<MemberId>(9));
  Invoice(1, issued);
  Pay(1, 5, 1, 1'000);
  EXPECT_THAT(entries_, IsEmpty());
}

// The same payments and reversals in any order of recording: the same sums for every day. Mutation
// that it was seen to catch: correcting only causes of the same invoice.
TEST_F(RecognitionTest, TheOrderOfRecordingDoesNotMatter) {
  std::mt19937_64 random(testing::DrawSeed());
  std::map<int, std::map<int, int64_t>> expected;
  for (int round = 0; round < 20; ++round) {
    Ledger ledger;
    PolicyTerms terms = LadderTermsExample(/*per_period=*/true);
    *terms.mutable_override() = OverrideTerms(/*subtracted=*/true).override();
    ledger.Policy(terms);
    for (int invoice = 1; invoice <= 3; ++invoice) {
      InvoiceIssued issued = InvoiceIssuedExample(1'000'001 * invoice, 7);
      issued.set_override_leader_id(ExampleBytes<MemberId>(9));
      ledger.Invoice(invoice, issued);
    }
    std::vector<int> payments = {1, 2, 3, 4, 5, 6};
    if (round > 0) std::shuffle(payments.begin(), payments.end(), random);
    for (const int payment : payments) {
      ledger.Pay(payment, 2 + 3 * payment, 1 + payment % 3, 333'333 + payment);
      if (payment % 3 == 0) ledger.Reverse(payment, 3 + 3 * payment);
    }
    const std::map<int, std::map<int, int64_t>> sums = {{1, ledger.ByDay(1)}, {9, ledger.ByDay(9)}};
    if (round == 0) expected = sums;
    ASSERT_EQ(sums, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace crm::domain
