// Invariant I1 of domain/claim/claim.h; MemberTest and TeamTest show it at work.
#include "domain/claim/claim.h"

#include "gtest/gtest.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using testing::ExampleId;

TEST(ClaimTest, I1TheSameValueIsTheSameStreamInOneOrganizationOnly) {
  const auto one = ExampleId<OrganizationId>(1);
  const ClaimId claim = ClaimOf(one, kMemberEmailClaim, "ada@example.com");
  EXPECT_EQ(claim, ClaimOf(one, kMemberEmailClaim, "ada@example.com"));
  EXPECT_NE(claim, ClaimOf(one, kMemberEmailClaim, "bob@example.com"));
  EXPECT_NE(claim, ClaimOf(one, kTeamAliasClaim, "ada@example.com"));
  EXPECT_NE(claim, ClaimOf(ExampleId<OrganizationId>(2), kMemberEmailClaim, "ada@example.com"));
}

TEST(ClaimTest, IsHeldUntilReleased) {
  const StreamId holder = StreamOf(ExampleId<MemberId>());
  ClaimState state = Claim::Evolve({}, ClaimedBy(kMemberEmailClaim, holder), {});
  EXPECT_TRUE(state.held);
  EXPECT_EQ(state.holder, holder);
  EXPECT_EQ(state.kind, kMemberEmailClaim);
  state = Claim::Evolve(std::move(state), events::v1::ValueReleased(), {});
  EXPECT_FALSE(state.held);
}

}  // namespace
}  // namespace crm::domain
