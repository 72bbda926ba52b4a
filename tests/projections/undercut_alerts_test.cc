#include "projections/undercut_alerts.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Story = SalesStory<UndercutAlerts>;
using Alerts = std::vector<v1::UndercutAlert>;

Alerts AlertsOf(Story& story, bool show_closed = false, const Asker& asker = {},
                std::string* next = nullptr) {
  v1::ListUndercutAlertsRequest request;
  request.set_show_closed(show_closed);
  const auto page = story.Answer(request, asker, next);
  EXPECT_THAT(page, IsOk());
  if (!page.ok()) return {};
  return {page->undercut_alerts().begin(), page->undercut_alerts().end()};
}

std::string DayOf(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%m-%d", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string OpportunityOf(const std::string& name) {
  return ResourceOf<domain::OpportunityId>(name);
}

// Ann offers the customer 10,000; Bob asks less on 03-15, as an alternative.
struct Rivalry : Story {
  Rivalry() {
    Lead("north", "nora").Lead("south", "sam").Lead("south", "nora");
    On("2026-03-01")
        .Open("A", {.team = "north", .owner = "ann", .minor = 1'000'000, .customer = "K"});
    On("2026-03-15")
        .Open("B", {.team = "south", .owner = "bob", .minor = 950'000, .customer = "K"});
  }
};

// T67.
TEST(UndercutAlertsTest, RaisesOneAlertAndClosesItWhenOneIsLost) {
  Rivalry story;
  story.Group("same", {"A", "B"});
  Alerts alerts = AlertsOf(story);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].earlier_opportunity(), OpportunityOf("A"));
  EXPECT_EQ(alerts[0].later_opportunity(), OpportunityOf("B"));
  EXPECT_EQ(alerts[0].customer(), ResourceOf<domain::CustomerId>("K"));
  EXPECT_EQ(alerts[0].group(), ResourceOf<domain::OpportunityGroupId>("same"));
  EXPECT_EQ(DayOf(alerts[0].raise_time()), "03-15");
  EXPECT_THAT(alerts[0].leaders(), ElementsAre(ResourceOf<domain::MemberId>("nora"),
                                               ResourceOf<domain::MemberId>("sam")));
  story.On("2026-03-16").Price("B", 940'000);
  alerts = AlertsOf(story, true);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].later_revenue().units(), 9400);
  EXPECT_EQ(DayOf(alerts[0].raise_time()), "03-15");
  story.On("2026-03-20").Lose("A");
  EXPECT_THAT(AlertsOf(story), IsEmpty());
  alerts = AlertsOf(story, true);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(DayOf(alerts[0].close_time()), "03-20");
  EXPECT_EQ(alerts[0].group(), ResourceOf<domain::OpportunityGroupId>("same"));
  ExpectReplayEquality(story);
}

TEST(UndercutAlertsTest, SubProjectsDoNotBidAgainstEachOther) {
  Rivalry story;
  EXPECT_THAT(AlertsOf(story), SizeIs(1));
  story.Group("project", {"A", "B"}, v1::GROUP_KIND_SUB_PROJECTS);
  EXPECT_THAT(AlertsOf(story), IsEmpty());
  story.Ungroup("project", "B");
  EXPECT_THAT(AlertsOf(story), SizeIs(1));
  ExpectReplayEquality(story);
}

TEST(UndercutAlertsTest, NeedsALaterOfferThatAsksLessInTheSameCurrency) {
  for (const Terms& harmless :
       std::vector<Terms>{{.owner = "bob", .minor = 1'000'000, .customer = "K"},
                          {.owner = "bob", .minor = 1'000'001, .customer = "K"},
                          {.owner = "bob", .minor = 1, .currency = "USD", .customer = "K"},
                          {.owner = "ann", .minor = 1, .customer = "K"},
                          {.owner = "", .minor = 1, .customer = "K"},
                          {.owner = "bob", .minor = 1, .customer = "L"},
                          {.owner = "bob", .minor = 1},
                          {.owner = "bob", .customer = "K"}}) {
    Story story;
    story.On("2026-03-01").Open("A", {.owner = "ann", .minor = 1'000'000, .customer = "K"});
    story.On("2026-03-02").Open("B", harmless);
    EXPECT_THAT(AlertsOf(story, true), IsEmpty()) << harmless.owner << harmless.minor;
  }
}

TEST(UndercutAlertsTest, GoesByWhenAnAmountWasFirstAsked) {
  Story story;
  story.On("2026-03-01").Open("A", {.owner = "ann", .customer = "K"});
  story.On("2026-03-02").Open("B", {.owner = "bob", .minor = 500, .customer = "K"});
  story.On("2026-03-03").Price("A", 900);
  EXPECT_THAT(AlertsOf(story, true), IsEmpty());  // the later asks more
  story.On("2026-03-04").Price("A", 400);
  const Alerts alerts = AlertsOf(story);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].later_opportunity(), OpportunityOf("A"));
  EXPECT_EQ(DayOf(alerts[0].raise_time()), "03-04");
}

