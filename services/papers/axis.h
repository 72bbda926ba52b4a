// Axis: the round numbers beside a chart. In the unit of its figures - counts, or minor units of a
// currency - so nothing is lost to a division. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace crm::services::papers {

struct Axis {
  int64_t low = 0;   // a multiple of step, at most every value and at most zero
  int64_t high = 1;  // a multiple of step, at least every value; above low
  int64_t step = 1;  // 1, 2 or 5 times a power of ten

  // Where a value lies between low (0) and high (1).
  double Share(int64_t value) const {
    return static_cast<double>(value - low) / static_cast<double>(high - low);
  }
};

// For values between these, with at most `most_steps` steps.
Axis AxisFor(int64_t least, int64_t most, int most_steps = 6);

// "0", "250", "12.5k", "3M", "1bn": a value of an axis in whole units of 10 to the power of
// `digits`. As short as the axis allows, and exact.
std::string TickText(const Axis& axis, int64_t value, int digits);

}  // namespace crm::services::papers
