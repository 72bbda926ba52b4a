#include "domain/goal/attainment.h"

#include <algorithm>

namespace crm::domain {

int32_t FlooredBp(int64_t part, int64_t whole) {
  constexpr __int128 kMost = 2'000'000'000;
  const __int128 scaled = static_cast<__int128>(part) * 10'000;
  __int128 quotient = scaled / whole;
  if (scaled % whole < 0) --quotient;
  return static_cast<int32_t>(std::clamp(quotient, -kMost, kMost));
}

}  // namespace crm::domain
