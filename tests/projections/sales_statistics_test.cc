#include "projections/sales_statistics.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::SizeIs;

using Story = SalesStory<SalesStatistics>;

struct Office : Story {
  Office() { Organization("Europe/Berlin").Team("north").Team("East").Member("bob").Member("ann"); }
};

v1::GetStatisticsRequest RangeOf(const google::type::Date& from, const google::type::Date& to,
                                 v1::PeriodUnit period = v1::PERIOD_UNIT_UNSPECIFIED,
                                 v1::Grouping grouping = v1::GROUPING_UNSPECIFIED) {
  v1::GetStatisticsRequest request;
  *request.mutable_from_date() = from;
  *request.mutable_to_date() = to;
  request.set_period(period);
  request.set_grouping(grouping);
  return request;
}

v1::GetStatisticsRequest March() { return RangeOf(DateOf(2026, 3, 1), DateOf(2026, 3, 31)); }

std::vector<v1::Statistics::Row> RowsOf(Story& story, const v1::GetStatisticsRequest& request,
                                        const Asker& asker = {}) {
  const auto statistics = story.Answer(request, asker);
  EXPECT_THAT(statistics, IsOk());
  if (!statistics.ok()) return {};
  return {statistics->rows().begin(), statistics->rows().end()};
}

v1::Statistics::Row OnlyRow(Story& story, const v1::GetStatisticsRequest& request = March(),
                            const Asker& asker = {}) {
  const auto rows = RowsOf(story, request, asker);
  EXPECT_THAT(rows, SizeIs(1));
  return rows.empty() ? v1::Statistics::Row() : rows.front();
}

std::string DaysOf(const v1::Statistics::Row& row) {
  const auto text = [](const google::type::Date& date) {
    return absl::StrCat(date.month(), "-", date.day());
  };
  return absl::StrCat(text(row.start_date()), "..", text(row.end_date()));
}

// T63: what is open, and what was superseded, is in no denominator.
TEST(SalesStatisticsTest, RatesWinsAgainstWhatWasDecided) {
  Office story;
  story.On("2026-03-02");
  for (int i = 0; i < 7; ++i) story.Open(absl::StrCat("w", i)).Win(absl::StrCat("w", i));
  for (int i = 0; i < 5; ++i) story.Open(absl::StrCat("l", i)).Lose(absl::StrCat("l", i));
  for (int i = 0; i < 8; ++i) story.Open(absl::StrCat("o", i));
  story.Open("s").Supersede("s", "w0");
  const v1::Statistics::Row row = OnlyRow(story);
  EXPECT_EQ(row.opened_count(), 21);
  EXPECT_EQ(row.won_count(), 7);
  EXPECT_EQ(row.lost_count(), 5);
  EXPECT_EQ(row.win_rate_bp(), 5833);
  EXPECT_FALSE(OnlyRow(story, RangeOf(DateOf(2026, 4, 1), DateOf(2026, 4, 1))).has_win_rate_bp());
}

TEST(SalesStatisticsTest, RoundsAveragesAndRatesHalfUp) {
  Office story;
  story.On("2026-03-02").Open("A", {.minor = 100}).Open("B", {.minor = 101}).Open("unknown");
  story.Open("usd", {.minor = 700, .currency = "USD"});
  for (int i = 0; i < 12; ++i) story.Open(absl::StrCat("l", i)).Lose(absl::StrCat("l", i));
  story.On("2026-03-05").Win("A").Win("usd").On("2026-03-06").Win("B").Win("unknown");
  const v1::Statistics::Row row = OnlyRow(story);
  ASSERT_EQ(row.won_revenue_size(), 2);
  EXPECT_EQ(row.won_revenue(0).nanos(), 10'000'000);          // 2.01 EUR
  EXPECT_EQ(row.average_won_revenue(0).nanos(), 10'000'000);  // 1.005 -> 1.01, over two wins
  EXPECT_EQ(row.average_won_revenue(1).units(), 7);
  EXPECT_EQ(row.sales_cycle_days_e2(), 350);
  EXPECT_EQ(row.win_rate_bp(), 2500);
}

