// PipelineBoard: the forecast by month, team and member.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "projections/pipeline_board.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int32_t kMarch20 = 20'532;
constexpr int32_t kApril10 = 20'553;

class ForecastTest : public ::testing::Test {
 protected:
  ForecastTest() {
    story_.On("2026-01-01").Organization("Europe/Berlin");
    story_.Pipeline("sales", {{"new", 2000}, {"done", 10000}}, "done");
  }

  void Open(const std::string& name, int64_t units, v1::ForecastCategory category,
            Terms terms = {}) {
    terms.minor = units * 100;
    story_.Open(name, terms);
    events::v1::OpportunityDetailsRevised revised;
    revised.add_fields("forecast_category");
    revised.mutable_details()->set_forecast_category(category);
    story_.Tell("opportunity", name, revised);
  }

  // From March for two months, as "month team/member pipeline best commit won weighted count".
  std::vector<std::string> Forecast(v1::Grouping grouping = v1::GROUPING_UNSPECIFIED,
                                    const Asker& asker = {}) {
    request_.set_grouping(grouping);
    *request_.mutable_from_date() = DateOf(2026, 3, 0);
    request_.set_months(2);
    const auto forecast = story_.Answer(request_, asker);
    EXPECT_TRUE(forecast.ok()) << forecast.status();
    std::vector<std::string> rows;
    if (!forecast.ok()) return rows;
    for (const auto& row : forecast->rows()) {
      std::string whose;
      for (const std::string name : {"north", "south"}) {
        if (row.team() == ResourceOf<domain::TeamId>(name)) whose = name + " ";
      }
      for (const std::string name : {"ann", "bob"}) {
        if (row.member() == ResourceOf<domain::MemberId>(name)) whose = name + " ";
      }
      rows.push_back(absl::StrCat(row.has_month() ? absl::StrCat(row.month().month()) : "none", " ",
                                  whose, row.pipeline().currency_code(), " ",
                                  row.pipeline().units(), " ", row.best_case().units(), " ",
                                  row.commit().units(), " ", row.won().units(), " ",
                                  row.weighted().units(), " (", row.open_count(), ")"));
    }
    return rows;
  }

  SalesStory<PipelineBoard> story_;
  v1::GetForecastRequest request_;
};

TEST_F(ForecastTest, CommitHasWhatIsWonAndBestCaseHasCommit) {
  Open("pipeline", 1000, v1::FORECAST_CATEGORY_PIPELINE, {.expected_close_day = kMarch20});
  Open("best", 200, v1::FORECAST_CATEGORY_BEST_CASE, {.expected_close_day = kMarch20});
  Open("commit", 30, v1::FORECAST_CATEGORY_COMMIT, {.expected_close_day = kMarch20});
  Open("omitted", 5, v1::FORECAST_CATEGORY_OMITTED, {.expected_close_day = kMarch20});
  EXPECT_THAT(Forecast(), ElementsAre("3 EUR 1000 230 30 0 246 (3)"));
  // Won on a day of March, whenever it was expected.
  Open("won", 4, v1::FORECAST_CATEGORY_OMITTED, {.expected_close_day = kApril10});
  story_.On("2026-03-31T21:59:59").Win("won", "done");
  EXPECT_THAT(Forecast(), ElementsAre("3 EUR 1000 234 34 4 246 (3)"));
  story_.On("2026-04-02").Reopen("won", "new");
  EXPECT_THAT(Forecast(), ElementsAre("3 EUR 1000 230 30 0 246 (3)"));
}

TEST_F(ForecastTest, CountsByTheMonthsOfTheOrganizationAndNoOthers) {
  const auto category = v1::FORECAST_CATEGORY_COMMIT;
  Open("april", 10, category, {.expected_close_day = kApril10});
  Open("undated", 20, category);
  Open("may", 40, category, {.expected_close_day = kApril10 + 21});
  Open("february", 80, category, {.expected_close_day = kMarch20 - 20});
  Open("won", 100, category);
  Open("too late", 1000, category);
  Open("lost", 2000, category, {.expected_close_day = kApril10});
  Open("away", 4000, category);
  story_.On("2026-03-31T22:00:00").Win("won");  // April in Berlin
  story_.Win("away").Archive("away");
  story_.On("2026-04-30T22:00:00").Win("too late").Lose("lost");
  EXPECT_THAT(Forecast(), ElementsAre("4 EUR 0 110 110 100 2 (1)", "none EUR 0 20 20 0 4 (1)"));
}

TEST_F(ForecastTest, NeverAddsCurrenciesAndCountsAlternativesOnce) {
  const auto category = v1::FORECAST_CATEGORY_PIPELINE;
  Open("A", 10'000, category, {.probability_bp = 6000, .expected_close_day = kMarch20});
  Open("B", 12'000, category, {.probability_bp = 3000, .expected_close_day = kMarch20});
  Open("C", 8'000, category, {.probability_bp = 1000, .expected_close_day = kMarch20});
  Open("D", 500, category, {.currency = "USD", .expected_close_day = kMarch20});
  story_.Group("kern", {"A", "B", "C"});
  EXPECT_THAT(Forecast(), ElementsAre("3 EUR 12000 0 0 0 6000 (3)", "3 USD 500 0 0 0 100 (1)"));
}

TEST_F(ForecastTest, GroupsByTeamOrOwnerForWhoeverAsks) {
  const auto category = v1::FORECAST_CATEGORY_COMMIT;
  Open("A", 100, category, {.expected_close_day = kMarch20});
  Open("B", 30, category, {.team = "south", .owner = "bob", .expected_close_day = kMarch20});
  EXPECT_THAT(Forecast(v1::GROUPING_TEAM),
              ::testing::UnorderedElementsAre("3 north EUR 0 100 100 0 20 (1)",
                                              "3 south EUR 0 30 30 0 6 (1)"));
  EXPECT_THAT(
      Forecast(v1::GROUPING_MEMBER),
      ::testing::UnorderedElementsAre("3 ann EUR 0 100 100 0 20 (1)", "3 bob EUR 0 30 30 0 6 (1)"));
  EXPECT_THAT(Forecast(v1::GROUPING_TEAM, {.everything = false, .member = "bob"}),
              ElementsAre("3 south EUR 0 30 30 0 6 (1)"));
  request_.set_member(ResourceOf<domain::MemberId>("ann"));
  EXPECT_THAT(Forecast(), ElementsAre("3 EUR 0 100 100 0 20 (1)"));
  request_.add_teams(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(Forecast(), IsEmpty());
}

TEST_F(ForecastTest, RefusesAMonthThatIsNone) {
  *request_.mutable_from_date() = DateOf(2026, 13, 1);
  EXPECT_THAT(story_.Answer(request_), HasReason("DATE_INVALID"));
}

}  // namespace
}  // namespace crm::projections::testing
