// Plot: what charts have in common - heading, the axis on the left with its round numbers, names
// below that do not run into each other, and a legend. Adds shapes to a picture.
//
// One drawing has a Plot of its own; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "services/papers/axis.h"
#include "services/papers/chart.h"
#include "services/papers/picture.h"

namespace crm::services::papers {

inline constexpr Color kText = 0x1A1A1A;
inline constexpr Color kSoftText = 0x595959;
inline constexpr Color kGrid = 0xDDDDDD;
inline constexpr Color kAxisLine = 0x8C8C8C;
inline constexpr Color kBlue = 0x0072B2;
inline constexpr Color kVermilion = 0xD55E00;
inline constexpr Color kGreen = 0x009E73;
inline constexpr Color kOrange = 0xE69F00;
inline constexpr Color kPurple = 0xCC79A7;
inline constexpr Color kSky = 0x56B4E9;
inline constexpr double kMargin = 28;

// How one of several lines is told apart.
enum class Mark { kNone, kDot, kSquare, kTriangle };

struct Stroke {
  Color color = kBlue;
  bool dashed = false;
  Mark mark = Mark::kNone;
};

// A name in the legend.
struct LegendEntry {
  std::string name;
  Stroke stroke;
};

class Plot {
 public:
  explicit Plot(const Heading& heading);

  // Says what the lines mean, below the subtitle. Before AddAxis.
  void AddLegend(const std::vector<LegendEntry>& entries);
  // Grid, numbers and the title of the axis.
  void AddAxis(const Axis& axis, int digits, const std::string& title);
  // Names centred below these places, as many as there is room for; `sub_names` in a second row.
  void AddNames(const std::vector<double>& places, const std::vector<std::string>& names,
                const std::vector<std::string>& sub_names = {});

  // Says that there is nothing.
  void AddNothing();

  void AddLine(const std::vector<Point>& points, const Stroke& stroke);
  void AddMark(const Point& point, const Stroke& stroke);
  template <class S>
  void Add(S shape) {
    picture_.shapes.emplace_back(std::move(shape));
  }

  double left() const { return left_; }
  double right() const { return kPictureWidth - kMargin; }
  double top() const { return top_; }
  double bottom() const { return bottom_; }
  // Height of a value.
  double Y(int64_t value) const { return bottom_ - axis_.Share(value) * (bottom_ - top_); }

  Picture Take() && { return std::move(picture_); }

 private:
  Picture picture_;
  Axis axis_;
  double left_ = kMargin;
  double top_ = 84;
  double bottom_ = 388;
};

}  // namespace crm::services::papers
