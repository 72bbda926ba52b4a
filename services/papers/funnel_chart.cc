// A funnel: bars as wide as their counts, one below the other.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/papers/chart.h"
#include "services/papers/figures.h"
#include "services/papers/plot.h"

namespace crm::services::papers {
namespace {

constexpr size_t kMostRows = 16;
constexpr double kNameRoom = 190;
constexpr double kOnwardX = kPictureWidth - kMargin;
constexpr double kMiddle = 440;
constexpr double kWidest = 420;

void AddColumnTitles(Plot& plot) {
  const double y = plot.top() + 4;
  plot.Add(Label{"Stage", {kMargin, y}, 11, kSoftText});
  plot.Add(Label{"Entries", {kMiddle, y}, 11, kSoftText, Align::kCenter});
  plot.Add(Label{"Went on", {kOnwardX, y}, 11, kSoftText, Align::kRight});
}

void AddStage(const FunnelStage& stage, int64_t most, double y, double height, Plot& plot) {
  const double size = std::clamp(height * 0.45, 9.0, 14.0);
  const double base = y + height / 2 + size * 0.36;
  const double width =
      most == 0 ? 0 : kWidest * static_cast<double>(stage.count) / static_cast<double>(most);
  const std::string count = Grouped(absl::StrCat(stage.count));
  plot.Add(Label{Shortened(stage.name, size, kNameRoom), {kMargin, base}, size, kText});
  // The full width in a light tone, so that small bars are seen to be small.
  plot.Add(Box{{kMiddle - kWidest / 2, y + height * 0.09}, kWidest, height * 0.82, 0xF2F4F6});
  plot.Add(Box{
      {kMiddle - width / 2, y + height * 0.09}, width, height * 0.82, stage.won ? kGreen : kBlue});
  const bool inside = RoomFor(count, size, true) + 10 < width;
  plot.Add(Label{count,
                 {inside ? kMiddle : kMiddle + width / 2 + 6, base},
                 size,
                 inside ? Color{0xFFFFFF} : kText,
                 inside ? Align::kCenter : Align::kLeft,
                 /*bold=*/true});
  if (stage.onward_bp.has_value()) {
    plot.Add(Label{ShareText(*stage.onward_bp), {kOnwardX, base}, size, kText, Align::kRight});
  }
}

}  // namespace

Picture Draw(const FunnelChart& chart) {
  Heading heading = chart.heading;
  const size_t rows = std::min(chart.stages.size(), kMostRows);
  if (rows < chart.stages.size()) {
    absl::StrAppend(&heading.note, heading.note.empty() ? "" : " · ", chart.stages.size() - rows,
                    " more stages are not shown");
  }
  Plot plot(heading);
  if (rows == 0) {
    plot.AddNothing();
    return std::move(plot).Take();
  }
  AddColumnTitles(plot);
  int64_t most = 0;
  for (const FunnelStage& stage : chart.stages) most = std::max(most, stage.count);
  const double top = plot.top() + 14;
  const double bottom = plot.bottom() + 22;
  const double height = std::min((bottom - top) / static_cast<double>(rows), 58.0);
  for (size_t i = 0; i < rows; ++i) {
    AddStage(chart.stages[i], most, top + static_cast<double>(i) * height, height, plot);
  }
  return std::move(plot).Take();
}

}  // namespace crm::services::papers
