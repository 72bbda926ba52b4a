// The visibility sentence of section 0 of the domain's specification, and docs/adr/0013: who may
// see, change and hand on a record. Pipelines of leaders are in tests/scenarios/teams_test.cc.
#include "services/authorizer.h"

#include <memory>
#include <utility>

#include "eventstore/memory/memory_storage.h"
#include "eventstore/sequencer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/example_ids.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using domain::MemberId;
using domain::Scope;
using domain::TeamId;
using testing::ExampleId;
using testing::HasReason;
using testing::IsOk;

const TeamId kNorth = ExampleId<TeamId>(1);
const TeamId kSouth = ExampleId<TeamId>(2);
const MemberId kAnn = ExampleId<MemberId>(1);  // asks
const MemberId kBen = ExampleId<MemberId>(2);

// What Ann is in a team.
enum class Place { kOutside, kMember, kLeader };

Scope Record(const TeamId& team, const MemberId& owner, std::vector<MemberId> contributors = {}) {
  return {.team = team, .owner = owner, .contributors = std::move(contributors), .shared = false};
}

class AuthorizerTest : public ::testing::Test {
 protected:
  AuthorizerTest() {
    ann_.organization = ExampleId<domain::OrganizationId>();
    ann_.member = kAnn;
    Put(kNorth, Place::kOutside, v1::TEAM_PRIVACY_LEADERS_SEE);
    Put(kSouth, Place::kOutside, v1::TEAM_PRIVACY_LEADERS_SEE);
  }
  void Put(const TeamId& team, Place place, v1::TeamPrivacy privacy,
           v1::ReassignPolicy assigners = v1::REASSIGN_POLICY_EVERY_MEMBER) {
    domain::TeamRegisterState::Entry& entry = teams_.teams[team];
    entry = {};
    entry.privacy = privacy;
    entry.assigners = assigners;
    entry.members.insert(kBen);
    if (place == Place::kMember) entry.members.insert(kAnn);
    if (place == Place::kLeader) entry.leaders.insert(kAnn);
  }
  const Actor& Ann(std::initializer_list<std::pair<const char*, v1::Reach>> grants) {
    ann_.grants.clear();
    for (const auto& [permission, reach] : grants) ann_.grants[permission] = reach;
    ann_.settings = std::make_shared<domain::OrganizationState>(settings_);
    ann_.teams = std::make_shared<domain::TeamRegisterState>(teams_);
    return ann_;
  }
  bool Sees(v1::Reach reach, const Scope& scope) {
    return authorizer_.CheckBefore(Ann({{"lead.view", reach}}), "lead.view", scope).ok();
  }
  bool Edits(v1::Reach view, v1::Reach edit, const Scope& scope) {
    return authorizer_
        .CheckBefore(Ann({{"lead.view", view}, {"lead.edit", edit}}), "lead.edit", scope)
        .ok();
  }
  absl::Status Assigns(const Scope* before, const Scope& after) {
    return authorizer_.CheckAfter(
        Ann({{"lead.view", v1::REACH_TEAM}, {"lead.assign", v1::REACH_TEAM}}), "lead.assign",
        before, after);
  }

  eventstore::MemoryStorage storage_;
  std::unique_ptr<eventstore::EventLog> log_ = *eventstore::SequencedLog::Open(storage_, {});
  testing::MemoryKeyRing keys_;
  StreamCache streams_{*log_, keys_, 16};
  Authorizer authorizer_{streams_};
  domain::OrganizationState settings_;
  domain::TeamRegisterState teams_;
  Actor ann_;
};

TEST_F(AuthorizerTest, OwnIsOwnedOrContributedTo) {
  EXPECT_TRUE(Sees(v1::REACH_OWN, Record(kNorth, kAnn)));
  EXPECT_TRUE(Sees(v1::REACH_OWN, Record(kNorth, kBen, {kAnn})));
  EXPECT_FALSE(Sees(v1::REACH_OWN, Record(kNorth, kBen)));
  EXPECT_FALSE(Sees(v1::REACH_OWN, Record({}, {})));
  EXPECT_FALSE(Sees(v1::REACH_UNSPECIFIED, Record(kNorth, kAnn)));
}