TEST(SalesStatisticsTest, ReopeningTakesTheClosingOffItsDay) {
  Office story;
  story.On("2026-03-02").Open("A", {.minor = 500}).On("2026-03-09").Win("A");
  story.Assign("A", "East", "bob").On("2026-03-20").Reopen("A", "new").Price("A", 700);
  EXPECT_EQ(OnlyRow(story).won_count(), 0);
  EXPECT_EQ(OnlyRow(story).won_revenue_size(), 0);
  story.On("2026-04-01").Win("A");
  EXPECT_EQ(OnlyRow(story).won_count(), 0);
  const auto april = OnlyRow(story, RangeOf(DateOf(2026, 4, 1), DateOf(2026, 4, 30),
                                            v1::PERIOD_UNIT_UNSPECIFIED, v1::GROUPING_TEAM));
  EXPECT_EQ(april.team(), ResourceOf<domain::TeamId>("East"));
  EXPECT_EQ(april.won_revenue(0).units(), 7);
  ExpectReplayEquality(story);
}

// What a role does not show is in no figure, and its bearers are not listed for it.
TEST(SalesStatisticsTest, LeavesOutKindsTheCallerIsNotShown) {
  Office story;
  story.On("2026-03-02").Open("A", {.team = "north", .owner = "bob", .minor = 100}).Win("A");
  story.CaptureLead("lead", "East", "ann");
  const auto by_team = RangeOf(DateOf(2026, 3, 1), DateOf(2026, 3, 31), v1::PERIOD_UNIT_UNSPECIFIED,
                               v1::GROUPING_TEAM);
  EXPECT_THAT(RowsOf(story, by_team), SizeIs(2));
  const auto sales = OnlyRow(story, by_team, {.sees_leads = false});
  EXPECT_EQ(sales.team(), ResourceOf<domain::TeamId>("north"));
  EXPECT_EQ(sales.won_count(), 1);
  const auto leads = OnlyRow(story, by_team, {.sees_opportunities = false});
  EXPECT_EQ(leads.team(), ResourceOf<domain::TeamId>("East"));
  EXPECT_EQ(leads.leads_assigned_count(), 1);
  EXPECT_EQ(leads.opened_count(), 0);
}

TEST(SalesStatisticsTest, CountsLeadsButNoJunk) {
  Office story;
  story.On("2026-03-02").CaptureLead("A", "north").CaptureLead("B", "north", "ann");
  story.CaptureLead("C", "north", "bob").CaptureLead("D", "north", "bob");
  story.AssignLead("A", "north", "ann").AssignLead("A", "East", "ann").AssignLead("A", "East", "");
  story.EndLead<events::v1::LeadConverted>("B").EndLead<events::v1::LeadLost>("C");
  story.EndLead<events::v1::LeadLost>("D").EndLead<events::v1::LeadJunked>("D");
  v1::Statistics::Row row = OnlyRow(story);
  EXPECT_EQ(row.leads_captured_count(), 3);
  EXPECT_EQ(row.leads_assigned_count(), 3);
  EXPECT_EQ(row.leads_converted_count(), 1);
  EXPECT_EQ(row.leads_lost_count(), 1);
  story.EndLead<events::v1::LeadRestored>("C").EndLead<events::v1::LeadRestored>("D");
  row = OnlyRow(story);
  EXPECT_EQ(row.leads_captured_count(), 4);
  EXPECT_EQ(row.leads_assigned_count(), 4);
  EXPECT_EQ(row.leads_lost_count(), 0);
  ExpectReplayEquality(story);
}

TEST(SalesStatisticsTest, CutsPeriodsToTheRange) {
  Office story;
  story.On("2026-03-01T22:59:59").Open("sunday").On("2026-03-01T23:00:00").Open("monday");
  story.On("2026-03-11T23:00:00").Open("after");
  const auto from = DateOf(2026, 2, 27);
  const auto to = DateOf(2026, 3, 11);
  const auto weeks = RowsOf(story, RangeOf(from, to, v1::PERIOD_UNIT_WEEK));
  ASSERT_THAT(weeks, SizeIs(3));
  EXPECT_EQ(DaysOf(weeks[0]), "2-27..3-1");
  EXPECT_EQ(weeks[0].opened_count(), 1);
  EXPECT_EQ(DaysOf(weeks[1]), "3-2..3-8");
  EXPECT_EQ(weeks[1].opened_count(), 1);
  EXPECT_EQ(DaysOf(weeks[2]), "3-9..3-11");
  EXPECT_EQ(weeks[2].opened_count(), 0);
  const auto months = RowsOf(story, RangeOf(from, to, v1::PERIOD_UNIT_MONTH));
  ASSERT_THAT(months, SizeIs(2));
  EXPECT_EQ(DaysOf(months[1]), "3-1..3-11");
  EXPECT_EQ(months[1].opened_count(), 2);
  EXPECT_THAT(RowsOf(story, RangeOf(from, to, v1::PERIOD_UNIT_DAY)), SizeIs(13));
  const auto whole = OnlyRow(story, RangeOf(from, to));
  EXPECT_EQ(DaysOf(whole), "2-27..3-11");
  EXPECT_EQ(whole.opened_count(), 2);
}

