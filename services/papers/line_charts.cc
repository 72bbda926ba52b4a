// Bars and lines over time.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/papers/chart.h"
#include "services/papers/figures.h"
#include "services/papers/plot.h"

namespace crm::services::papers {
namespace {

constexpr Color kSeriesColors[] = {kBlue, kVermilion, kGreen, kPurple, kOrange, kSky};
constexpr Mark kSeriesMarks[] = {Mark::kDot, Mark::kSquare, Mark::kTriangle};

std::vector<Stroke> StrokesOf(const std::vector<Series>& series) {
  std::vector<Stroke> strokes;
  size_t drawn = 0;
  for (const Series& one : series) {
    if (one.planned) {
      strokes.push_back({kSoftText, /*dashed=*/true, Mark::kNone});
    } else {
      strokes.push_back({kSeriesColors[drawn % std::size(kSeriesColors)], /*dashed=*/false,
                         kSeriesMarks[drawn % std::size(kSeriesMarks)]});
      ++drawn;
    }
  }
  return strokes;
}

Axis AxisOf(const TrendChart& chart) {
  int64_t least = 0;
  int64_t most = 0;
  for (const Series& one : chart.series) {
    for (const std::optional<int64_t>& value : one.values) {
      least = std::min(least, value.value_or(0));
      most = std::max(most, value.value_or(0));
    }
  }
  return AxisFor(least, most);
}

// The runs of periods that have a value are lines of their own.
void AddSeries(const Series& series, const Stroke& stroke, const std::vector<double>& places,
               Plot& plot) {
  std::vector<Point> run;
  std::vector<Point> marks;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i < series.values.size() && series.values[i].has_value()) {
      run.push_back({places[i], plot.Y(*series.values[i])});
      marks.push_back(run.back());
    } else {
      plot.AddLine(run, stroke);
      run.clear();
    }
  }
  plot.AddLine(run, stroke);
  for (const Point& point : marks) plot.AddMark(point, stroke);
}

// Middles of `count` equal slots.
std::vector<double> Slots(const Plot& plot, size_t count) {
  std::vector<double> places;
  const double slot =
      (plot.right() - plot.left()) / static_cast<double>(std::max<size_t>(count, 1));
  for (size_t i = 0; i < count; ++i) {
    places.push_back(plot.left() + slot * (static_cast<double>(i) + 0.5));
  }
  return places;
}

}  // namespace

Picture Draw(const BarChart& chart) {
  Plot plot(chart.heading);
  int64_t most = 0;
  for (const Bar& bar : chart.bars) most = std::max(most, bar.count);
  plot.AddAxis(AxisFor(0, most), 0, chart.axis_title);
  const std::vector<double> places = Slots(plot, chart.bars.size());
  const double slot = places.size() > 1 ? places[1] - places[0] : plot.right() - plot.left();
  const double width = std::min(slot * 0.62, 90.0);
  std::vector<std::string> names;
  std::vector<std::string> sub_names;
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    const double y = plot.Y(bar.count);
    plot.Add(Box{{places[i] - width / 2, y}, width, plot.bottom() - y, kBlue});
    const std::string count = Grouped(absl::StrCat(bar.count));
    if (RoomFor(count, 13, true) < slot) {
      plot.Add(Label{count, {places[i], y - 6}, 13, kText, Align::kCenter, /*bold=*/true});
    }
    names.push_back(bar.name);
    sub_names.push_back(bar.sub_name);
  }
  plot.AddNames(places, names, sub_names);
  return std::move(plot).Take();
}

Picture Draw(const TrendChart& chart) {
  Plot plot(chart.heading);
  const std::vector<Stroke> strokes = StrokesOf(chart.series);
  std::vector<LegendEntry> legend;
  for (size_t i = 0; i < strokes.size(); ++i) legend.push_back({chart.series[i].name, strokes[i]});
  if (!legend.empty()) plot.AddLegend(legend);
  plot.AddAxis(AxisOf(chart), DigitsOf(chart.currency_code), chart.currency_code);
  const std::vector<double> places = Slots(plot, chart.periods.size());
  // Plans first: what happened is drawn over them.
  for (const bool planned : {true, false}) {
    for (size_t i = 0; i < strokes.size(); ++i) {
      if (chart.series[i].planned == planned) AddSeries(chart.series[i], strokes[i], places, plot);
    }
  }
  plot.AddNames(places, chart.periods);
  return std::move(plot).Take();
}

}  // namespace crm::services::papers