TEST_F(AuthorizerTest, TheTeamOfTheRecordShowsItByItsLevel) {
  struct Case {
    v1::TeamPrivacy privacy;
    Place place;
    bool sees;
  };
  for (const Case& c : {Case{v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY, Place::kLeader, false},
                        Case{v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY, Place::kMember, false},
                        Case{v1::TEAM_PRIVACY_LEADERS_SEE, Place::kLeader, true},
                        Case{v1::TEAM_PRIVACY_LEADERS_SEE, Place::kMember, false},
                        Case{v1::TEAM_PRIVACY_LEADERS_SEE, Place::kOutside, false},
                        Case{v1::TEAM_PRIVACY_ALL_SHARED, Place::kLeader, true},
                        Case{v1::TEAM_PRIVACY_ALL_SHARED, Place::kMember, true},
                        Case{v1::TEAM_PRIVACY_ALL_SHARED, Place::kOutside, false}}) {
    Put(kNorth, c.place, c.privacy);
    for (const v1::Reach reach : {v1::REACH_OWN, v1::REACH_TEAM}) {
      EXPECT_EQ(Sees(reach, Record(kNorth, kBen)), c.sees)
          << c.privacy << " " << static_cast<int>(c.place) << " " << reach;
    }
    EXPECT_TRUE(Sees(v1::REACH_ALL, Record(kNorth, kBen)));
  }
}

TEST_F(AuthorizerTest, TheOwnersOtherTeamsDoNotWidenIt) {
  Put(kSouth, Place::kLeader, v1::TEAM_PRIVACY_ALL_SHARED);  // where Ben sells too
  EXPECT_FALSE(Sees(v1::REACH_TEAM, Record(kNorth, kBen)));
  EXPECT_FALSE(Sees(v1::REACH_TEAM, Record({}, kBen)));
  EXPECT_TRUE(Sees(v1::REACH_TEAM, Record(kSouth, kBen)));
}

TEST_F(AuthorizerTest, EverythingSharedIsSeenByWhoeverMayView) {
  settings_.everything_shared = true;
  EXPECT_TRUE(Sees(v1::REACH_OWN, Record(kNorth, kBen)));
  EXPECT_FALSE(Sees(v1::REACH_UNSPECIFIED, Record(kNorth, kBen)));
}

// ADR 0033: what somebody earns is not shared with everybody who is shown the sale.
TEST_F(AuthorizerTest, EarningsAreSharedWithLeadersAlone) {
  const auto sees = [this](v1::Reach reach) {
    return authorizer_
        .CheckBefore(Ann({{"commission.view", reach}}), "commission.view", Record(kNorth, kBen))
        .ok();
  };
  settings_.everything_shared = true;
  Put(kNorth, Place::kMember, v1::TEAM_PRIVACY_ALL_SHARED);
  EXPECT_FALSE(sees(v1::REACH_OWN));
  EXPECT_FALSE(sees(v1::REACH_TEAM));
  EXPECT_TRUE(sees(v1::REACH_ALL));
  Put(kNorth, Place::kLeader, v1::TEAM_PRIVACY_ALL_SHARED);
  EXPECT_TRUE(sees(v1::REACH_TEAM));
  Put(kNorth, Place::kLeader, v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY);
  EXPECT_FALSE(sees(v1::REACH_TEAM));
}

TEST_F(AuthorizerTest, ChangingTakesSeeingAndTheReachToChange) {
  const Scope own = Record(kNorth, kAnn);
  const Scope bens = Record(kNorth, kBen);
  EXPECT_TRUE(Edits(v1::REACH_OWN, v1::REACH_OWN, own));
  EXPECT_FALSE(Edits(v1::REACH_UNSPECIFIED, v1::REACH_ALL, own));
  EXPECT_FALSE(Edits(v1::REACH_OWN, v1::REACH_ALL, bens));
  EXPECT_FALSE(Edits(v1::REACH_ALL, v1::REACH_OWN, bens));
  EXPECT_FALSE(Edits(v1::REACH_ALL, v1::REACH_TEAM, bens));
  EXPECT_TRUE(Edits(v1::REACH_ALL, v1::REACH_ALL, bens));
  Put(kNorth, Place::kMember, v1::TEAM_PRIVACY_ALL_SHARED);
  EXPECT_FALSE(Edits(v1::REACH_OWN, v1::REACH_OWN, bens));
  EXPECT_TRUE(Edits(v1::REACH_OWN, v1::REACH_TEAM, bens));
  Put(kNorth, Place::kLeader, v1::TEAM_PRIVACY_ADMINISTRATORS_ONLY);
  EXPECT_FALSE(Edits(v1::REACH_TEAM, v1::REACH_TEAM, bens));
  settings_.everything_shared = true;
  EXPECT_TRUE(Edits(v1::REACH_TEAM, v1::REACH_TEAM, bens));
  EXPECT_FALSE(Edits(v1::REACH_TEAM, v1::REACH_TEAM, Record(kSouth, kBen)));
}

