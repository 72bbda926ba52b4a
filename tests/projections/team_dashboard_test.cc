#include "projections/team_dashboard.h"

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

using Story = SalesStory<TeamDashboard>;

struct Office : Story {
  Office() {
    Organization("Europe/Berlin")
        .Pipeline("sales", {{"new", 2000}, {"offer", 5000}, {"closing", 8000}})
        .Team("north")
        .Team("south")
        .Member("ann")
        .Member("bob")
        .Join("north", "bob", 20)
        .Join("north", "ann", 10);
  }
};

v1::TeamDashboard TileOf(Story& story, const std::string& team, const Asker& asker = {}) {
  v1::GetTeamDashboardRequest request;
  request.set_team(ResourceOf<domain::TeamId>(team));
  const auto tile = story.Answer(request, asker);
  EXPECT_THAT(tile, IsOk());
  return tile.ok() ? *tile : v1::TeamDashboard();
}

// "count: amount currency, ..."
std::string Shown(const v1::TeamDashboard::Figure& figure) {
  std::string text = std::to_string(figure.count()) + ":";
  for (const google::type::Money& proto : figure.amounts()) {
    const auto money = domain::Money::FromProto(proto);
    text += " " + money->ToDecimal() + " " + std::string(money->currency().code());
  }
  return text;
}

std::string Shown(const google::protobuf::RepeatedPtrField<google::type::Money>& amounts) {
  v1::TeamDashboard::Figure figure;
  *figure.mutable_amounts() = amounts;
  return Shown(figure).substr(2);
}

std::vector<int> BarsOf(const v1::TeamDashboard& tile) {
  std::vector<int> bars;
  for (const auto& week : tile.weeks()) bars.push_back(week.opened_count());
  return bars;
}

