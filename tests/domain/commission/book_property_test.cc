// A book against its definition, with causes that become known in any order.
#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "domain/commission/book.h"
#include "gtest/gtest.h"
#include "tests/support/exact_rational.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using ::crm::testing::ExactRational;

using Amounts = std::vector<int64_t>;

Uuid Named(int number) { return Uuid::FromName(Uuid(), absl::StrCat(number)); }
absl::Time Day(int64_t day) { return absl::UnixEpoch() + absl::Hours(24 * day); }

// The same by definition: every sum anew, nothing kept, and rounded at the end.
class Oracle {
 public:
  explicit Oracle(std::vector<LadderStep> steps) : steps_(std::move(steps)) {}

  Amounts Reckon(const std::vector<BookCause>& causes) const {
    Amounts earned(causes.size());
    int64_t before = 0;
    for (const size_t i : InOrder(causes)) {
      const int64_t after = Ladder(BaseAfter(causes, i)).HalfUp();
      earned[i] = after - before;
      before = after;
    }
    return earned;
  }

 private:
  static std::vector<size_t> InOrder(const std::vector<BookCause>& causes) {
    std::multimap<absl::Time, size_t> by_date;
    for (size_t i = 0; i < causes.size(); ++i) by_date.emplace(causes[i].instant, i);
    std::vector<size_t> order;
    for (const auto& [instant, i] : by_date) order.push_back(i);
    return order;
  }
  static ExactRational BaseAfter(const std::vector<BookCause>& causes, size_t last) {
    struct Sums {
      int64_t shares = 0, paid = 0, total = 0;
    };
    std::map<Uuid, Sums> invoices;
    for (const size_t i : InOrder(causes)) {
      Sums& sums = invoices[causes[i].invoice];
      for (const auto& [group, shares] : causes[i].shares_minor) sums.shares += shares;
      sums.paid += causes[i].paid_minor;
      sums.total += causes[i].total_minor;
      if (i == last) break;
    }
    ExactRational base;
    for (const auto& [id, sums] : invoices) {
      const int64_t paid = std::min(std::max<int64_t>(sums.paid, 0), sums.total);
      if (sums.total > 0) base = base + ExactRational(sums.shares * paid, sums.total);
    }
    return base;
  }
  ExactRational Ladder(const ExactRational& base) const {
    ExactRational earned;
    for (const LadderStep& step : steps_) {
      ExactRational reached = base - ExactRational(step.lower_minor);
      if (step.upper_minor.has_value()) {
        const ExactRational width(*step.upper_minor - step.lower_minor);
        reached = width < reached ? width : reached;
      }
      if (ExactRational(0) < reached) {
        earned = earned + reached * ExactRational(step.rate_ppm / 10'000, 100);
      }
    }
    return earned;
  }

  std::vector<LadderStep> steps_;
};

// Invoices with tax, payments in part, credits that release the excess; dates in any order.
std::vector<BookCause> RandomCauses(std::mt19937_64& random, const EarningRule& rule) {
  std::vector<BookCause> causes;
  for (int number = 0; number < 3; ++number) {
    int64_t total = 1 + static_cast<int64_t>(random() % 900);
    int64_t shares = static_cast<int64_t>(random() % static_cast<uint64_t>(total + 1));
    int64_t paid = 0;
    causes.push_back({Day(0), Named(number), {{Uuid(), shares}}, 0, total, 0, &rule});
    for (uint64_t left = random() % 5; left > 0; --left) {
      BookCause cause{Day(1 + static_cast<int64_t>(random() % 20)), Named(number), {}, 0, 0, 0};
      cause.rule = &rule;
      if (random() % 4 == 0) {
        const auto credited = static_cast<int64_t>(random() % static_cast<uint64_t>(total + 1));
        const auto taken = static_cast<int64_t>(random() % static_cast<uint64_t>(shares + 1));
        cause.total_minor = -credited;
        cause.shares_minor[Uuid()] = -std::min(taken, credited);
        total -= credited;
        shares += cause.shares_minor[Uuid()];
        cause.paid_minor = -std::max<int64_t>(paid - total, 0);
      } else {
        cause.paid_minor = static_cast<int64_t>(random() % static_cast<uint64_t>(total - paid + 1));
      }
      paid += cause.paid_minor;
      causes.push_back(std::move(cause));
    }
  }
  return causes;
}

// Seen to fail when Take rounds each base, and when ReckonBook keeps the order given.
TEST(BookTest, AgreesWithTheOracleInAnyOrderOfArrival) {
  const std::vector<LadderStep> steps = {
      {0, 200, 50'000, 0}, {200, 700, 170'000, 0}, {700, std::nullopt, 310'000, 0}};
  const EarningRule rule = {.otherwise = *Ladder::Make(LadderMode::kMarginal, steps, false)};
  const Oracle oracle(steps);
  std::mt19937_64 random(20261122);
  for (int round = 0; round < 1'000; ++round) {
    std::vector<BookCause> causes = RandomCauses(random, rule);
    std::shuffle(causes.begin() + 3, causes.end(), random);
    const auto entries = ReckonBook(causes);
    ASSERT_TRUE(entries.ok()) << entries.status();
    Amounts earned;
    for (const BookEntry& entry : *entries) earned.push_back(entry.earned_minor);
    ASSERT_EQ(earned, oracle.Reckon(causes)) << "round " << round;
  }
}

TEST(BookTest, CreditToZeroLeavesZero) {
  const EarningRule rule = {
      .otherwise = *Ladder::Make(LadderMode::kWhole,
                                 {{0, 300, 50'000, 0}, {300, std::nullopt, 170'000, 0}}, false)};
  std::mt19937_64 random(17);
  for (int round = 0; round < 300; ++round) {
    std::vector<BookCause> causes = RandomCauses(random, rule);
    for (int number = 0; number < 3; ++number) {
      BookCause all{Day(30), Named(number), {{Uuid(), 0}}, 0, 0, 0, &rule};
      for (const BookCause& cause : causes) {
        if (cause.invoice != all.invoice) continue;
        for (const auto& [group, shares] : cause.shares_minor) all.shares_minor[group] -= shares;
        all.paid_minor -= cause.paid_minor;
        all.total_minor -= cause.total_minor;
      }
      causes.push_back(std::move(all));
    }
    const auto entries = ReckonBook(causes);
    ASSERT_TRUE(entries.ok()) << entries.status();
    int64_t sum = 0;
    for (const BookEntry& entry : *entries) sum += entry.earned_minor;
    ASSERT_EQ(sum, 0) << "round " << round;
  }
}

}  // namespace
}  // namespace crm::domain
