// From a lead to a won opportunity: what every view says at each step, and what it said, and knew,
// at earlier instants.
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

constexpr char kInMarch[] =
    "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } "
    "period: PERIOD_UNIT_MONTH grouping: GROUPING_TEAM ";

class SaleTest : public ::testing::Test {
 protected:
  // `field { seconds: ... }`
  static std::string At(absl::string_view field, absl::Time time) {
    return absl::StrCat(field, " { seconds: ", absl::ToUnixSeconds(time), " } ");
  }
  static std::string AsOf(absl::string_view inside) {
    return absl::StrCat("as_of { ", inside, "} ");
  }
  // What a set of views says at one instant.
  struct Figures {
    int64_t board_units = 0;
    int64_t weighted_units = 0;
    std::string column;  // where the one card is
    int open_count = 0, won_count = 0;
    int statistics_won = 0;
    int64_t forecast_weighted = 0, forecast_won = 0;
    friend bool operator==(const Figures&, const Figures&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Figures& f) {
      return out << f.board_units << " weighted " << f.weighted_units << " in '" << f.column
                 << "', open " << f.open_count << ", won " << f.won_count << "/" << f.statistics_won
                 << ", forecast " << f.forecast_weighted << " won " << f.forecast_won;
    }
  };
  Figures Now(const std::string& as_of = "") const {
    Figures figures;
    const auto board = office_.ada.Do(&Opportunities::GetPipelineBoard,
                                      With("pipeline", office_.pipeline_name) + as_of);
    for (const v1::BoardTotals& totals : board.totals()) {
      figures.board_units = totals.expected_revenue().units();
      figures.weighted_units = totals.weighted_revenue().units();
    }
    for (const v1::Column& column : board.columns()) {
      if (column.card_count() > 0) figures.column = column.display_name();
    }
    const auto tile =
        office_.ada.Do(&Dashboards::GetTeamDashboard, With("team", office_.north) + as_of);
    figures.open_count = tile.open().count();
    figures.won_count = tile.won().count();
    const auto statistics = office_.ada.Do(&Reports::GetStatistics, kInMarch + as_of);
    for (const auto& row : statistics.rows()) figures.statistics_won += row.won_count();
    const auto forecast = office_.ada.Do(
        &Reports::GetForecast,
        "from_date { year: 2026 month: 3 day: 1 } months: 1 grouping: GROUPING_TEAM " + as_of);
    for (const auto& row : forecast.rows()) {
      figures.forecast_weighted += row.weighted().units();
      figures.forecast_won += row.won().units();
    }
    return figures;
  }
  // Later by a day; the instant before.
  absl::Time NextDay() {
    const absl::Time before = clock_.Now() + absl::Hours(1);
    clock_.Advance(absl::Hours(24));
    return before;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(SaleTest, ALeadBecomesAWonOpportunityAndEveryInstantIsRemembered) {
  NextDay();
  office_.administrator.Do(&Teams::RemoveTeamMember,
                           With("name", office_.north) + With("member", office_.ben_name));
  office_.administrator.Do(&Teams::ReviseMembership,
                           absl::StrCat(With("name", office_.north), "membership { ",
                                        With("member", office_.ada_name), "maximum_leads: 5 }"));
  const auto lead = office_.administrator.Do(
      &Leads::CaptureLead,
      absl::StrCat("lead { given_name: 'Grace' family_name: 'Hopper' email: 'grace@mill.example' ",
                   "company_name: 'Mill Ltd' ", Usd("expected_revenue", 1000),
                   With("team", office_.north), "} route: true"));
  EXPECT_EQ(lead.owner(), office_.ada_name);
  EXPECT_EQ(lead.assignment().candidates_size(), 1);
  const auto qualified = office_.ada.Do(&Leads::QualifyLead, NameIs(lead));
  EXPECT_EQ(qualified.state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(Now(), Figures());
  const absl::Time qualified_time = NextDay();

  const auto converted =
      office_.ada.Do(&Leads::ConvertLead, NameIs(lead) + With("pipeline", office_.pipeline_name));
  EXPECT_EQ(converted.customer(), qualified.customer());
  const std::string name = With("name", converted.opportunity());
  office_.ada.Do(&Opportunities::UpdateOpportunity,
                 absl::StrCat("opportunity { ", name,
                              "expected_close_date { year: 2026 month: 3 day: 20 } }"));
  const Figures in_new = Now();
  EXPECT_EQ(in_new, (Figures{1000, 200, "New", 1, 0, 0, 200, 0}));
  const absl::Time converted_time = NextDay();

  office_.ada.Do(&Opportunities::MoveStage, name + With("stage", office_.stages.at("Offer")));
  const Figures in_offer = Now();
  EXPECT_EQ(in_offer, (Figures{1000, 800, "Offer", 1, 0, 0, 800, 0}));
  const absl::Time offered_time = NextDay();

  office_.ada.Do(&Opportunities::WinOpportunity, name + Usd("won_revenue", 900));
  const Figures won = Now();
  EXPECT_EQ(won.won_count, 1);
  EXPECT_EQ(won.statistics_won, 1);
  EXPECT_EQ(won.open_count, 0);
  EXPECT_EQ(won.forecast_won, 900);
  NextDay();

  // Every instant answers as it did then, effective and known.
  EXPECT_EQ(Now(AsOf(At("as_of_time", qualified_time))), Figures());
  EXPECT_EQ(Now(AsOf(At("as_of_time", converted_time))), in_new);
  EXPECT_EQ(Now(AsOf(At("as_of_time", offered_time))), in_offer);
  EXPECT_EQ(Now(AsOf(At("known_at_time", converted_time))), in_new);
  EXPECT_EQ(
      office_.ada.Do(&Opportunities::GetOpportunity, name + AsOf(At("as_of_time", converted_time)))
          .stage(),
      office_.stages.at("New"));

  const auto history =
      office_.ada.Do(&Histories::ListChanges, With("record", converted.opportunity()));
  std::vector<std::string> types;
  for (const v1::Change& change : history.changes()) types.push_back(change.event_type());
  EXPECT_THAT(types,
              ::testing::IsSupersetOf({"OpportunityOpened", "StageMoved", "OpportunityWon"}));
  const auto overview =
      office_.ada.Do(&Customers::GetCustomerOverview, With("name", converted.customer()));
  EXPECT_EQ(overview.won_count(), 1);
}

// A sale entered late was true earlier, and nobody knew it then.
TEST_F(SaleTest, ABackdatedFactShowsInThePastButNotInWhatWasKnown) {
  const absl::Time first_day = NextDay() + absl::Hours(1);
  const absl::Time before_entry = [this] {
    NextDay();
    return NextDay();
  }();
  const auto mill = office_.administrator.Do(
      &Opportunities::CreateOpportunity,
      absl::StrCat(At("effective_time", first_day), "opportunity { display_name: 'Mill' ",
                   With("stage", office_.stages.at("Talks")), Usd("expected_revenue", 500),
                   office_.OwnedBy(office_.ada_name, office_.north), "}"));
  const std::string then = At("as_of_time", first_day + absl::Hours(2));
  EXPECT_EQ(Now(AsOf(then)).board_units, 500);
  EXPECT_EQ(Now(AsOf(then)).open_count, 1);
  EXPECT_EQ(Now(AsOf(then + At("known_at_time", before_entry))).board_units, 0);
  EXPECT_EQ(Now(AsOf(At("known_at_time", before_entry))).open_count, 0);
  EXPECT_EQ(Now(AsOf(At("as_of_time", first_day - absl::Hours(1)))).board_units, 0);
  EXPECT_EQ(office_.ada
                .Try(&Opportunities::GetOpportunity,
                     NameIs(mill) + AsOf(At("known_at_time", before_entry)))
                .status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  // Who may not backdate is told so.
  EXPECT_THAT(office_.ada.Try(
                  &Opportunities::CreateOpportunity,
                  absl::StrCat(At("effective_time", first_day), "opportunity { display_name: 'X' ",
                               With("stage", office_.stages.at("New")), "}")),
              ::testing::Not(Succeeded()));
}

}  // namespace
}  // namespace crm::testing
