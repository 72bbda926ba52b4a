// Charts: what other programs read of them, round numbers, labels that leave each other room.
#include "services/papers/chart.h"

#include <cairo.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/papers/axis.h"
#include "services/papers/report_charts.h"
#include "tests/services/papers/paper_examples.h"
#include "tests/services/papers/reading.h"
#include "tests/support/status_matchers.h"

namespace crm::services::papers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Extent {
  double left, right, top, bottom;
  std::string text;
};

std::vector<Extent> LabelsOf(const Picture& picture) {
  std::vector<Extent> labels;
  for (const Shape& shape : picture.shapes) {
    const auto* label = std::get_if<Label>(&shape);
    if (label == nullptr) continue;
    const double room = RoomFor(label->text, label->size, label->bold);
    double left = label->at.x;
    if (label->align == Align::kCenter) left -= room / 2;
    if (label->align == Align::kRight) left -= room;
    labels.push_back({left, left + room, label->at.y - label->size * 0.75,
                      label->at.y + label->size * 0.2, label->text});
  }
  return labels;
}

// No label covers another one, or leaves the picture.
void ExpectReadable(const Picture& picture) {
  const std::vector<Extent> labels = LabelsOf(picture);
  for (size_t i = 0; i < labels.size(); ++i) {
    EXPECT_GE(labels[i].left, -1) << labels[i].text;
    EXPECT_LE(labels[i].right, kPictureWidth + 1) << labels[i].text;
    EXPECT_LE(labels[i].bottom, kPictureHeight) << labels[i].text;
    for (size_t j = 0; j < i; ++j) {
      const bool apart = labels[i].left >= labels[j].right || labels[j].left >= labels[i].right ||
                         labels[i].top >= labels[j].bottom || labels[j].top >= labels[i].bottom;
      EXPECT_TRUE(apart) << labels[i].text << " and " << labels[j].text;
    }
  }
}

