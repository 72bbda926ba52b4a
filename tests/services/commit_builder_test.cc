// When what a command decided is true: its own events and most effects with the command,
// bookkeeping when it is recorded, and corrections when what they correct was.
#include "services/commit_builder.h"

#include <string>

#include "domain/claim/claim.h"
#include "domain/customer/customer.h"
#include "domain/team/team.h"
#include "gmock/gmock.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/setup_examples.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using domain::Claim;
using domain::Customer;
using domain::Decision;
using domain::Team;
using eventstore::kOrganization;
using eventstore::kStart;
using testing::ExampleId;
using testing::HasReason;
using testing::IsOk;

constexpr absl::Duration kHour = absl::Hours(1);

class CommitBuilderTest : public ::testing::Test {
 protected:
  CommitBuilderTest() { eventstore::CreateOrganization(*log_); }

  CommitBuilder BuilderAt(std::optional<absl::Time> effective_time) {
    return CommitBuilder(streams_, keys_, {domain::OrganizationId(kOrganization), {}, {}}, kStart,
                         effective_time);
  }
  template <class A>
  static domain::Ref<A> Read(CommitBuilder& builder, const typename A::Id& id) {
    return *domain::Lookup(builder).Find<A>(id);
  }
  static events::v1::CustomerCreated CustomerNamed(const std::string& name) {
    events::v1::CustomerCreated created;
    created.mutable_details()->set_display_name(name);
    return created;
  }
  void Record(CommitBuilder& builder) {
    Attempt attempt = builder.Decided();
    ASSERT_THAT(attempt.status, IsOk());
    ASSERT_THAT(eventstore::AppendNow(*log_, *std::move(attempt.commit)).status(), IsOk());
  }
  absl::Time EffectiveTimeOf(const StreamId& stream) {
    return absl::FromUnixMicros(eventstore::ReadStreamOf(*log_, stream).back().effective_time_us());
  }

  eventstore::TestLog log_{eventstore::Engine::kMemory};
  testing::MemoryKeyRing keys_;
  StreamCache streams_{*log_, keys_, 10};
  const domain::TeamId team_ = ExampleId<domain::TeamId>();
  const domain::CustomerId corrected_ = ExampleId<domain::CustomerId>(1);
  const domain::CustomerId affected_ = ExampleId<domain::CustomerId>(2);
  const domain::ClaimId claim_ = ExampleId<domain::ClaimId>();
};

// Mutation seen to fail: DateEvents that always takes the command's time.
TEST_F(CommitBuilderTest, ACorrectionIsTrueWhenWhatItCorrectsWas) {
  CommitBuilder builder = BuilderAt(kStart - 3 * kHour);
  Decision<Team::Event> decision(testing::TeamCreatedExample());
  decision.Affect(Read<Customer>(builder, affected_), CustomerNamed("with the command"));
  decision.AffectAt(Read<Customer>(builder, corrected_), kStart - kHour, CustomerNamed("later"));
  decision.Affect(Read<Claim>(builder, claim_),
                  domain::ClaimedBy(domain::kTeamAliasClaim, StreamOf(team_)));
  ASSERT_THAT(builder.Write(Read<Team>(builder, team_), decision), IsOk());
  EXPECT_EQ(Read<Customer>(builder, corrected_).head.first_effective_time, kStart - kHour)
      << "as the rest of the command sees it";
  Record(builder);
  EXPECT_EQ(EffectiveTimeOf(StreamOf(team_)), kStart - 3 * kHour);
  EXPECT_EQ(EffectiveTimeOf(StreamOf(affected_)), kStart - 3 * kHour);
  EXPECT_EQ(EffectiveTimeOf(StreamOf(corrected_)), kStart - kHour);
  EXPECT_EQ(EffectiveTimeOf(StreamOf(claim_)), kStart);
}

// Mutation seen to fail: CheckEffectiveTime that compares the command's time.
TEST_F(CommitBuilderTest, ACorrectionMayNotComeBeforeWhatItsStreamSays) {
  CommitBuilder first = BuilderAt(kStart - kHour);
  ASSERT_THAT(first.Write(Read<Customer>(first, corrected_),
                          Decision<Customer::Event>(CustomerNamed("an hour ago"))),
              IsOk());
  Record(first);
  CommitBuilder second = BuilderAt(std::nullopt);
  Decision<Team::Event> decision(testing::TeamCreatedExample());
  decision.AffectAt(Read<Customer>(second, corrected_), kStart - 2 * kHour,
                    events::v1::CustomerArchived());
  EXPECT_THAT(second.Write(Read<Team>(second, team_), decision),
              HasReason("EFFECTIVE_TIME_BEFORE_STREAM"));
}

TEST_F(CommitBuilderTest, OneStreamHasOneInstantInACommit) {
  CommitBuilder builder = BuilderAt(std::nullopt);
  Decision<Team::Event> decision(testing::TeamCreatedExample());
  const domain::Ref<Customer> customer = Read<Customer>(builder, corrected_);
  decision.AffectAt(customer, kStart - kHour, CustomerNamed("an hour ago"));
  decision.AffectAt(customer, kStart, events::v1::CustomerArchived());
  EXPECT_EQ(builder.Write(Read<Team>(builder, team_), decision).code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace crm::services
