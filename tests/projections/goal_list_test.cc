// Lists of goals.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "projections/goal_progress.h"
#include "tests/projections/goal_story.h"
#include "tests/projections/money_events.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using GoalListTest = GoalStory;

const Asker kInMarch = {.at = "2026-03-25T12:00:00"};
const Asker kInApril = {.at = "2026-04-05T12:00:00"};

TEST_F(GoalListTest, ListsTheLeaderboard) {
  Set("ann", {.member = "ann", .target = 1'000, .in_team = "north"});
  Set("bob", {.member = "bob", .target = 1'000, .in_team = "north"});
  Set("eve", {.member = "eve", .target = 1'000, .in_team = "south"});
  Set("won", {.kind = v1::GOAL_KIND_OPPORTUNITIES_WON, .target = 1});
  Set("old", {.member = "eve", .target = 1'000});
  story_.Tell("goal", "old", events::v1::GoalArchived());
  Sell("A", "2026-03-02", {.owner = "bob", .base_minor = 900});
  Sell("B", "2026-03-02", {.owner = "eve", .base_minor = 500});
  const auto names = [this](const v1::ListGoalProgressRequest& request, const Asker& asker = {},
                            std::string* next = nullptr) {
    std::vector<std::string> shown;
    const auto page = story_.Answer(request, asker, next);
    EXPECT_THAT(page, IsOk());
    for (const auto& progress : page->progress()) shown.push_back(progress.display_name());
    return shown;
  };
  EXPECT_THAT(names({}), ElementsAre("bob", "eve", "ann", "won"));
  std::string next;
  EXPECT_THAT(names({}, {.page_size = 3}, &next), ElementsAre("bob", "eve", "ann"));
  EXPECT_THAT(names({}, {.page_size = 3, .after = next}, &next), ElementsAre("won"));
  v1::ListGoalProgressRequest request;
  request.set_kind(v1::GOAL_KIND_INCOME);
  request.set_team(ResourceOf<domain::TeamId>("north"));
  EXPECT_THAT(names(request), ElementsAre("bob", "ann"));
  *request.mutable_running_date() = DateOf(2026, 4, 1);
  EXPECT_THAT(names(request), IsEmpty());
  EXPECT_THAT(names({}, {.everything = false, .member = "ann"}), ElementsAre("ann"));
  EXPECT_THAT(names({}, {.everything = false, .member = "boss", .teams = {"south"}}),
              ElementsAre("eve"));
}

TEST_F(GoalListTest, ListsGoalsByLastDay) {
  Set("b", {});
  Set("a", {});
  Set("later", {.member = "ann", .last = "2026-06-30"});
  Set("old", {});
  story_.Tell("goal", "old", events::v1::GoalArchived());
  events::v1::GoalRevised renamed;
  renamed.set_display_name("c");
  story_.Tell("goal", "a", renamed);
  const auto select = [this](const v1::ListGoalsRequest& request, const Asker& asker = {}) {
    domain::Audience audience;
    audience.everything = asker.everything;
    audience.member = domain::MemberId(Named(asker.member));
    QueryContext context(audience, TimeAt(asker.at), asker.page_size, asker.after);
    const auto ids = GoalProgress::Select(request, story_.Rows(), context);
    EXPECT_THAT(ids, IsOk());
    return ids.value_or(std::vector<domain::GoalId>());
  };
  const auto id = [](const std::string& name) { return domain::GoalId(Named(name)); };
  EXPECT_THAT(select({}), ElementsAre(id("later"), id("b"), id("a")));
  v1::ListGoalsRequest request;
  request.set_show_archived(true);
  EXPECT_THAT(select(request), ElementsAre(id("later"), id("b"), id("a"), id("old")));
  request.set_member(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(select(request), ElementsAre(id("later")));
  request.Clear();
  *request.mutable_running_date() = DateOf(2026, 4, 1);
  EXPECT_THAT(select(request), ElementsAre(id("later")));
  EXPECT_THAT(select({}, {.everything = false, .member = "ann"}), ElementsAre(id("later")));
  story_.Tell("goal", "old", events::v1::GoalRestored());
  EXPECT_EQ(select({}).size(), 4u);
}

TEST_F(GoalListTest, AHiddenGoalIsRefusedLikeNone) {
  Set("ann", {.member = "ann", .in_team = "north"});
  v1::GetGoalProgressRequest request;
  request.set_name(ResourceOf<domain::GoalId>("ann"));
  const Asker bob = {.everything = false, .member = "bob"};
  EXPECT_THAT(story_.Answer(request, bob), HasReason("PERMISSION_DENIED"));
  request.set_name(ResourceOf<domain::GoalId>("none"));
  EXPECT_THAT(story_.Answer(request, bob), HasReason("PERMISSION_DENIED"));
  EXPECT_THAT(story_.Answer(request), HasReason("NOT_FOUND"));
}

}  // namespace
}  // namespace crm::projections::testing
