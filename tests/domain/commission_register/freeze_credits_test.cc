// What issuing an invoice freezes: domain/commission_register/freeze_credits.h; worked cases T24
// and T26.
#include "domain/commission_register/freeze_credits.h"

#include "domain/commission_register/commission_register.h"
#include "domain/team/team.h"
#include "gmock/gmock.h"
#include "tests/support/commission_examples.h"
#include "tests/support/example_world.h"
#include "tests/support/examples.h"

namespace crm::domain {
namespace {

using events::v1::InvoiceIssued;
using testing::CreditedExample;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::InvoiceIssuedExample;
using ::testing::IsEmpty;
using testing::kExampleBefore;
using testing::PolicyRegisteredExample;

using Credited = google::protobuf::RepeatedPtrField<events::v1::CreditedMember>;

class FreezeCreditsTest : public ::testing::Test {
 protected:
  FreezeCreditsTest() {
    world_.Append(StreamOf(ExampleId<TeamId>()), testing::TeamCreatedExample(), kExampleBefore);
    events::v1::OverrideLeaderNamed named;
    named.set_member_id(ExampleBytes<MemberId>(9));
    world_.Append(StreamOf(ExampleId<TeamId>()), named, kExampleBefore);
  }
  void Policy(int policy, int priority) {
    auto registered = PolicyRegisteredExample(policy);
    registered.set_priority(priority);
    world_.Append(StreamOf(CommissionRegisterOf(world_.caller.organization)), registered,
                  kExampleBefore);
  }
  // An invoice of 100.00, complete but for what is frozen here.
  InvoiceIssued Freeze(const Credited& credited = {},
                       PolicyCombination combination = PolicyCombination::kFirstByPriority) {
    InvoiceIssued issued = draft_;
    const DecideContext context(world_.caller, testing::kExampleNow, std::nullopt, world_.streams,
                                world_.rights);
    EXPECT_THAT(FreezeCredits(credited, combination, context, issued), testing::IsOk());
    return issued;
  }

  testing::ExampleWorld world_;
  InvoiceIssued draft_ = InvoiceIssuedExample(10'000);
};

TEST_F(FreezeCreditsTest, T26TheFirstByPriorityOrAll) {
  Policy(1, 10);
  Policy(2, 20);
  const InvoiceIssued first = Freeze();
  ASSERT_EQ(first.credits(0).terms_size(), 1);
  EXPECT_EQ(first.credits(0).terms(0).policy_id(), ExampleBytes<CommissionPolicyId>(2));
  EXPECT_EQ(first.credits(0).terms(0).policy_version(), 1);
  EXPECT_EQ(Freeze({}, PolicyCombination::kAll).credits(0).terms_size(), 2);
}

TEST_F(FreezeCreditsTest, TheOwnerIsCreditedWhereNobodyIsNamed) {
  const InvoiceIssued issued = Freeze();
  ASSERT_EQ(issued.credits_size(), 1);
  EXPECT_EQ(issued.credits(0).member_id(), ExampleBytes<MemberId>());
  EXPECT_EQ(issued.credits(0).shares(0).base_minor(), 10'000);
  EXPECT_THAT(issued.credits(0).terms(), IsEmpty()) << "no policy pays";
  draft_.mutable_at()->mutable_ownership()->clear_owner_id();
  EXPECT_THAT(Freeze().credits(), IsEmpty());
}

TEST_F(FreezeCreditsTest, T24WhoIsNamedSharesByWeight) {
  Credited credited;
  *credited.Add() = CreditedExample(2, 2);
  *credited.Add() = CreditedExample(3, 1);
  const InvoiceIssued issued = Freeze(credited);
  ASSERT_EQ(issued.credits_size(), 2);
  EXPECT_EQ(issued.credits(0).shares(0).base_minor(), 6'667);
  EXPECT_EQ(issued.credits(1).shares(0).base_minor(), 3'333);
}

TEST_F(FreezeCreditsTest, OverridesGoToTheLeaderNamedForThem) {
  EXPECT_EQ(Freeze().override_leader_id(), ExampleBytes<MemberId>(9));
  draft_.mutable_at()->mutable_ownership()->clear_team_id();
  EXPECT_THAT(Freeze().override_leader_id(), IsEmpty());
}

}  // namespace
}  // namespace crm::domain
