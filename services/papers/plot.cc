#include "services/papers/plot.h"

#include <algorithm>

namespace crm::services::papers {
namespace {

constexpr double kNameSize = 11;
constexpr double kLegendSize = 12;
constexpr double kSwatch = 26;

}  // namespace

Plot::Plot(const Heading& heading) {
  const double room = kPictureWidth - 2 * kMargin;
  picture_.title = heading.title;
  Add(Box{{0, 0}, kPictureWidth, kPictureHeight, 0xFFFFFF});
  Add(Label{Shortened(heading.title, 20, room, /*bold=*/true),
            {kMargin, 38},
            20,
            kText,
            Align::kLeft,
            /*bold=*/true});
  Add(Label{Shortened(heading.subtitle, 13, room), {kMargin, 60}, 13, kSoftText});
  if (!heading.note.empty()) {
    Add(Label{Shortened(heading.note, 12, room), {kMargin, kPictureHeight - 14}, 12, kSoftText});
  }
}

void Plot::AddLegend(const std::vector<LegendEntry>& entries) {
  const double y = top_ - 2;
  double x = kMargin;
  const double room = (kPictureWidth - 2 * kMargin) / static_cast<double>(entries.size());
  for (const LegendEntry& entry : entries) {
    const std::string name = Shortened(entry.name, kLegendSize, room - kSwatch - 24);
    const Point middle = {x + kSwatch / 2, y - 4};
    AddLine({{x, middle.y}, {x + kSwatch, middle.y}}, entry.stroke);
    AddMark(middle, entry.stroke);
    Add(Label{name, {x + kSwatch + 6, y}, kLegendSize, kText});
    x += kSwatch + 6 + RoomFor(name, kLegendSize) + 18;
  }
  top_ += 26;
}

void Plot::AddAxis(const Axis& axis, int digits, const std::string& title) {
  axis_ = axis;
  std::vector<std::string> texts;
  double room = 0;
  for (int64_t value = axis.low; value <= axis.high; value += axis.step) {
    texts.push_back(TickText(axis, value, digits));
    room = std::max(room, RoomFor(texts.back(), kNameSize));
  }
  left_ = kMargin + room + 8;
  if (!title.empty()) {
    top_ += 20;
    Add(Label{title, {kMargin, top_ - 20}, kNameSize, kSoftText});
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    const int64_t value = axis.low + static_cast<int64_t>(i) * axis.step;
    const double y = Y(value);
    Add(Outline{{{left_, y}, {right(), y}}, value == 0 ? kAxisLine : kGrid, 1});
    Add(Label{texts[i], {left_ - 8, y + 4}, kNameSize, kSoftText, Align::kRight});
  }
}

void Plot::AddNames(const std::vector<double>& places, const std::vector<std::string>& names,
                    const std::vector<std::string>& sub_names) {
  if (places.empty()) return AddNothing();
  double widest = 0;
  for (const auto* row : {&names, &sub_names}) {
    for (const std::string& name : *row) widest = std::max(widest, RoomFor(name, kNameSize));
  }
  const double spacing = places.size() > 1 ? places[1] - places[0] : right() - left_;
  size_t every = 1;
  while (static_cast<double>(every) * spacing < widest + 8 && every < places.size()) ++every;
  const double room = std::max(static_cast<double>(every) * spacing - 8, 24.0);
  for (size_t i = 0; i < places.size(); i += every) {
    const auto add = [&](const std::string& name, double y) {
      Add(Label{
          Shortened(name, kNameSize, room), {places[i], y}, kNameSize, kText, Align::kCenter});
    };
    add(names[i], bottom_ + 18);
    if (i < sub_names.size()) add(sub_names[i], bottom_ + 33);
  }
}

void Plot::AddNothing() {
  Add(Label{"Nothing to show",
            {(left_ + right()) / 2, (top_ + bottom_) / 2},
            14,
            kSoftText,
            Align::kCenter});
}

void Plot::AddLine(const std::vector<Point>& points, const Stroke& stroke) {
  if (points.size() > 1) Add(Outline{points, stroke.color, 2.5, stroke.dashed});
}

void Plot::AddMark(const Point& point, const Stroke& stroke) {
  const auto [x, y] = point;
  switch (stroke.mark) {
    case Mark::kNone:
      return;
    case Mark::kDot:
      return Add(Dot{point, 4, stroke.color});
    case Mark::kSquare:
      return Add(Box{{x - 4, y - 4}, 8, 8, stroke.color});
    case Mark::kTriangle:
      return Add(Outline{{{x - 5, y + 4}, {x + 5, y + 4}, {x, y - 5}}, stroke.color, 0});
  }
}

}  // namespace crm::services::papers
