// Alternatives of one customer: counted once, won once, and a warning when colleagues bid against
// each other.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class GroupsTest : public ::testing::Test {
 protected:
  GroupsTest() {
    office_.administrator.Do(
        &Teams::UpdateTeam,
        absl::StrCat("team { ", With("name", office_.north), "privacy: TEAM_PRIVACY_ALL_SHARED }"));
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Kern Ltd' }")
                    .name();
  }
  v1::Opportunity Offer(const ApiCaller& by, const std::string& owner, absl::string_view name,
                        int64_t units, int probability_bp) const {
    return office_.Open(
        by, name, units,
        absl::StrCat(office_.OwnedBy(owner, office_.north), With("customer", customer_),
                     "probability_bp: ", probability_bp, " "));
  }
  v1::OpportunityGroup Group(absl::string_view kind,
                             std::initializer_list<v1::Opportunity> members) const {
    std::string request = absl::StrCat("opportunity_group { display_name: 'Kern' kind: GROUP_KIND_",
                                       kind, " ", With("team", office_.north), "} ");
    for (const auto& member : members) request += With("opportunities", member.name());
    return office_.administrator.Do(&Groups::CreateOpportunityGroup, request);
  }
  v1::BoardTotals BoardTotals() const {
    const auto board =
        office_.leah.Do(&Opportunities::GetPipelineBoard, With("pipeline", office_.pipeline_name));
    EXPECT_EQ(board.totals_size(), 1);
    return board.totals_size() == 0 ? v1::BoardTotals() : board.totals(0);
  }
  v1::TeamDashboard Tile() const {
    return office_.leah.Do(&Dashboards::GetTeamDashboard, With("team", office_.north));
  }

  ManualClock clock_{absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

TEST_F(GroupsTest, T53AlternativesCountOnceAndAreWonOnce) {
  const auto a = Offer(office_.ada, office_.ada_name, "A", 10'000, 6000);
  const auto b = Offer(office_.ada, office_.ada_name, "B", 12'000, 3000);
  const auto c = Offer(office_.ada, office_.ada_name, "C", 8'000, 1000);
  EXPECT_EQ(BoardTotals().expected_revenue().units(), 30'000);
  EXPECT_EQ(BoardTotals().weighted_revenue().units(), 10'400);

  const auto group = Group("ALTERNATIVES", {a, b, c});
  const auto shown = office_.administrator.Do(&Groups::GetOpportunityGroup, NameIs(group));
  ASSERT_EQ(shown.totals_size(), 1) << shown.ShortDebugString();
  EXPECT_EQ(shown.totals(0).expected_revenue().units(), 12'000);
  EXPECT_EQ(shown.totals(0).weighted_revenue().units(), 6'000);
  EXPECT_EQ(shown.totals(0).exclusive_expectation().units(), 10'400);
  EXPECT_EQ(BoardTotals().expected_revenue().units(), 12'000);
  EXPECT_EQ(BoardTotals().weighted_revenue().units(), 6'000);
  EXPECT_EQ(Tile().open().count(), 3);
  EXPECT_EQ(Tile().open().amounts(0).units(), 12'000);
  EXPECT_EQ(Tile().weighted_revenue(0).units(), 6'000);

  office_.administrator.Do(&Groups::PreferGroupMember,
                           NameIs(group) + With("opportunity", c.name()));
  EXPECT_EQ(BoardTotals().expected_revenue().units(), 8'000);

  office_.ada.Do(&Opportunities::WinOpportunity, NameIs(a));
  for (const auto& other : {b, c}) {
    const auto now = office_.ada.Do(&Opportunities::GetOpportunity, NameIs(other));
    EXPECT_EQ(now.state(), v1::OPPORTUNITY_STATE_SUPERSEDED);
    EXPECT_EQ(now.superseded_by(), a.name());
  }
  EXPECT_EQ(Tile().open().count(), 0);
  const auto statistics = office_.administrator.Do(
      &Reports::GetStatistics,
      "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } "
      "period: PERIOD_UNIT_MONTH grouping: GROUPING_TEAM");
  ASSERT_GE(statistics.rows_size(), 1);
  EXPECT_EQ(statistics.rows(0).won_count(), 1);
  EXPECT_EQ(statistics.rows(0).lost_count(), 0);
  EXPECT_EQ(statistics.rows(0).win_rate_bp(), 10'000);
}

TEST_F(GroupsTest, T53SubProjectsAddUp) {
  const auto group =
      Group("SUB_PROJECTS", {Offer(office_.ada, office_.ada_name, "A", 10'000, 6000),
                             Offer(office_.ada, office_.ada_name, "B", 12'000, 3000),
                             Offer(office_.ada, office_.ada_name, "C", 8'000, 1000)});
  const auto shown = office_.administrator.Do(&Groups::GetOpportunityGroup, NameIs(group));
  ASSERT_EQ(shown.totals_size(), 1);
  EXPECT_EQ(shown.totals(0).expected_revenue().units(), 30'000);
  EXPECT_EQ(shown.totals(0).weighted_revenue().units(), 10'400);
  EXPECT_EQ(BoardTotals().expected_revenue().units(), 30'000);
}

TEST_F(GroupsTest, T67LeadersHearOnceOfAColleagueWhoAsksLess) {
  const auto alerts = [this](absl::string_view more = "") {
    return office_.leah.Do(&Groups::ListUndercutAlerts, more);
  };
  const auto a = Offer(office_.ada, office_.ada_name, "A", 10'000, 5000);
  EXPECT_EQ(alerts().undercut_alerts_size(), 0);
  clock_.Advance(absl::Hours(24 * 14));
  const auto b = Offer(office_.ben, office_.ben_name, "B", 9'500, 5000);
  Group("ALTERNATIVES", {a, b});
  auto raised = alerts();
  ASSERT_EQ(raised.undercut_alerts_size(), 1);
  EXPECT_EQ(raised.undercut_alerts(0).earlier_opportunity(), a.name());
  EXPECT_EQ(raised.undercut_alerts(0).later_opportunity(), b.name());
  EXPECT_EQ(raised.undercut_alerts(0).customer(), customer_);
  EXPECT_THAT(raised.undercut_alerts(0).leaders(), UnorderedElementsAre(office_.leah_name));

  office_.ben.Do(&Opportunities::ReviseExpectedRevenue, NameIs(b) + Usd("expected_revenue", 9'400));
  raised = alerts();
  ASSERT_EQ(raised.undercut_alerts_size(), 1);
  EXPECT_EQ(raised.undercut_alerts(0).later_revenue().units(), 9'400);

  clock_.Advance(absl::Hours(24 * 5));
  office_.ada.Do(&Opportunities::LoseOpportunity, NameIs(a) + "loss_reason_id: 'price'");
  EXPECT_EQ(alerts().undercut_alerts_size(), 0);
  raised = alerts("show_closed: true");
  ASSERT_EQ(raised.undercut_alerts_size(), 1);
  EXPECT_EQ(raised.undercut_alerts(0).close_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(
      office_.cleo.Do(&Groups::ListUndercutAlerts, "show_closed: true").undercut_alerts_size(), 0);
}

}  // namespace
}  // namespace crm::testing