TEST(SalesStatisticsTest, GroupsByPeriodThenName) {
  Office story;
  story.On("2026-03-02").Open("A", {.team = "north", .owner = "bob"});
  story.Open("B", {.team = "East", .owner = "ann"}).Open("C", {.team = "", .owner = ""});
  story.On("2026-04-02").Open("D", {.team = "north", .owner = "ann"});
  const auto from = DateOf(2026, 3, 1);
  const auto to = DateOf(2026, 4, 30);
  std::vector<std::string> teams;
  for (const auto& row :
       RowsOf(story, RangeOf(from, to, v1::PERIOD_UNIT_MONTH, v1::GROUPING_TEAM))) {
    teams.push_back(row.team());
  }
  EXPECT_THAT(
      teams, ElementsAre("", ResourceOf<domain::TeamId>("East"),
                         ResourceOf<domain::TeamId>("north"), ResourceOf<domain::TeamId>("north")));
  const auto members =
      RowsOf(story, RangeOf(from, to, v1::PERIOD_UNIT_UNSPECIFIED, v1::GROUPING_MEMBER));
  ASSERT_THAT(members, SizeIs(3));
  EXPECT_EQ(members[1].member(), ResourceOf<domain::MemberId>("ann"));
  EXPECT_EQ(members[1].opened_count(), 2);
}

TEST(SalesStatisticsTest, ConsolidatesTeamsAndFiltersOwners) {
  Office story;
  story.On("2026-03-02").Open("A", {.team = "north"}).Open("B", {.team = "East"});
  story.Open("C", {.team = "south"}).Open("D", {.team = "north", .owner = "bob"});
  v1::GetStatisticsRequest request = March();
  request.add_teams(ResourceOf<domain::TeamId>("north"));
  request.add_teams(ResourceOf<domain::TeamId>("East"));
  EXPECT_EQ(OnlyRow(story, request).opened_count(), 3);
  request.set_member(ResourceOf<domain::MemberId>("bob"));
  EXPECT_EQ(OnlyRow(story, request).opened_count(), 1);
}

TEST(SalesStatisticsTest, SumsWhatTheCallerMaySee) {
  Office story;
  story.On("2026-03-02").Open("A", {.owner = "ann"}).Open("B", {.owner = "bob"});
  story.Open("C", {.owner = "bob", .contributors = {"carl", "ann"}});
  EXPECT_EQ(OnlyRow(story, March(), {.everything = false, .member = "ann"}).opened_count(), 2);
  EXPECT_EQ(OnlyRow(story, March(), {.everything = false, .teams = {"north"}}).opened_count(), 3);
  EXPECT_EQ(OnlyRow(story, March(), {.everything = false}).opened_count(), 0);
}

TEST(SalesStatisticsTest, RefusesRangesItCannotCover) {
  Office story;
  EXPECT_THAT(story.Answer(RangeOf(DateOf(2026, 3, 2), DateOf(2026, 3, 1))),
              HasReason("RANGE_INVALID"));
  EXPECT_THAT(story.Answer(RangeOf(DateOf(2026, 1, 1), DateOf(2029, 1, 6))),
              HasReason("RANGE_TOO_LONG"));
  EXPECT_THAT(story.Answer(RangeOf(DateOf(2026, 1, 1), DateOf(2029, 1, 5))), IsOk());
}

TEST(SalesStatisticsTest, RefusesToShowASumBeyond64BitsButGoesOn) {
  Office story;
  story.On("2026-03-02").Open("A", {.minor = INT64_MAX}).Open("B", {.minor = INT64_MAX});
  story.Win("A").Win("B");
  EXPECT_THAT(story.Answer(March()), HasReason("SUM_OVERFLOW"));
  story.Reopen("B", "new");
  EXPECT_THAT(story.Answer(March()), IsOk());
}

TEST(SalesStatisticsTest, ForgetsTheNamesOfTheErased) {
  Office story;
  events::v1::SubjectErased erased;
  erased.set_subject_id(BytesOf("bob"));
  story.On("2026-03-02").Open("A", {.owner = "bob"}).Tell("person", "bob", erased);
  story.GivenErased(Named("bob"));
  EXPECT_FALSE(SalesStatistics::kMemberNames.Get(story.Rows(), {Named("bob")})->has_value());
  EXPECT_EQ(OnlyRow(story).opened_count(), 1);
  ExpectReplayEquality(story);
}

}  // namespace
}  // namespace crm::projections::testing