TEST(UndercutAlertsTest, ClosesWhenTheRivalryEnds) {
  using End = void (*)(Story&);
  const std::vector<End> ends = {
      [](Story& story) { story.Win("A"); },
      [](Story& story) { story.Lose("B"); },
      [](Story& story) { story.Supersede("B", "A"); },
      [](Story& story) { story.Archive("A"); },
      [](Story& story) { story.Assign("B", "north", "ann"); },
      [](Story& story) { story.Price("B", 1'000'000); },
      [](Story& story) { story.Price("B", 1, "USD"); },
      [](Story& story) { story.Price("A", -1); },
      [](Story& story) {
        events::v1::OpportunityDetailsRevised revised;
        revised.add_fields("customer");
        story.Tell("opportunity", "A", revised);
      },
  };
  for (size_t i = 0; i < ends.size(); ++i) {
    Rivalry story;
    EXPECT_THAT(AlertsOf(story), SizeIs(1));
    story.On("2026-03-20");
    ends[i](story);
    EXPECT_THAT(AlertsOf(story), IsEmpty()) << i;
    const Alerts closed = AlertsOf(story, true);
    ASSERT_THAT(closed, SizeIs(1)) << i;
    EXPECT_EQ(DayOf(closed[0].close_time()), "03-20") << i;
  }
}

TEST(UndercutAlertsTest, HasOneAlertAPairForGood) {
  Rivalry story;
  story.On("2026-03-20").Lose("B").On("2026-03-22").Reopen("B", "new").Standby("B");
  const Alerts alerts = AlertsOf(story, true);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(DayOf(alerts[0].raise_time()), "03-15");
  EXPECT_FALSE(alerts[0].has_close_time());
  ExpectReplayEquality(story);
}

TEST(UndercutAlertsTest, WatchesGroupsOfAlternativesOnly) {
  for (const v1::GroupKind kind : {v1::GROUP_KIND_ALTERNATIVES, v1::GROUP_KIND_SUB_PROJECTS}) {
    Story story;
    story.On("2026-03-01").Open("A", {.owner = "ann", .minor = 900});
    story.On("2026-03-02").Open("B", {.owner = "bob", .minor = 800, .customer = "K"});
    story.On("2026-03-03").Group("group", {"A", "B"}, kind);
    const bool alternatives = kind == v1::GROUP_KIND_ALTERNATIVES;
    const Alerts alerts = AlertsOf(story);
    ASSERT_THAT(alerts, SizeIs(alternatives ? 1 : 0));
    if (!alternatives) continue;
    EXPECT_EQ(alerts[0].customer(), "");
    EXPECT_EQ(DayOf(alerts[0].raise_time()), "03-03");
    story.Ungroup("group", "A");
    EXPECT_THAT(AlertsOf(story), IsEmpty());
    ExpectReplayEquality(story);
  }
}

TEST(UndercutAlertsTest, TellsLeadersOfOneSideAndWhoeverSeesBoth) {
  Rivalry story;
  EXPECT_THAT(AlertsOf(story, false, {.everything = false, .teams = {"north", "south"}}),
              SizeIs(1));
  EXPECT_THAT(AlertsOf(story, false, {.everything = false, .member = "sam", .teams = {"south"}}),
              SizeIs(1));
  // Who bids is not told what the other side asks, nor is a colleague.
  EXPECT_THAT(AlertsOf(story, false, {.everything = false, .member = "ann"}), IsEmpty());
  EXPECT_THAT(AlertsOf(story, false, {.everything = false, .teams = {"south"}}), IsEmpty());
  // A leader who is shown neither side.
  EXPECT_THAT(AlertsOf(story, false, {.everything = false, .member = "sam"}), IsEmpty());
}

TEST(UndercutAlertsTest, ListsTheNewestFirstInPages) {
  Rivalry story;
  story.On("2026-03-16").Open("C", {.owner = "carl", .minor = 930'000, .customer = "K"});
  // C undercuts A and B, B undercuts A.
  std::vector<std::string> pairs;
  Asker asker = {.page_size = 2};
  for (const size_t expected : {2u, 1u}) {
    const Alerts page = AlertsOf(story, false, asker, &asker.after);
    EXPECT_THAT(page, SizeIs(expected));
    for (const auto& alert : page) {
      pairs.push_back(DayOf(alert.raise_time()));
    }
  }
  EXPECT_EQ(asker.after, "");
  EXPECT_THAT(pairs, ElementsAre("03-16", "03-16", "03-15"));
  std::string next;
  EXPECT_THAT(AlertsOf(story, false, {.page_size = 3}, &next), SizeIs(3));
  EXPECT_EQ(next, "");
  EXPECT_THAT(story.Answer(v1::ListUndercutAlertsRequest(), {.after = "nonsense"}),
              HasReason("PAGE_TOKEN_INVALID"));
}

TEST(UndercutAlertsTest, NamesTheLeadersOfToday) {
  Rivalry story;
  events::v1::LeaderDismissed dismissed;
  dismissed.set_member_id(BytesOf("nora"));
  story.Tell("team", "north", dismissed).Tell("team", "south", dismissed);
  EXPECT_THAT(AlertsOf(story)[0].leaders(), ElementsAre(ResourceOf<domain::MemberId>("sam")));
}

}  // namespace
}  // namespace crm::projections::testing
