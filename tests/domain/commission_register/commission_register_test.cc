// Invariants I1..I3 of domain/commission_register/commission_register.h; worked cases T23, T26,
// T27.
#include "domain/commission_register/commission_register.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/commission_examples.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using events::v1::CommissionPolicyRegistered;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using ::testing::IsEmpty;
using testing::PolicyRegisteredExample;

const absl::CivilDay kMarch(2026, 3, 1);
const absl::CivilDay kApril(2026, 4, 1);

CommissionRegisterState Fold(const std::vector<CommissionPolicyRegistered>& events) {
  CommissionRegisterState state;
  for (const auto& event : events) state = CommissionRegister::Evolve(std::move(state), event, {});
  return state;
}

CommissionPolicyRegistered Policy(int policy, int priority = 0) {
  CommissionPolicyRegistered event = PolicyRegisteredExample(policy);
  event.set_priority(priority);
  return event;
}

CommissionPolicyRegistered Between(CommissionPolicyRegistered event,
                                   std::optional<absl::CivilDay> from,
                                   std::optional<absl::CivilDay> until = std::nullopt) {
  if (from.has_value()) *event.mutable_valid_from() = StoredDay(*from);
  if (until.has_value()) *event.mutable_valid_until() = StoredDay(*until);
  return event;
}

CommissionPolicyRegistered Next(CommissionPolicyRegistered event) {
  event.set_policy_version(event.policy_version() + 1);
  return event;
}

CreditedSale On(absl::CivilDay day) {
  return {.issued = day,
          .member = ExampleId<MemberId>(),
          .team = ExampleId<TeamId>(),
          .currency_code = "EUR"};
}

PolicyVersion Version(int policy, int version = 1) {
  return {ExampleId<CommissionPolicyId>(policy), version};
}

TEST(CommissionRegisterTest, T26FindsThePoliciesByPriority) {
  const auto state = Fold({Policy(1, 10), Policy(2, 30), Policy(3, 20)});
  EXPECT_THAT(state.PoliciesFor(On(kMarch)), ElementsAre(Version(2), Version(3), Version(1)));
}

TEST(CommissionRegisterTest, PoliciesPayWhomTheyName) {
  auto member = Policy(1);
  member.add_member_ids(ExampleBytes<MemberId>(2));
  auto team = Policy(2);
  team.add_team_ids(ExampleBytes<TeamId>(2));
  auto currency = Policy(3);
  currency.set_currency_code("USD");
  const auto state = Fold({member, team, currency});
  EXPECT_THAT(state.PoliciesFor(On(kMarch)), IsEmpty());
  CreditedSale sale = On(kMarch);
  sale.member = ExampleId<MemberId>(2);
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(1)));
  sale = On(kMarch);
  sale.team = ExampleId<TeamId>(2);
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(2)));
  sale.team = {};
  EXPECT_THAT(state.PoliciesFor(sale), IsEmpty()) << "no team is not any team";
  sale.currency_code = "USD";
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(3)));
}

TEST(CommissionRegisterTest, T23TheDayOfIssueDecides) {
  const auto state =
      Fold({Between(Policy(1), std::nullopt, kApril - 1), Between(Policy(2), kApril)});
  EXPECT_THAT(state.PoliciesFor(On(kApril - 1)), ElementsAre(Version(1)));
  EXPECT_THAT(state.PoliciesFor(On(kApril)), ElementsAre(Version(2)));
}

TEST(CommissionRegisterTest, I2AVersionTakesThePlaceOfThoseBeforeItFromItsFirstDay) {
  const auto second = Between(Next(Policy(1)), kMarch, kApril - 1);
  const auto state = Fold({Policy(1), second});
  EXPECT_THAT(state.PoliciesFor(On(kMarch - 1)), ElementsAre(Version(1)));
  EXPECT_THAT(state.PoliciesFor(On(kMarch)), ElementsAre(Version(1, 2)));
  EXPECT_THAT(state.PoliciesFor(On(kApril)), IsEmpty()) << "the first one does not come back";
  const auto third = Fold({Policy(1), second, Next(Next(Policy(1)))});
  EXPECT_THAT(third.PoliciesFor(On(kMarch)), ElementsAre(Version(1, 3)));
}

TEST(CommissionRegisterTest, I1ArchivedPoliciesKeepTheirVersions) {
  auto archived = Next(Policy(1));
  archived.set_archived(true);
  auto state = Fold({Policy(1), Next(Policy(1)), archived});
  EXPECT_THAT(state.PoliciesFor(On(kMarch)), IsEmpty());
  state = Fold({Between(Policy(1), std::nullopt), Between(Next(Policy(1)), kApril),
                Between(archived, kApril), Between(Next(Policy(1)), kApril)});
  EXPECT_THAT(state.PoliciesFor(On(kMarch)), ElementsAre(Version(1)));
  EXPECT_THAT(state.PoliciesFor(On(kApril)), ElementsAre(Version(1, 2)));
}

