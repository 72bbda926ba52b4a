// Picture: a drawing as a list of shapes, in units of 800 by 450. What is drawn is decided once
// (chart.h); svg and png only write it down, so that both show the same. Values; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/papers/type_setter.h"

namespace crm::services::papers {

inline constexpr double kPictureWidth = 800;
inline constexpr double kPictureHeight = 450;

// 0xRRGGBB.
using Color = uint32_t;

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  Point corner;  // top left
  double width = 0;
  double height = 0;
  Color fill = 0;
};

// Straight lines from point to point.
struct Outline {
  std::vector<Point> points;
  Color color = 0;
  double width = 1;  // of the stroke; 0: filled instead
  bool dashed = false;
};

struct Dot {
  Point center;
  double radius = 0;
  Color fill = 0;
};

struct Label {
  std::string text;  // one line
  Point at;          // on the base line; where it begins, is centred or ends
  double size = 11;
  Color color = 0;
  Align align = Align::kLeft;
  bool bold = false;
};

using Shape = std::variant<Box, Outline, Dot, Label>;

struct Picture {
  std::string title;  // for whoever cannot see it
  std::vector<Shape> shapes;
};

// Well-formed XML in UTF-8; text stays text.
std::string SvgOf(const Picture& picture);

// 1,600 by 900 pixels. INTERNAL when it cannot be drawn.
absl::StatusOr<std::string> PngOf(const Picture& picture);

// How wide a text is at most, whatever sans-serif it is shown in.
double RoomFor(absl::string_view text, double size, bool bold = false);
// The text on one line, cut with an ellipsis where it needs more room than that.
std::string Shortened(absl::string_view text, double size, double room, bool bold = false);

}  // namespace crm::services::papers