TEST_F(AuthorizerTest, MovingIntoATeamTakesTheRightThere) {
  const Scope own = Record(kNorth, kAnn);
  const Scope in_south = Record(kSouth, kAnn);
  EXPECT_THAT(Assigns(&own, in_south), HasReason("ASSIGNMENT_DENIED"));
  Put(kSouth, Place::kMember, v1::TEAM_PRIVACY_LEADERS_SEE);
  EXPECT_THAT(Assigns(&own, in_south), IsOk());
  Put(kSouth, Place::kMember, v1::TEAM_PRIVACY_LEADERS_SEE, v1::REASSIGN_POLICY_LEADERS);
  EXPECT_THAT(Assigns(&own, in_south), HasReason("ASSIGNMENT_DENIED"));
  Put(kSouth, Place::kLeader, v1::TEAM_PRIVACY_LEADERS_SEE, v1::REASSIGN_POLICY_LEADERS);
  EXPECT_THAT(Assigns(&own, in_south), IsOk());
  Put(kSouth, Place::kLeader, v1::TEAM_PRIVACY_LEADERS_SEE, v1::REASSIGN_POLICY_ADMINISTRATORS);
  EXPECT_THAT(Assigns(&own, in_south), HasReason("ASSIGNMENT_DENIED"));
}

TEST_F(AuthorizerTest, TheOrganizationSaysWhoMayReassign) {
  Put(kNorth, Place::kMember, v1::TEAM_PRIVACY_ALL_SHARED);
  const Scope own = Record(kNorth, kAnn);
  const Scope bens = Record(kNorth, kBen);
  EXPECT_THAT(Assigns(&own, bens), IsOk());
  settings_.reassign_policy = v1::REASSIGN_POLICY_LEADERS;
  EXPECT_THAT(Assigns(&own, bens), HasReason("ASSIGNMENT_DENIED"));
  EXPECT_THAT(Assigns(&own, own), IsOk());
  // A leader of any team that is in use is a leader.
  Put(kSouth, Place::kLeader, v1::TEAM_PRIVACY_LEADERS_SEE);
  EXPECT_THAT(Assigns(&own, bens), IsOk());
  teams_.teams[kSouth].available = false;
  EXPECT_THAT(Assigns(&own, bens), HasReason("ASSIGNMENT_DENIED"));
}

TEST_F(AuthorizerTest, ANewRecordIsLeftInATeamOneBelongsTo) {
  EXPECT_THAT(Assigns(nullptr, Record({}, kAnn)), IsOk());
  EXPECT_THAT(Assigns(nullptr, Record(kNorth, kAnn)), HasReason("ASSIGNMENT_DENIED"));
  Put(kNorth, Place::kMember, v1::TEAM_PRIVACY_LEADERS_SEE, v1::REASSIGN_POLICY_ADMINISTRATORS);
  EXPECT_THAT(Assigns(nullptr, Record(kNorth, kAnn)), IsOk());
  EXPECT_THAT(Assigns(nullptr, Record(kNorth, {})), IsOk());
  EXPECT_THAT(Assigns(nullptr, Record(kNorth, kBen)), HasReason("ASSIGNMENT_DENIED"));
}

TEST_F(AuthorizerTest, EachKindHasItsOwnAudience) {
  const Scope bens = Record(kNorth, kBen);
  const Actor& clerk = Ann({{"customer.view", v1::REACH_ALL}, {"lead.view", v1::REACH_OWN}});
  const domain::RecordAudiences seen = authorizer_.RecordAudiencesOf(clerk, "customer.view");
  EXPECT_TRUE(seen.customers.Sees(bens));
  EXPECT_FALSE(seen.leads.Sees(bens));
  EXPECT_TRUE(seen.leads.Sees(Record(kNorth, kAnn)));
  EXPECT_FALSE(seen.opportunities.Sees(Record(kNorth, kAnn)));
  EXPECT_FALSE(seen.contacts.Sees(Scope::Shared()));
}

TEST_F(AuthorizerTest, AReportReachesAsFarAsBothItAndTheRecords) {
  const Scope bens = Record(kNorth, kBen);
  const auto sees = [&](v1::Reach report, v1::Reach record) {
    const Actor& ann = Ann({{"report.view", report}, {"lead.view", record}});
    return authorizer_.RecordAudiencesOf(ann, "report.view").leads.Sees(bens);
  };
  EXPECT_TRUE(sees(v1::REACH_ALL, v1::REACH_ALL));
  EXPECT_FALSE(sees(v1::REACH_OWN, v1::REACH_ALL));
  EXPECT_FALSE(sees(v1::REACH_ALL, v1::REACH_OWN));
  EXPECT_FALSE(sees(v1::REACH_ALL, v1::REACH_UNSPECIFIED));
}

}  // namespace
}  // namespace crm::services