// T51: only what is open is weighed, each card rounded before it is summed.
TEST(TeamDashboardTest, WeighsWhatIsOpen) {
  Office story;
  story.Open("A", {.minor = 1'000'000})
      .Open("B", {.minor = 500'000, .stage = "offer"})
      .Open("C", {.minor = 250'000, .stage = "closing"})
      .Open("lost", {.minor = 900'000})
      .Open("won", {.minor = 700'000})
      .Lose("lost")
      .Win("won")
      .CaptureLead("spam", "north")
      .EndLead<events::v1::LeadJunked>("spam");
  const v1::TeamDashboard tile = TileOf(story, "north");
  EXPECT_EQ(Shown(tile.open()), "3: 17500.00 EUR");
  EXPECT_EQ(Shown(tile.weighted_revenue()), " 6500.00 EUR");
  EXPECT_EQ(Shown(tile.won()), "1: 7000.00 EUR");
  EXPECT_EQ(Shown(tile.lost()), "1: 9000.00 EUR");
  EXPECT_EQ(tile.unassigned_lead_count(), 0);
  EXPECT_EQ(Shown(tile.quotations()), "0:");
}

TEST(TeamDashboardTest, RoundsEachCardHalfUp) {
  Office story;
  story.Open("A", {.minor = 1250, .probability_bp = 100});
  EXPECT_EQ(Shown(TileOf(story, "north").weighted_revenue()), " 0.13 EUR");
}

// T53: a group of alternatives counts once, its cards each.
TEST(TeamDashboardTest, CountsAlternativesOnce) {
  Office story;
  story.Open("A", {.minor = 1'000'000, .probability_bp = 6000})
      .Open("B", {.minor = 1'200'000, .probability_bp = 3000})
      .Open("C", {.minor = 800'000, .probability_bp = 1000})
      .Group("same", {"A", "B", "C"});
  v1::TeamDashboard tile = TileOf(story, "north");
  EXPECT_EQ(Shown(tile.open()), "3: 12000.00 EUR");
  EXPECT_EQ(Shown(tile.weighted_revenue()), " 6000.00 EUR");
  story.Win("A").Supersede("B", "A").Supersede("C", "A");
  tile = TileOf(story, "north");
  EXPECT_EQ(Shown(tile.open()), "0:");
  EXPECT_EQ(Shown(tile.won()), "1: 10000.00 EUR");
  EXPECT_EQ(Shown(tile.lost()), "0:");
  story.Reopen("B", "new");  // was superseded: no closing to take back
  EXPECT_EQ(Shown(TileOf(story, "north").won()), "1: 10000.00 EUR");
  ExpectReplayEquality(story);
}

TEST(TeamDashboardTest, ShowsOverdueByTheDaysOfTheOrganization) {
  Office story;
  const int32_t close = static_cast<int32_t>(absl::CivilDay(2026, 3, 10) - absl::CivilDay());
  story.Open("A", {.minor = 100, .expected_close_day = close})
      .Open("B", {.minor = 300})
      .Standby("A");
  // 22:59 UTC is 23:59 in Berlin: still the day itself.
  EXPECT_EQ(Shown(TileOf(story, "north", {.at = "2026-03-10T22:59:00"}).overdue()), "0:");
  EXPECT_EQ(Shown(TileOf(story, "north", {.at = "2026-03-10T23:00:00"}).overdue()), "1: 1.00 EUR");
}

TEST(TeamDashboardTest, ReopeningTakesTheClosingBackFromWhereItCounted) {
  Office story;
  story.Open("A", {.minor = 500}).Open("usd", {.minor = 300, .currency = "USD"}).Win("A");
  story.Win("usd").Assign("A", "south", "bob").Price("A", 900);
  EXPECT_EQ(Shown(TileOf(story, "north").won()), "2: 5.00 EUR 3.00 USD");
  EXPECT_EQ(Shown(TileOf(story, "south").won()), "0:");
  story.Reopen("A", "offer");
  EXPECT_EQ(Shown(TileOf(story, "north").won()), "1: 3.00 USD");
  EXPECT_EQ(Shown(TileOf(story, "south").open()), "1: 9.00 EUR");
  story.Lose("A");
  EXPECT_EQ(Shown(TileOf(story, "south").lost()), "1: 9.00 EUR");
  ExpectReplayEquality(story);
}

// T54: four bars, oldest first, also across a year's end.
TEST(TeamDashboardTest, ShowsNewOpportunitiesPerWeek) {
  Office story;
  story.On("2026-02-22").Open("before");
  // 23:30 UTC on Sunday is Monday in Berlin.
  story.On("2026-02-22T23:30:00").Open("first");
  story.On("2026-03-01T22:30:00").Open("its Sunday");
  story.On("2026-03-18T09:00:00").Open("last").Open("moved").Assign("moved", "south", "bob");
  const v1::TeamDashboard tile = TileOf(story, "north", {.at = "2026-03-18T12:00:00"});
  EXPECT_THAT(BarsOf(tile), ElementsAre(2, 0, 0, 2));
  EXPECT_EQ(tile.weeks(0).start_date().day(), 23);
  EXPECT_THAT(BarsOf(TileOf(story, "south", {.at = "2026-03-18T12:00:00"})),
              ElementsAre(0, 0, 0, 0));
  std::vector<int> numbers;
  const v1::TeamDashboard new_year = TileOf(story, "north", {.at = "2026-01-02T12:00:00"});
  for (const auto& week : new_year.weeks()) numbers.push_back(week.week_number());
  EXPECT_THAT(numbers, ElementsAre(50, 51, 52, 1));
}

// T44: elapsed hours; a lead counts for whoever took it last, and losing it frees nothing.
TEST(TeamDashboardTest, CountsLeadsTakenInThirtyDays) {
  Office story;
  story.On("2026-03-01T11:59:59").CaptureLead("early", "north", "ann");
  story.On("2026-03-01T12:00:00").CaptureLead("due", "north", "ann");
  story.On("2026-03-02").CaptureLead("free", "north").AssignLead("free", "north", "ann");
  story.EndLead<events::v1::LeadLost>("free").CaptureLead("open", "north");
  story.Open("sale", {.owner = "bob"});
  const Asker then = {.at = "2026-03-31T12:00:00"};
  v1::TeamDashboard tile = TileOf(story, "north", then);
  ASSERT_EQ(tile.loads_size(), 2);
  EXPECT_EQ(tile.loads(0).member(), ResourceOf<domain::MemberId>("ann"));
  EXPECT_EQ(tile.loads(0).lead_count(), 2);
  EXPECT_EQ(tile.loads(0).maximum_leads(), 10);
  EXPECT_EQ(tile.loads(1).open_opportunity_count(), 1);
  EXPECT_EQ(tile.unassigned_lead_count(), 1);
  story.AssignLead("due", "north", "bob").AssignLead("open", "south", "");
  tile = TileOf(story, "north", then);
  EXPECT_EQ(tile.loads(0).lead_count(), 1);
  EXPECT_EQ(tile.loads(1).lead_count(), 1);
  EXPECT_EQ(tile.unassigned_lead_count(), 0);
  EXPECT_EQ(TileOf(story, "south", then).unassigned_lead_count(), 1);
  ExpectReplayEquality(story);
}

TEST(TeamDashboardTest, SumsWhatTheCallerMaySee) {
  Office story;
  story.Open("mine", {.owner = "ann", .minor = 100})
      .Open("shared", {.owner = "bob", .minor = 200, .contributors = {"ann"}})
      .Open("theirs", {.owner = "bob", .minor = 400})
      .CaptureLead("lead", "north", "bob")
      .CaptureLead("nobody's", "north")
      .Win("shared")
      .Win("theirs");
  const Asker ann = {.everything = false, .member = "ann", .own_teams = {"north"}};
  const v1::TeamDashboard hers = TileOf(story, "north", ann);
  EXPECT_EQ(Shown(hers.open()), "1: 1.00 EUR");
  EXPECT_EQ(Shown(hers.won()), "1: 2.00 EUR");
  EXPECT_EQ(hers.unassigned_lead_count(), 0);
  EXPECT_EQ(hers.loads(1).lead_count(), 0);
  const v1::TeamDashboard teams = TileOf(story, "north", {.everything = false, .teams = {"north"}});
  EXPECT_EQ(Shown(teams.won()), "2: 6.00 EUR");
  EXPECT_EQ(teams.unassigned_lead_count(), 1);
}

// What a role does not show is in no figure: not the leads, not the opportunities.
TEST(TeamDashboardTest, LeavesOutKindsTheCallerIsNotShown) {
  Office story;
  story.On("2026-12-30").Open("A", {.owner = "bob", .minor = 100}).Open("B", {.minor = 200});
  story.Win("B").CaptureLead("lead", "north", "bob").CaptureLead("nobody's", "north");
  const v1::TeamDashboard sales = TileOf(story, "north", {.sees_leads = false});
  EXPECT_EQ(Shown(sales.open()), "1: 1.00 EUR");
  EXPECT_EQ(sales.unassigned_lead_count(), 0);
  EXPECT_EQ(sales.loads(1).lead_count(), 0);
  EXPECT_EQ(sales.loads(1).open_opportunity_count(), 1);
  const v1::TeamDashboard leads = TileOf(story, "north", {.sees_opportunities = false});
  EXPECT_EQ(Shown(leads.open()), "0:");
  EXPECT_EQ(Shown(leads.won()), "0:");
  EXPECT_THAT(BarsOf(sales), ElementsAre(0, 0, 0, 2));
  EXPECT_THAT(BarsOf(leads), ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(leads.unassigned_lead_count(), 1);
  EXPECT_EQ(leads.loads(1).lead_count(), 1);
  EXPECT_EQ(leads.loads(1).open_opportunity_count(), 0);
}

// Rights are today's: who led the team then is not shown its past, who leads it now is.
TEST(TeamDashboardTest, ShowsTilesToThoseTheyConcernToday) {
  Office story;
  v1::GetTeamDashboardRequest request;
  request.set_team(ResourceOf<domain::TeamId>("south"));
  story.Lead("south", "ann").Join("south", "ann", 0);
  EXPECT_THAT(story.Answer(request, {.everything = false, .member = "ann"}),
              HasReason("PERMISSION_DENIED"));
  EXPECT_EQ(TileOf(story, "south", {.everything = false, .own_teams = {"south"}}).leaders_size(),
            1);
  request.set_team(ResourceOf<domain::TeamId>("nowhere"));
  EXPECT_THAT(story.Answer(request, {.everything = false}), HasReason("PERMISSION_DENIED"));
  EXPECT_THAT(story.Answer(request), HasReason("NOT_FOUND"));
}

TEST(TeamDashboardTest, ListsFavouritesFirstThenByName) {
  Office story;
  events::v1::TeamFavored favored;
  favored.set_team_id(BytesOf("south"));
  story.Team("East").Team("west").Tell("team", "west", events::v1::TeamArchived());
  story.Tell("member", "boss", favored);
  const auto names = [&story](const Asker& asker, std::string* next = nullptr) {
    std::vector<std::string> shown;
    const auto page = story.Answer(v1::ListTeamDashboardsRequest(), asker, next);
    EXPECT_THAT(page, IsOk());
    for (const auto& tile : page->team_dashboards()) {
      shown.push_back(tile.display_name());
      EXPECT_EQ(tile.position(), Story::kPosition);
    }
    return shown;
  };
  EXPECT_THAT(names({}), ElementsAre("south", "East", "north"));
  std::string next;
  EXPECT_THAT(names({.page_size = 2}, &next), ElementsAre("south", "East"));
  EXPECT_THAT(names({.page_size = 2, .after = next}, &next), ElementsAre("north"));
  EXPECT_EQ(next, "");
  EXPECT_THAT(names({.everything = false, .own_teams = {"north"}}), ElementsAre("north"));
  EXPECT_THAT(names({.everything = false, .member = "stranger"}), IsEmpty());
  ExpectReplayEquality(story);
}

TEST(TeamDashboardTest, FollowsTeamSettings) {
  Office story;
  events::v1::TeamSettingsRevised revised;
  revised.set_display_name("North Sea");
  revised.set_target_measure(v1::TARGET_MEASURE_RECEIVED);
  revised.mutable_monthly_target()->set_currency_code("JPY");
  revised.mutable_monthly_target()->set_minor(5000);
  EXPECT_EQ(TileOf(story, "north").invoiced_this_month().currency_code(), "EUR");
  EXPECT_FALSE(TileOf(story, "north").has_monthly_target());
  story.Tell("team", "north", revised);
  const v1::TeamDashboard tile = TileOf(story, "north");
  EXPECT_EQ(tile.display_name(), "North Sea");
  EXPECT_EQ(tile.monthly_target().units(), 5000);
  EXPECT_EQ(tile.invoiced_this_month().currency_code(), "JPY");
  EXPECT_EQ(tile.target_measure(), v1::TARGET_MEASURE_RECEIVED);
}

TEST(TeamDashboardTest, ForgetsTheNamesOfTheErased) {
  Office story;
  events::v1::SubjectErased erased;
  erased.set_subject_id(BytesOf("bob"));
  story.Tell("person", "bob", erased);
  story.GivenErased(Named("bob"));
  const v1::TeamDashboard tile = TileOf(story, "north");
  ASSERT_EQ(tile.loads_size(), 2);
  EXPECT_EQ(tile.loads(0).member(), ResourceOf<domain::MemberId>("bob"));  // nameless, so first
  EXPECT_THAT(TeamDashboard::kNames.Get(story.Rows(), {Named("bob")})->has_value(), false);
  ExpectReplayEquality(story);
}

}  // namespace
}  // namespace crm::projections::testing
