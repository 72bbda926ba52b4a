// Goals: who sets them for whom, who sees how far they are, and what they were worth in the past.
#include <string>
#include <vector>

#include "crm/v1/goal_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Goals = v1::GoalService::Stub;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const auto kDenied = Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED");

constexpr char kMarch[] =
    "first_date { year: 2026 month: 3 day: 1 } last_date { year: 2026 month: 3 day: 31 } ";

class GoalsTest : public ::testing::Test {
 protected:
  // Two opportunities shall be won.
  static std::string WinTwo(absl::string_view name, absl::string_view whose) {
    return absl::StrCat("goal { ", With("display_name", name), kMarch,
                        "kind: GOAL_KIND_OPPORTUNITIES_WON target_count: 2 ", whose, "}");
  }
  v1::GoalProgress ProgressOf(const ApiCaller& caller, const v1::Goal& goal,
                              absl::string_view more = "") const {
    return caller.Do(&Goals::GetGoalProgress, absl::StrCat(NameIs(goal), more));
  }
  std::vector<std::string> LeaderboardOf(const ApiCaller& caller) const {
    std::vector<std::string> names;
    const auto board = caller.Do(&Goals::ListGoalProgress);
    for (const v1::GoalProgress& progress : board.progress()) {
      names.push_back(
          absl::StrCat(progress.display_name(), " ", progress.attainment_bp() / 100, " %"));
    }
    return names;
  }
  void Win(const ApiCaller& caller, absl::string_view member) const {
    const auto sale = office_.Open(caller, "Sale", 100, office_.OwnedBy(member, office_.north));
    caller.Do(&Opportunities::WinOpportunity, NameIs(sale));
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(GoalsTest, ALeaderSetsGoalsAndAllSeeTheirOwn) {
  const auto adas =
      office_.leah.Do(&Goals::CreateGoal, WinTwo("Ada", With("member", office_.ada_name)));
  office_.leah.Do(&Goals::CreateGoal, WinTwo("Ben", With("member", office_.ben_name)));
  office_.leah.Do(&Goals::CreateGoal, WinTwo("North", With("team", office_.north)));
  EXPECT_THAT(office_.leah.Try(&Goals::CreateGoal, WinTwo("South", With("team", office_.south))),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "ASSIGNMENT_DENIED"));
  EXPECT_THAT(office_.ada.Try(&Goals::CreateGoal, WinTwo("x", With("member", office_.ada_name))),
              kDenied);
  Win(office_.ada, office_.ada_name);
  EXPECT_THAT(LeaderboardOf(office_.leah), ElementsAre("Ada 50 %", "North 50 %", "Ben 0 %"));
  EXPECT_THAT(LeaderboardOf(office_.ada), ElementsAre("Ada 50 %"));
  EXPECT_THAT(LeaderboardOf(office_.cleo), IsEmpty());
  EXPECT_EQ(LeaderboardOf(office_.avi).size(), 3u);
  EXPECT_THAT(office_.ben.Try(&Goals::GetGoal, NameIs(adas)), kDenied);
  EXPECT_THAT(office_.ben.Try(&Goals::GetGoalProgress, NameIs(adas)), kDenied);
  EXPECT_EQ(office_.ada.Do(&Goals::ListGoals).goals(0).name(), adas.name());
}

TEST_F(GoalsTest, ShowsWhatWasReachedThen) {
  const auto goal =
      office_.leah.Do(&Goals::CreateGoal, WinTwo("Ada", With("member", office_.ada_name)));
  Win(office_.ada, office_.ada_name);
  clock_.Advance(absl::Hours(48));
  Win(office_.ada, office_.ada_name);
  const auto now = ProgressOf(office_.ada, goal);
  EXPECT_EQ(now.state(), v1::GOAL_STATE_REACHED);
  EXPECT_EQ(now.reach_date().day(), 4);
  EXPECT_EQ(now.contributions_size(), 2);
  EXPECT_EQ(now.position(), office_.HeadPosition());
  const auto then =
      ProgressOf(office_.ada, goal, "as_of { as_of_date { year: 2026 month: 3 day: 3 } }");
  EXPECT_EQ(then.state(), v1::GOAL_STATE_OPEN);
  EXPECT_EQ(then.current_count(), 1);
  clock_.Advance(absl::Hours(24 * 30));
  EXPECT_EQ(ProgressOf(office_.ada, goal).state(), v1::GOAL_STATE_REACHED);
}

TEST_F(GoalsTest, WhatCannotBeReachedIsRefused) {
  const auto refused = [](const char* reason) {
    return Refused(grpc::StatusCode::INVALID_ARGUMENT, reason);
  };
  const auto create = [this](absl::string_view fields) {
    return office_.administrator.Try(
        &Goals::CreateGoal, absl::StrCat("goal { display_name: 'G' ", kMarch, fields, "}"));
  };
  EXPECT_THAT(create("kind: GOAL_KIND_INCOME target { currency_code: 'USD' }"),
              refused("TARGET_NOT_POSITIVE"));
  EXPECT_THAT(create("kind: GOAL_KIND_INCOME target_count: 3"), refused("TARGET_KIND_MISMATCH"));
  EXPECT_THAT(create("kind: GOAL_KIND_NEW_CUSTOMERS target_count: -1"), refused("INVALID_REQUEST"));
  EXPECT_THAT(create(absl::StrCat("kind: GOAL_KIND_NEW_CUSTOMERS target_count: 1 ",
                                  With("member", office_.ada_name), With("team", office_.north))),
              refused("GOAL_SUBJECT_AMBIGUOUS"));
}

}  // namespace
}  // namespace crm::testing
