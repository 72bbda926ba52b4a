// Shares as reports show them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/types/money.h"

namespace crm::projections {

// part / whole in basis points, rounded half-up; nullopt of nothing.
inline std::optional<int32_t> ShareBp(int64_t part, int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return static_cast<int32_t>(domain::RoundedQuotient(static_cast<__int128>(part) * 10'000, whole,
                                                      domain::Rounding::kHalfUp));
}

// won / (won + lost): what was superseded is neither (T63).
inline std::optional<int32_t> WinRateBp(int64_t won, int64_t lost) {
  return ShareBp(won, won + lost);
}

}  // namespace crm::projections
