// A goal: what was reached day by day, against the pace and the target.
#include <algorithm>

#include "services/papers/chart.h"
#include "services/papers/figures.h"
#include "services/papers/plot.h"

namespace crm::services::papers {
namespace {

constexpr Stroke kReached = {kBlue, /*dashed=*/false, Mark::kNone};
constexpr Stroke kPace = {kSoftText, /*dashed=*/true, Mark::kNone};
constexpr Stroke kTarget = {kVermilion, /*dashed=*/false, Mark::kNone};
constexpr int kMostDailyNames = 16;
constexpr int kMostWeeklyNames = 100;

class GoalDrawing {
 public:
  explicit GoalDrawing(const GoalChart& chart)
      : chart_(chart),
        plot_(chart.heading),
        days_(std::max<int64_t>(chart.last - chart.first + 1, 1)) {}

  Picture Draw() {
    AddFrame();
    AddReached();
    const double target_y = plot_.Y(chart_.target);
    if (!chart_.at_most) {
      plot_.AddLine({{plot_.left(), plot_.Y(0)}, {plot_.right(), target_y}}, kPace);
    }
    plot_.AddLine({{plot_.left(), target_y}, {plot_.right(), target_y}}, kTarget);
    AddDays();
    return std::move(plot_).Take();
  }

 private:
  // Start of a day, counted from the first.
  double X(int64_t day) const {
    const double share = static_cast<double>(day) / static_cast<double>(days_);
    return plot_.left() + std::clamp(share, 0.0, 1.0) * (plot_.right() - plot_.left());
  }

  void AddFrame() {
    std::vector<LegendEntry> legend = {{"Reached", kReached}};
    if (!chart_.at_most) legend.push_back({"Pace", kPace});
    legend.push_back({chart_.at_most ? "Limit" : "Target", kTarget});
    plot_.AddLegend(legend);
    int64_t least = std::min<int64_t>(chart_.before_first_step, 0);
    int64_t most = std::max(chart_.target, chart_.before_first_step);
    for (const GoalStep& step : chart_.steps) {
      least = std::min(least, step.sum);
      most = std::max(most, step.sum);
    }
    plot_.AddAxis(AxisFor(least, most), DigitsOf(chart_.currency_code), chart_.currency_code);
  }

  // A step each day on which something counted, until today.
  void AddReached() {
    const int64_t end = std::clamp<int64_t>(chart_.today - chart_.first + 1, 0, days_);
    if (end == 0) return;
    int64_t sum = chart_.before_first_step;
    std::vector<Point> curve = {{X(0), plot_.Y(sum)}};
    for (const GoalStep& step : chart_.steps) {
      const int64_t day = std::clamp<int64_t>(step.day - chart_.first, 0, end);
      curve.push_back({X(day), plot_.Y(sum)});
      sum = step.sum;
      curve.push_back({X(day), plot_.Y(sum)});
    }
    curve.push_back({X(end), plot_.Y(sum)});
    std::vector<Point> area = curve;
    area.push_back({X(end), plot_.Y(0)});
    area.push_back({X(0), plot_.Y(0)});
    plot_.Add(Outline{std::move(area), 0xD9EAF4, 0});
    plot_.AddLine(curve, kReached);
    plot_.AddMark(curve.back(), {kBlue, false, Mark::kDot});
  }

  // Days, weeks or months, by the length of the period.
  void AddDays() {
    std::vector<double> places;
    std::vector<std::string> names;
    const bool months = days_ > kMostWeeklyNames;
    for (int64_t day = 0; day < days_; ++day) {
      const absl::CivilDay civil = chart_.first + day;
      const bool named = months ? civil.day() == 1 : day % (days_ <= kMostDailyNames ? 1 : 7) == 0;
      if (!named) continue;
      const double x = X(day);
      plot_.Add(Outline{{{x, plot_.bottom()}, {x, plot_.bottom() + 4}}, kAxisLine, 1});
      places.push_back(x);
      names.push_back(months ? MonthText(civil) : ShortDayText(civil));
    }
    plot_.AddNames(places, names);
  }

  const GoalChart& chart_;
  Plot plot_;
  const int64_t days_;
};

}  // namespace

Picture Draw(const GoalChart& chart) { return GoalDrawing(chart).Draw(); }

}  // namespace crm::services::papers
