#include "domain/lead/assignment_rule.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/example_ids.h"

namespace crm::domain {
namespace {

using crm::testing::kExampleNow;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Ids that sort as they are counted: the rule's last tie-break.
MemberId Id(int n) {
  Uuid uuid;
  uuid.bytes[15] = static_cast<uint8_t>(n);
  return MemberId(uuid);
}
TeamId Team(int n) { return TeamId(Id(n).uuid()); }

MemberStanding Member(int n, int maximum, int taken = 0) {
  MemberStanding member;
  member.member = Id(n);
  member.maximum_leads = maximum;
  member.taken_in_window = taken;
  return member;
}

AssignmentChoice ChooseIn(const std::vector<MemberStanding>& members) {
  return ChooseMember({{Team(1), members}});
}

// Assigns `leads` leads one after the other, each a minute later, and tells who received them: 'A'
// is the first member, '-' nobody.
std::string Deal(std::vector<MemberStanding> members, int leads) {
  std::string order;
  for (int n = 1; n <= leads; ++n) {
    const AssignmentChoice choice = ChooseIn(members);
    char letter = '-';
    for (size_t i = 0; i < members.size(); ++i) {
      if (members[i].member != choice.member) continue;
      letter = static_cast<char>('A' + i);
      ++members[i].taken_in_window;
      ++members[i].taken_in_day;
      members[i].last_assign_time = kExampleNow + absl::Minutes(n);
    }
    order.push_back(letter);
  }
  return order;
}

std::map<char, int> Counted(const std::string& order) {
  std::map<char, int> counts;
  for (const char letter : order) ++counts[letter];
  return counts;
}

TEST(AssignmentRuleTest, T47HardCap) {
  std::vector<MemberStanding> members = {Member(1, 30, 29)};
  EXPECT_EQ(Deal(members, 3), "A--");
  members[0].taken_in_window = 30;
  const AssignmentChoice choice = ChooseIn(members);
  EXPECT_TRUE(choice.member.IsNil());
  EXPECT_EQ(choice.unassigned_reason, "CAPACITY");
}

TEST(AssignmentRuleTest, T47TwiceTheMaximumTwiceTheLeads) {
  EXPECT_EQ(Deal({Member(1, 60), Member(2, 30)}, 9), "ABABAABAA");
}

TEST(AssignmentRuleTest, T48ThePreferredMemberFillsFirst) {
  std::vector<MemberStanding> members = {Member(1, 5), Member(2, 5), Member(3, 5)};
  members[1].prefers = true;
  const std::string order = Deal(members, 11);
  EXPECT_EQ(order.substr(0, 5), "BBBBB");
  EXPECT_THAT(Counted(order), ElementsAre(std::pair('A', 3), std::pair('B', 5), std::pair('C', 3)));
}

TEST(AssignmentRuleTest, T48WithoutPreferenceAllShare) {
  EXPECT_THAT(Counted(Deal({Member(1, 5), Member(2, 5), Member(3, 5)}, 11)),
              ElementsAre(std::pair('A', 4), std::pair('B', 4), std::pair('C', 3)));
}

TEST(AssignmentRuleTest, EqualRatiosGoToWhoWasAssignedLeastRecentlyThenToTheSmallestId) {
  std::vector<MemberStanding> members = {Member(1, 10, 5), Member(2, 10, 5), Member(3, 10, 5)};
  EXPECT_EQ(ChooseIn(members).member, Id(1));
  members[0].last_assign_time = kExampleNow;
  members[1].last_assign_time = kExampleNow - absl::Hours(1);
  members[2].last_assign_time = kExampleNow - absl::Hours(2);
  EXPECT_EQ(ChooseIn(members).member, Id(3));
}

TEST(AssignmentRuleTest, RatiosAreExact) {
  // 33333/99999 is a third; 33334/100000 is a hair more, which no rounding shows.
  EXPECT_EQ(ChooseIn({Member(1, 99'999, 66'666), Member(2, 100'000, 66'666)}).member, Id(2));
}

TEST(AssignmentRuleTest, AMaximumOfZeroTakesNothingByRule) {
  const AssignmentChoice choice = ChooseIn({Member(1, 0), Member(2, 1)});
  EXPECT_EQ(choice.member, Id(2));
  EXPECT_EQ(Deal({Member(1, 0)}, 1), "-");
}

TEST(AssignmentRuleTest, WhoIsBeyondTheMaximumHasNothingLeft) {
  const AssignmentChoice choice = ChooseIn({Member(1, 3, 5)});
  EXPECT_EQ(choice.unassigned_reason, "CAPACITY");
  EXPECT_EQ(choice.explanation.candidates(0).remaining_leads(), 0);
}

TEST(AssignmentRuleTest, DailyPacingIsAnotherCap) {
  MemberStanding paced = Member(1, 30);
  paced.daily_leads = 2;
  EXPECT_EQ(Deal({paced}, 3), "AA-");
  EXPECT_EQ(Deal({paced, Member(2, 30)}, 6), "ABABBB");
}

TEST(AssignmentRuleTest, EachReasonNotToTakeALeadIsExplained) {
  std::vector<MemberStanding> members = {Member(1, 5), Member(2, 5), Member(3, 5), Member(4, 5, 5),
                                         Member(5, 5)};
  members[0].active = false;
  members[1].paused = true;
  members[2].accepts = false;
  members[4].daily_leads = 1;
  members[4].taken_in_day = 1;
  const AssignmentChoice choice = ChooseIn(members);
  EXPECT_EQ(choice.unassigned_reason, "CAPACITY");
  EXPECT_EQ(choice.explanation.rule_version(), "weighted-round-robin/1");
  std::map<std::string, std::string> reasons;
  for (const auto& candidate : choice.explanation.candidates()) {
    reasons[candidate.member_id()] = candidate.ineligible_reason();
  }
  EXPECT_EQ(reasons[ToBytes(Id(1))], "MEMBER_INACTIVE");
  EXPECT_EQ(reasons[ToBytes(Id(2))], "PAUSED");
  EXPECT_EQ(reasons[ToBytes(Id(3))], "FILTER");
  EXPECT_EQ(reasons[ToBytes(Id(4))], "CAPACITY");
  EXPECT_EQ(reasons[ToBytes(Id(5))], "DAILY_CAPACITY");
}

TEST(AssignmentRuleTest, NobodyIsWillingIsNotALackOfCapacity) {
  std::vector<MemberStanding> members = {Member(1, 5), Member(2, 5, 5)};
  members[0].accepts = false;
  members[1].paused = true;
  EXPECT_EQ(ChooseIn(members).unassigned_reason, "NO_MEMBER_ACCEPTS");
  EXPECT_EQ(ChooseIn({}).unassigned_reason, "NO_MEMBER_ACCEPTS");
}

TEST(AssignmentRuleTest, WithoutATeamThereIsNoRule) {
  const AssignmentChoice choice = ChooseMember({});
  EXPECT_EQ(choice.unassigned_reason, "NO_TEAM_MATCHES");
  EXPECT_THAT(choice.explanation.candidates(), IsEmpty());
}

TEST(AssignmentRuleTest, TheTeamWithTheMostRoomComesFirst) {
  // 15 of 40 left against 10 of 20 left.
  const TeamStanding large = {Team(1), {Member(1, 20, 5), Member(2, 20, 20)}};
  const TeamStanding small = {Team(2), {Member(3, 20, 10)}};
  const AssignmentChoice choice = ChooseMember({large, small});
  EXPECT_EQ(choice.team, Team(2));
  EXPECT_EQ(choice.member, Id(3));
}

TEST(AssignmentRuleTest, MembersWhoWouldNotTakeTheLeadLendTheirTeamNoRoom) {
  MemberStanding away = Member(1, 100);
  away.paused = true;
  const TeamStanding half_away = {Team(1), {away, Member(2, 10, 9)}};
  const TeamStanding present = {Team(2), {Member(3, 10, 5)}};
  EXPECT_EQ(ChooseMember({half_away, present}).team, Team(2));
}

TEST(AssignmentRuleTest, ATeamWithoutAnEligibleMemberPassesTheLeadOn) {
  MemberStanding day_full = Member(1, 10);
  day_full.daily_leads = 1;
  day_full.taken_in_day = 1;
  const AssignmentChoice choice =
      ChooseMember({{Team(1), {day_full}}, {Team(2), {Member(2, 10, 9)}}});
  EXPECT_EQ(choice.team, Team(2));
  EXPECT_EQ(choice.unassigned_reason, "");
  ASSERT_THAT(choice.explanation.candidates(), SizeIs(2));
  EXPECT_EQ(choice.explanation.candidates(0).ineligible_reason(), "DAILY_CAPACITY");
  EXPECT_EQ(choice.explanation.candidates(1).remaining_leads(), 1);
}

TEST(AssignmentRuleTest, EqualTeamsAreTakenById) {
  EXPECT_EQ(ChooseMember({{Team(2), {Member(1, 5)}}, {Team(1), {Member(2, 5)}}}).team, Team(1));
}

TEST(AssignmentRuleTest, CandidatesAreInTheOrderOfTheRule) {
  std::vector<MemberStanding> members = {Member(1, 10, 9), Member(2, 10, 1), Member(3, 10, 10),
                                         Member(4, 10, 5)};
  members[3].prefers = true;
  members[1].last_assign_time = kExampleNow;
  const AssignmentChoice choice = ChooseIn(members);
  std::vector<std::string> order;
  for (const auto& candidate : choice.explanation.candidates()) {
    order.push_back(candidate.member_id());
  }
  EXPECT_THAT(order, ElementsAre(ToBytes(Id(4)), ToBytes(Id(2)), ToBytes(Id(1)), ToBytes(Id(3))));
  EXPECT_TRUE(choice.explanation.candidates(0).preferred());
  EXPECT_EQ(choice.explanation.candidates(1).last_assign_time_us(),
            absl::ToUnixMicros(kExampleNow));
  EXPECT_EQ(choice.explanation.candidates(2).last_assign_time_us(), 0);
}

}  // namespace
}  // namespace crm::domain
