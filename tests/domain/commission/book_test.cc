#include "domain/commission/book.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::testing::ElementsAre;

using Amounts = std::vector<int64_t>;

Uuid Named(int number) { return Uuid::FromName(Uuid(), absl::StrCat(number)); }
absl::Time Day(int64_t day) { return absl::UnixEpoch() + absl::Hours(24 * day); }

EarningRule Flat(int64_t rate_ppm) { return {.otherwise = Ladder::Flat(rate_ppm)}; }

// The ladder L of the worked cases.
EarningRule RuleOf(LadderMode mode) {
  return {.otherwise = *Ladder::Make(mode,
                                     {{0, 1'000'000, 50'000, 0},
                                      {1'000'000, 3'000'000, 70'000, 0},
                                      {3'000'000, std::nullopt, 100'000, 0}},
                                     false)};
}

// A book in the making: invoices enter it, and are paid.
class Book {
 public:
  explicit Book(EarningRule rule) : rules_{std::move(rule)} {}

  // An invoice of one group; the group's shares of its total.
  Book& Invoice(int number, int64_t shares_minor, int64_t total_minor, int64_t day = 0) {
    return Grouped(number, {{Uuid(), shares_minor}}, total_minor, day);
  }
  Book& Grouped(int number, absl::btree_map<Uuid, int64_t> shares_minor, int64_t total_minor,
                int64_t day = 0) {
    return Add({Day(day), Named(number), std::move(shares_minor), 0, total_minor, 0});
  }
  Book& Pay(int number, int64_t paid_minor, int64_t day = 1) {
    return Add({Day(day), Named(number), {}, paid_minor, 0, 0});
  }
  // Takes back shares and total, and releases what was paid beyond.
  Book& Credit(int number, int64_t shares_minor, int64_t total_minor, int64_t released_minor,
               int64_t day = 2) {
    return Add(
        {Day(day), Named(number), {{Uuid(), -shares_minor}}, -released_minor, -total_minor, 0});
  }
  Book& Add(BookCause cause) {
    causes_.push_back(std::move(cause));
    return *this;
  }

  std::vector<BookCause>& causes() { return causes_; }

  std::vector<BookEntry> Entries() {
    for (BookCause& cause : causes_) {
      if (cause.rule == nullptr) cause.rule = &rules_.front();
    }
    auto entries = ReckonBook(causes_);
    EXPECT_TRUE(entries.ok()) << entries.status();
    return entries.ok() ? *entries : std::vector<BookEntry>(causes_.size());
  }
  // What the payments, reversals and credit notes earned, in the order entered.
  Amounts Earned() {
    Amounts earned;
    const std::vector<BookEntry> entries = Entries();
    for (size_t i = 0; i < entries.size(); ++i) {
      if (causes_[i].paid_minor != 0) earned.push_back(entries[i].earned_minor);
    }
    return earned;
  }
  int64_t Total() {
    int64_t total = 0;
    for (const BookEntry& entry : Entries()) total += entry.earned_minor;
    return total;
  }

 private:
  std::vector<EarningRule> rules_;
  std::vector<BookCause> causes_;
};

// A book of several invoices, paid in full one after the other.
Amounts PaidInFull(const EarningRule& rule, const Amounts& invoices, bool one_book) {
  Book together(rule);
  Amounts apart;
  for (size_t i = 0; i < invoices.size(); ++i) {
    const auto number = static_cast<int>(i);
    together.Invoice(number, invoices[i], invoices[i]).Pay(number, invoices[i], 1 + number);
    apart.push_back(Book(rule).Invoice(0, invoices[i], invoices[i]).Pay(0, invoices[i]).Total());
  }
  return one_book ? together.Earned() : apart;
}

int64_t SumOf(const Amounts& amounts) {
  int64_t sum = 0;
  for (const int64_t amount : amounts) sum += amount;
  return sum;
}

TEST(BookTest, T4TiersPerTransactionAndCumulative) {
  const std::vector<LadderStep> steps = {{0, 100'000, 10'000, 0},
                                         {100'000, 300'000, 20'000, 0},
                                         {300'000, 800'000, 30'000, 0},
                                         {800'000, 2'000'000, 50'000, 0}};
  const EarningRule marginal = {.otherwise = *Ladder::Make(LadderMode::kMarginal, steps, true)};
  const EarningRule whole = {.otherwise = *Ladder::Make(LadderMode::kWhole, steps, true)};
  const Amounts sold = {20'000, 30'000, 150'000, 120'000, 200'000, 450'000};
  EXPECT_THAT(PaidInFull(marginal, sold, false), ElementsAre(200, 300, 2'000, 1'400, 3'000, 9'500));
  EXPECT_THAT(PaidInFull(marginal, sold, true), ElementsAre(200, 300, 2'500, 2'600, 6'000, 16'900));
  EXPECT_THAT(PaidInFull(whole, sold, false), ElementsAre(200, 300, 3'000, 2'400, 4'000, 13'500));
  EXPECT_EQ(SumOf(PaidInFull(whole, sold, true)), 48'500);
}

TEST(BookTest, T5SameMonthThreePaidInvoices) {
  const EarningRule marginal = RuleOf(LadderMode::kMarginal);
  const EarningRule whole = RuleOf(LadderMode::kWhole);
  const Amounts sold = {800'000, 400'000, 2'500'000};
  EXPECT_THAT(PaidInFull(marginal, sold, false), ElementsAre(40'000, 20'000, 155'000));
  EXPECT_THAT(PaidInFull(marginal, sold, true), ElementsAre(40'000, 24'000, 196'000));
  EXPECT_EQ(SumOf(PaidInFull(whole, sold, false)), 235'000);
  EXPECT_THAT(PaidInFull(whole, sold, true), ElementsAre(40'000, 44'000, 286'000));
}

TEST(BookTest, T6PartialPaymentsOfOneInvoice) {
  EXPECT_THAT(Book(RuleOf(LadderMode::kMarginal))
                  .Invoice(0, 2'500'000, 2'500'000)
                  .Pay(0, 1'000'000)
                  .Pay(0, 1'000'000)
                  .Pay(0, 500'000)
                  .Earned(),
              ElementsAre(50'000, 70'000, 35'000));
}

TEST(BookTest, T7ThirdsWithTaxAndRounding) {
  Book book(Flat(70'000));
  book.Invoice(0, 10'000, 12'000).Pay(0, 4'000).Pay(0, 4'000).Pay(0, 4'000);
  EXPECT_THAT(book.Earned(), ElementsAre(233, 234, 233));
  EXPECT_EQ(book.Entries()[1].base_after_minor, 3'333);
  EXPECT_EQ(book.Entries()[2].base_before_minor, 3'333);
  EXPECT_EQ(book.Entries()[2].base_after_minor, 6'667);
}

TEST(BookTest, T8TwoHalves) {
  EXPECT_THAT(Book(Flat(200'000))
                  .Invoice(0, 2'000'000, 2'000'000)
                  .Pay(0, 1'000'000)
                  .Pay(0, 1'000'000)
                  .Earned(),
              ElementsAre(200'000, 200'000));
}

TEST(BookTest, T9NinetyNinePercentPaidEarnsAsMuch) {
  EXPECT_THAT(Book(Flat(100'000)).Invoice(0, 10'000, 10'000).Pay(0, 9'900).Earned(),
              ElementsAre(990));
}

TEST(BookTest, T11LadderOfTheDocumentNotOfItsLines) {
  const Amounts document = {1'200'000};
  EXPECT_EQ(SumOf(PaidInFull(RuleOf(LadderMode::kMarginal), document, true)), 64'000);
  EXPECT_EQ(SumOf(PaidInFull(RuleOf(LadderMode::kWhole), document, true)), 84'000);
}

TEST(BookTest, T12ProductLaddersOnTheLinesOwnNets) {
  EarningRule rule;
  rule.ladders.emplace(Named(1), Ladder::Flat(10'000));
  rule.ladders.emplace(Named(2), Ladder::Flat(20'000));
  EXPECT_THAT(Book(rule)
                  .Grouped(0, {{Named(1), 296'940}, {Named(2), 3'234'000}}, 4'016'040)
                  .Pay(0, 60'600)
                  .Earned(),
              ElementsAre(1'021));
}

TEST(BookTest, T13MarginProration) {
  EXPECT_THAT(Book(Flat(50'000)).Invoice(0, 1'200, 124'715).Pay(0, 60'600).Earned(),
              ElementsAre(29));
}

TEST(BookTest, T14MarginWithALossLine) {
  EarningRule floored = Flat(100'000);
  floored.floored = true;
  const auto earned = [](const EarningRule& rule, absl::btree_map<Uuid, int64_t> margins) {
    return Book(rule).Grouped(0, std::move(margins), 10'000).Pay(0, 10'000).Total();
  };
  EXPECT_EQ(earned(floored, {{Named(1), 5'000}, {Named(2), -3'000}}), 500) << "LINE";
  EXPECT_EQ(earned(floored, {{Uuid(), 2'000}}), 200) << "DOCUMENT";
  EXPECT_EQ(earned(Flat(100'000), {{Uuid(), 2'000}}), 200) << "NONE";
  EXPECT_EQ(earned(floored, {{Named(1), -3'000}, {Named(2), -3'000}}), 0) << "LINE";
  EXPECT_EQ(earned(floored, {{Uuid(), -6'000}}), 0) << "DOCUMENT";
  EXPECT_EQ(earned(Flat(100'000), {{Uuid(), -6'000}}), -600) << "NONE";
}

TEST(BookTest, T16ACommissionFreeLineStaysOut) {
  EXPECT_THAT(Book(Flat(100'000)).Invoice(0, 20'000, 30'000).Pay(0, 30'000).Earned(),
              ElementsAre(2'000));
}

TEST(BookTest, T17PartialPaymentAcrossLinesOfTwoAgents) {
  // Each agent has one of the two lines.
  EXPECT_THAT(Book(Flat(100'000)).Invoice(0, 10'000, 20'000).Pay(0, 5'000).Pay(0, 15'000).Earned(),
              ElementsAre(250, 750));
}

TEST(BookTest, T18RefundNetsOut) {
  Book partly(Flat(200'000));
  partly.Invoice(0, 500, 500).Pay(0, 500).Credit(0, 300, 300, 300);
  EXPECT_EQ(partly.Total(), 40);
  Book fully(Flat(200'000));
  fully.Invoice(0, 500, 500).Pay(0, 500).Credit(0, 500, 500, 500);
  EXPECT_EQ(fully.Total(), 0);
  EXPECT_EQ(fully.Invoice(1, 300, 300).Pay(1, 300, 3).Total(), 60);
}

TEST(BookTest, T19CreditNotesAreNegative) {
  EXPECT_EQ(Book(Flat(40'000))
                .Invoice(0, 100'000, 100'000)
                .Pay(0, 100'000)
                .Credit(0, 20'000, 20'000, 20'000)
                .Total(),
            3'200);
}

TEST(BookTest, T20ClawbackUnderALadder) {
  const auto clawback = [](int64_t credited) {
    return Book(RuleOf(LadderMode::kMarginal))
        .Invoice(0, 2'500'000, 2'500'000)
        .Pay(0, 2'500'000)
        .Credit(0, credited, credited, credited)
        .Earned();
  };
  EXPECT_THAT(clawback(1'000'000), ElementsAre(155'000, -70'000));
  EXPECT_THAT(clawback(2'000'000), ElementsAre(155'000, -130'000));
}

TEST(BookTest, T23PolicyOfTheSale) {
  Book sold(Flat(50'000));
  EXPECT_THAT(sold.Invoice(0, 100'000, 100'000).Pay(0, 40'000, 10).Pay(0, 60'000, 40).Earned(),
              ElementsAre(2'000, 3'000));
  // What-if: the same causes under another policy.
  const EarningRule other = Flat(80'000);
  for (BookCause& cause : sold.causes()) cause.rule = &other;
  EXPECT_EQ(sold.Total(), 8'000);
}

TEST(BookTest, T25LeaderOverTheAgent) {
  const int64_t agent = Book(Flat(100'000)).Invoice(0, 1'000, 1'000).Pay(0, 1'000).Total();
  EXPECT_EQ(agent, 100);
  Book leader(Flat(100'000));
  leader.Invoice(0, 1'000, 1'000).Pay(0, 1'000);
  EXPECT_EQ(leader.Total(), 100);
  leader.causes().back().subtracted_minor = agent;
  EXPECT_EQ(leader.Total(), 90);
}

// A cause that becomes known late moves those after it up the ladder; any day's sum is the ladder
// of that day's base.
TEST(BookTest, LatePaymentsFindTheirPlace) {
  Book book(RuleOf(LadderMode::kMarginal));
  for (const int number : {0, 1, 2}) book.Invoice(number, 2'500'000, 2'500'000);
  book.Pay(2, 2'500'000, 30).Pay(0, 800'000, 10);
  EXPECT_THAT(book.Earned(), ElementsAre(180'000, 40'000));
  book.Pay(1, 400'000, 20);
  EXPECT_THAT(book.Earned(), ElementsAre(196'000, 40'000, 24'000));
}

// A credit note dated before the payment that it released: as of its day nothing was paid.
TEST(BookTest, CreditsMayBeDatedBeforeWhatTheyRelease) {
  EXPECT_THAT(Book(Flat(100'000))
                  .Invoice(0, 10'000, 10'000)
                  .Pay(0, 10'000, 20)
                  .Credit(0, 4'000, 4'000, 4'000, 10)
                  .Earned(),
              ElementsAre(600, 0));
}

TEST(BookTest, VersionsOfAPolicyShareTheBase) {
  const EarningRule old = Flat(50'000);
  const EarningRule recent = RuleOf(LadderMode::kMarginal);
  Book book(old);
  book.Invoice(0, 1'000'000, 1'000'000).Pay(0, 1'000'000, 1);
  book.Invoice(1, 1'000'000, 1'000'000).Pay(1, 1'000'000, 2);
  for (BookCause& cause : book.causes()) cause.rule = cause.invoice == Named(1) ? &recent : &old;
  // The second million of the base is on the second step of the newer version.
  EXPECT_THAT(book.Earned(), ElementsAre(50'000, 70'000));
}

}  // namespace
}  // namespace crm::domain
