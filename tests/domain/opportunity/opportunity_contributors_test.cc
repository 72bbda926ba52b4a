// Opportunity: who is credited with it, and with how much. Numbers are the invariants of
// domain/opportunity/opportunity.h and worked cases.
#include "domain/opportunity/opportunity.h"
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::MemberId;
using domain::Money;
using ::testing::ElementsAre;
using ::testing::Property;
using ::testing::SizeIs;

TEST(OpportunityContributorsTest, I10CreditsContributors) {
  OpportunityScenario scenario(kQualified);
  scenario.When(CreditContributorsExample({2, 1}))
      .ThenShows(Property(&v1::Opportunity::contributors, SizeIs(2)))
      .When(CreditContributorsExample({2, 1}))
      .ThenNothing();
  const domain::Scope scope = domain::Opportunity::ScopeOf(scenario.Current().state());
  EXPECT_THAT(scope.contributors, ElementsAre(ExampleId<MemberId>(1), ExampleId<MemberId>(2)));
  EXPECT_TRUE(scope.IsOwn(ExampleId<MemberId>(2)));
  EXPECT_FALSE(scope.IsOwn(ExampleId<MemberId>(3)));
}

TEST(OpportunityContributorsTest, I10RefusesContributorsThatDoNotWork) {
  OpportunityScenario(kQualified)
      .When(CreditContributorsExample({1, 0}))
      .ThenRejected("CONTRIBUTOR_WEIGHT_INVALID");
  auto twice = CreditContributorsExample({1, 1});
  twice.mutable_contributors(1)->set_member(ExampleName<MemberId>(1));
  OpportunityScenario(kQualified).When(twice).ThenRejected("CONTRIBUTOR_REPEATED");
  OpportunityScenario(kQualified)
      .GivenStream<domain::Member>(ExampleId<MemberId>(2), events::v1::MemberDeactivated())
      .When(CreditContributorsExample({1, 1}))
      .ThenRejected("MEMBER_INACTIVE");
}

std::vector<int64_t> Minors(const std::vector<domain::CreditShare>& shares) {
  std::vector<int64_t> minors;
  for (const domain::CreditShare& share : shares) minors.push_back(share.amount.minor());
  return minors;
}

TEST(OpportunityContributorsTest, T24SplitsByWeightWithoutLosingACent) {
  OpportunityScenario scenario(kQualified);
  scenario.When(CreditContributorsExample({1, 1, 1}));
  const Money hundred(*domain::Currency::Parse("EUR"), 10'000);
  EXPECT_THAT(Minors(SharesOf(scenario.Current().state(), hundred)),
              ElementsAre(3'334, 3'333, 3'333));
}

TEST(OpportunityContributorsTest, T60CreditsAPartOfAnOpportunity) {
  const domain::Currency euro = *domain::Currency::Parse("EUR");
  OpportunityScenario whole(kQualified);
  OpportunityScenario half(kQualified);
  half.When(CreditContributorsExample({1, 1}));
  const auto all = SharesOf(whole.Current().state(), Money(euro, 500));
  const auto part = SharesOf(half.Current().state(), Money(euro, 1'000));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].member, part[0].member);
  EXPECT_EQ(all[0].amount.minor() + part[0].amount.minor(), 1'000);
  // As the API shows it, of its 10,000.
  const v1::Opportunity shown = half.Shown();
  ASSERT_THAT(shown.credit_shares(), SizeIs(2));
  EXPECT_EQ(shown.credit_shares(1).member(), ExampleName<MemberId>(2));
  EXPECT_EQ(shown.credit_shares(1).amount().units(), 5'000);
  OpportunityScenario nobody(kQualified);
  nobody.When(AssignOpportunityExample(0, 0));
  EXPECT_THAT(SharesOf(nobody.Current().state(), Money(euro, 500)), SizeIs(0));
}

}  // namespace
}  // namespace crm::testing