// Both files are read by other programs.
void ExpectDrawn(const Picture& picture) {
  const std::string svg = Kept("chart.svg", SvgOf(picture));
  const Said said = Told(absl::StrCat("xmllint --noout ", svg));
  EXPECT_EQ(said.code, 0) << said.text;
  const absl::StatusOr<std::string> png = PngOf(picture);
  ASSERT_THAT(png, crm::testing::IsOk());
  cairo_surface_t* const decoded =
      cairo_image_surface_create_from_png(Kept("chart.png", *png).c_str());
  EXPECT_EQ(cairo_surface_status(decoded), CAIRO_STATUS_SUCCESS);
  EXPECT_EQ(cairo_image_surface_get_width(decoded), 1'600);
  EXPECT_EQ(cairo_image_surface_get_height(decoded), 900);
  cairo_surface_destroy(decoded);
  ExpectReadable(picture);
}

TrendChart Trend(int periods) {
  TrendChart chart = {.heading = {"Revenue & <profit>", "2025", "Net"},
                      .currency_code = "EUR",
                      .periods = {},
                      .series = {{.name = "Revenue", .values = {}},
                                 {.name = "Profit", .values = {}},
                                 {.name = "Target", .values = {}, .planned = true}}};
  for (int i = 0; i < periods; ++i) {
    chart.periods.push_back(absl::StrCat("Month ", i + 1));
    chart.series[0].values.emplace_back(4'000'000 + i * 37'123);
    chart.series[1].values.emplace_back(i == 3 ? -1'200'000 : 900'000);
    chart.series[2].values.push_back(i < 2 ? std::nullopt : std::optional<int64_t>(5'000'000));
  }
  return chart;
}

TEST(AxisTest, HasRoundStepsThatHoldEveryValue) {
  for (const auto& [least, most] :
       std::vector<std::pair<int64_t, int64_t>>{{0, 0},
                                                {0, 1},
                                                {0, 7},
                                                {0, 99},
                                                {-3, 12},
                                                {-1'234'567, 98'765'432},
                                                {-5, 0},
                                                {0, 999'999'999'999'999},
                                                {INT64_MIN, INT64_MAX}}) {
    const Axis axis = AxisFor(least, most);
    int64_t power = axis.step;
    while (power % 10 == 0) power /= 10;
    EXPECT_THAT(power, ::testing::AnyOf(1, 2, 5)) << axis.step;
    EXPECT_LE((axis.high - axis.low) / axis.step, 6);
    EXPECT_EQ(axis.low % axis.step, 0);
    EXPECT_EQ(axis.high % axis.step, 0);
    EXPECT_LT(axis.low, axis.high);
    EXPECT_TRUE(axis.high >= most || most == INT64_MAX);
    EXPECT_TRUE(axis.low <= least || least == INT64_MIN);
  }
}

TEST(AxisTest, NumbersAreShortAndExact) {
  const auto texts = [](int64_t most, int digits) {
    const Axis axis = AxisFor(0, most);
    std::vector<std::string> all;
    for (int64_t v = axis.low; v <= axis.high; v += axis.step) {
      all.push_back(TickText(axis, v, digits));
    }
    return all;
  };
  EXPECT_THAT(texts(3, 0), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(texts(1'000'000, 2), ElementsAre("0", "2k", "4k", "6k", "8k", "10k"));
  EXPECT_THAT(texts(150, 2), ElementsAre("0", "0.5", "1", "1.5"));
  EXPECT_THAT(texts(6'000'000'000, 2), ElementsAre("0", "10M", "20M", "30M", "40M", "50M", "60M"));
  EXPECT_THAT(texts(250'000'000'000, 2), ElementsAre("0", "0.5bn", "1bn", "1.5bn", "2bn", "2.5bn"));
}

TEST(ChartTest, LinesAreDrawnForAnyNumberOfPeriods) {
  for (const int periods : {0, 1, 2, 12, 36, 1'200}) {
    SCOPED_TRACE(periods);
    ExpectDrawn(Draw(Trend(periods)));
  }
  const std::string svg = SvgOf(Draw(Trend(12)));
  EXPECT_THAT(svg, HasSubstr("Revenue &amp; &lt;profit&gt;"));
  EXPECT_THAT(svg, HasSubstr("font-family=\"sans-serif\""));
  EXPECT_THAT(svg, HasSubstr(">-20k</text>"));
}

TEST(ChartTest, BarsAreDrawnForAnyNumberOfWeeks) {
  for (const int weeks : {0, 1, 5, 60}) {
    BarChart chart = {.heading = {"North", "", ""}, .axis_title = "Opportunities", .bars = {}};
    for (int i = 0; i < weeks; ++i) {
      chart.bars.push_back({absl::StrCat("Week ", i), "from 28 Sep", 1'000 * i});
    }
    SCOPED_TRACE(weeks);
    ExpectDrawn(Draw(chart));
  }
}

TEST(ChartTest, AFunnelShortensNamesAndShowsTheFirstStages) {
  FunnelChart chart = {.heading = {std::string(300, 'W'), "2026", "Won 3"}, .stages = {}};
  ExpectDrawn(Draw(chart));
  for (int i = 0; i < 40; ++i) {
    chart.stages.push_back(
        {absl::StrCat("Stage with a long name ", std::string(100, 'm')), i * 250, 5'000, i == 39});
  }
  ExpectDrawn(Draw(chart));
  EXPECT_THAT(SvgOf(Draw(chart)), HasSubstr("Won 3 · 24 more stages are not shown"));
}

TEST(ChartTest, TextFromOutsideIsNeverMarkup) {
  const FunnelChart chart = {.heading = {"a\x01\"'<script>&\xEF\xBF\xBE"
                                         "b",
                                         "", ""},
                             .stages = {{"</text><script>", 1, std::nullopt, false}}};
  ExpectDrawn(Draw(chart));
  EXPECT_THAT(SvgOf(Draw(chart)), Not(HasSubstr("<script>")));
}

TEST(ReportChartsTest, AFunnelHasTheStagesThatAreNotLost) {
  v1::Pipeline pipeline;
  pipeline.set_display_name("Sales");
  v1::StageFlow flow;
  const auto add = [&](const std::string& name, v1::StageKind kind, int entries, int onward_bp) {
    v1::Stage& stage = *pipeline.add_stages();
    stage.set_name(absl::StrCat("pipelines/1/stages/", name));
    stage.set_kind(kind);
    v1::StageFlow::Row& row = *flow.add_rows();
    row.set_stage(stage.name());
    row.set_display_name(name);
    row.set_entry_count(entries);
    row.set_cohort_conversion_bp(onward_bp);
  };
  add("New", v1::STAGE_KIND_OPEN, 12, 7'500);
  add("Won", v1::STAGE_KIND_WON, 4, 0);
  add("Lost", v1::STAGE_KIND_LOST, 3, 0);
  flow.set_won_count(4);
  flow.set_lost_count(3);
  flow.set_win_rate_bp(5'714);
  v1::GetStageFlowRequest asked;
  *asked.mutable_from_date() = Date(2026, 1, 1);
  *asked.mutable_to_date() = Date(2026, 3, 31);
  const FunnelChart chart = FunnelOf(asked, flow, pipeline, {"North", ""});
  ASSERT_EQ(chart.stages.size(), 2U);
  EXPECT_EQ(chart.stages[0].count, 12);
  EXPECT_EQ(chart.stages[0].onward_bp, 7'500);
  EXPECT_TRUE(chart.stages[1].won);
  EXPECT_EQ(chart.stages[1].onward_bp, std::nullopt);
  EXPECT_EQ(chart.heading.subtitle, "1 January 2026 to 31 March 2026 · Team North");
  EXPECT_EQ(chart.heading.note, "Won 4 · Lost 3 · Win rate 57.1 %");
  ExpectDrawn(Draw(chart));
}

TEST(ReportChartsTest, AGoalIsTheRunningSumOfItsContributions) {
  v1::GoalProgress progress;
  progress.set_display_name("Moses, first quarter");
  progress.set_kind(v1::GOAL_KIND_INCOME);
  *progress.mutable_first_date() = Date(2026, 1, 1);
  *progress.mutable_last_date() = Date(2026, 3, 31);
  *progress.mutable_target() = Cents(5'000'000);
  *progress.mutable_current() = Cents(3'120'000);
  progress.set_attainment_bp(6'240);
  progress.set_expected_bp(7'222);
  for (const auto& [day, minor] :
       std::vector<std::pair<int, int64_t>>{{9, 400'000}, {9, 100'000}, {20, 2'000'000}}) {
    v1::GoalContribution& contribution = *progress.add_contributions();
    *contribution.mutable_contribution_date() = Date(2026, 1, day);
    *contribution.mutable_amount() = Cents(minor);
  }
  const GoalChart chart = GoalOf(progress, {"", "Moses Frase"}, absl::CivilDay(2026, 3, 6));
  ASSERT_EQ(chart.steps.size(), 2U);
  // What the report no longer lists was reached before.
  EXPECT_EQ(chart.before_first_step, 620'000);
  EXPECT_EQ(chart.steps[0].sum, 1'120'000);
  EXPECT_EQ(chart.steps[1].sum, 3'120'000);
  EXPECT_EQ(chart.heading.note, "EUR 31,200.00 of 50,000.00 (62.4 %) · pace 72.2 %");
  ExpectDrawn(Draw(chart));
  for (const int days : {0, 9, 89, 400, 3'000}) {
    GoalChart longer = chart;
    longer.last = longer.first + days;
    longer.today = longer.last;
    ExpectDrawn(Draw(longer));
  }
}

TEST(ReportChartsTest, RevenueHasATargetLineOnlyWhereOneWasSet) {
  v1::TeamDashboard tile;
  tile.set_display_name("North");
  for (int month = 1; month <= 3; ++month) {
    v1::TeamDashboard::Month& row = *tile.add_months();
    *row.mutable_start_date() = Date(2026, month, 1);
    *row.mutable_issued_net() = Cents(1'000'000 * month);
    *row.mutable_received() = Cents(800'000 * month);
  }
  EXPECT_EQ(RevenueOf(tile).series.size(), 2U);
  *tile.mutable_months(2)->mutable_target() = Cents(2'000'000);
  const TrendChart chart = RevenueOf(tile);
  ASSERT_EQ(chart.series.size(), 3U);
  EXPECT_THAT(chart.series[2].values, ElementsAre(std::nullopt, std::nullopt, 2'000'000));
  EXPECT_THAT(chart.periods, ElementsAre("Jan 2026", "Feb 2026", "Mar 2026"));
  ExpectDrawn(Draw(chart));
}

TEST(ReportChartsTest, WeeksAreTheTilesBars) {
  v1::TeamDashboard tile;
  tile.set_display_name("North");
  for (int i = 0; i < 4; ++i) {
    v1::TeamDashboard::Week& week = *tile.add_weeks();
    *week.mutable_start_date() = Date(2026, 3, 2 + 7 * i);
    week.set_week_number(10 + i);
    week.set_opened_count(3 * i);
  }
  const BarChart chart = NewOpportunitiesOf(tile);
  ASSERT_EQ(chart.bars.size(), 4U);
  EXPECT_EQ(chart.bars[3].name, "Week 13");
  EXPECT_EQ(chart.bars[3].sub_name, "from 23 Mar");
  EXPECT_EQ(chart.bars[3].count, 9);
  EXPECT_EQ(chart.heading.subtitle, "2 March 2026 to 29 March 2026");
  ExpectDrawn(Draw(chart));
}

}  // namespace
}  // namespace crm::services::papers