TEST(CommissionRegisterTest, T27TheFirstCyclesOfARecurringInvoice) {
  auto first_three = Policy(1, 10);
  first_three.set_recurring_cycles(3);
  const auto state = Fold({first_three, Policy(2)});
  CreditedSale sale = On(kMarch);
  sale.cycle = 3;
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(1), Version(2)));
  sale.cycle = 4;
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(2)));
  sale.cycle = 0;
  EXPECT_THAT(state.PoliciesFor(sale), ElementsAre(Version(1), Version(2)));
}

class OverlapTest : public ::testing::Test {
 protected:
  static absl::Status Check(const std::vector<CommissionPolicyRegistered>& before,
                            const CommissionPolicyRegistered& registered) {
    return CheckNoOverlap(Fold(before), registered);
  }
};

TEST_F(OverlapTest, I3EqualPriorityIsRefused) {
  const absl::Status refused = Check({Between(Policy(1), kMarch)}, Between(Policy(2), kApril));
  EXPECT_THAT(refused, testing::HasReason("POLICY_OVERLAPS"));
  EXPECT_EQ(ReasonMetadataValue(refused, "commission_policy"),
            testing::ExampleName<CommissionPolicyId>(1));
  EXPECT_EQ(ReasonMetadataValue(refused, "from_date"), "2026-04-01");
  EXPECT_THAT(Check({Policy(1)}, Policy(2, 1)), testing::IsOk());
}

TEST_F(OverlapTest, I3DaysMayFollowEachOther) {
  EXPECT_THAT(Check({Between(Policy(1), std::nullopt, kApril - 1)}, Between(Policy(2), kApril)),
              testing::IsOk());
  EXPECT_THAT(Check({Between(Policy(1), std::nullopt, kApril)}, Between(Policy(2), kApril)),
              testing::HasReason("POLICY_OVERLAPS"))
      << "the last day is inclusive";
}

TEST_F(OverlapTest, I3WhomItPaysMustMeet) {
  auto one = Policy(1);
  one.add_member_ids(ExampleBytes<MemberId>(1));
  auto other = Policy(2);
  other.add_member_ids(ExampleBytes<MemberId>(2));
  EXPECT_THAT(Check({one}, other), testing::IsOk());
  EXPECT_THAT(Check({one}, Policy(2)), testing::HasReason("POLICY_OVERLAPS"));
  one = Policy(1);
  one.add_team_ids(ExampleBytes<TeamId>(1));
  other = Policy(2);
  other.add_team_ids(ExampleBytes<TeamId>(2));
  EXPECT_THAT(Check({one}, other), testing::IsOk());
  one = Policy(1);
  one.set_currency_code("EUR");
  other = Policy(2);
  other.set_currency_code("USD");
  EXPECT_THAT(Check({one}, other), testing::IsOk());
  EXPECT_THAT(Check({one}, Policy(2)), testing::HasReason("POLICY_OVERLAPS"));
}

TEST_F(OverlapTest, I3VersionsThatWereReplacedAreNoHindrance) {
  // The first policy ends with March now, although its first version had no end.
  const std::vector<CommissionPolicyRegistered> before = {
      Policy(1), Between(Next(Policy(1)), kMarch, kApril - 1)};
  EXPECT_THAT(Check(before, Between(Policy(2), kApril)), testing::IsOk());
  EXPECT_THAT(Check(before, Between(Policy(2), kApril - 1)), testing::HasReason("POLICY_OVERLAPS"));
  // A version that begins before the one before it leaves nothing of it.
  const std::vector<CommissionPolicyRegistered> replaced = {
      Between(Policy(1), kApril), Between(Next(Policy(1)), kMarch, kMarch)};
  EXPECT_THAT(Check(replaced, Between(Policy(2), kApril)), testing::IsOk());
}

TEST_F(OverlapTest, I3OneIsNeverInItsOwnWayNorInThatOfArchivedOnes) {
  EXPECT_THAT(Check({Policy(1)}, Next(Policy(1))), testing::IsOk());
  auto archived = Policy(1);
  archived.set_archived(true);
  EXPECT_THAT(Check({archived}, Policy(2)), testing::IsOk());
  EXPECT_THAT(Check({archived, Policy(2)}, Policy(1)), testing::HasReason("POLICY_OVERLAPS"));
  EXPECT_THAT(Check({Policy(1), archived, Policy(2)}, archived), testing::IsOk());
}

}  // namespace
}  // namespace crm::domain
