#include "services/papers/axis.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/papers/figures.h"

namespace crm::services::papers {
namespace {

// The multiple of `step` at or below.
int64_t Floor(int64_t value, int64_t step) {
  const int64_t down = value / step * step;
  return down > value ? down - step : down;
}

}  // namespace

Axis AxisFor(int64_t least, int64_t most, int most_steps) {
  // Far beyond any sum of documents, and safe to multiply.
  constexpr int64_t kBound = int64_t{1} << 60;
  least = std::clamp<int64_t>(least, -kBound, 0);
  most = std::clamp<int64_t>(most, 0, kBound);
  Axis axis;
  for (int64_t power = 1;; power *= 10) {
    for (const int64_t factor : {1, 2, 5}) {
      axis.step = power * factor;
      axis.low = Floor(least, axis.step);
      axis.high = -Floor(-most, axis.step);
      if (axis.high == axis.low) axis.high += axis.step;
      if ((axis.high - axis.low) / axis.step <= most_steps) return axis;
    }
  }
}

std::string TickText(const Axis& axis, int64_t value, int digits) {
  struct Scale {
    int digits;
    const char* suffix;
  };
  int64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  const int64_t largest = std::max(axis.high, -axis.low) / unit;
  const Scale scale = largest >= 1'000'000'000 ? Scale{9, "bn"}
                      : largest >= 1'000'000   ? Scale{6, "M"}
                      : largest >= 10'000      ? Scale{3, "k"}
                                               : Scale{0, ""};
  if (value == 0) return "0";
  return absl::StrCat(Grouped(DecimalText(value, digits + scale.digits)), scale.suffix);
}

}  // namespace crm::services::papers
