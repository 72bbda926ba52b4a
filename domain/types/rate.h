// Probability: how likely an opportunity is to be won, in basis points (1 % = 100), 0 to 10000.
// Its own type, so that it is never mixed up with a count, a percent or a commission rate.
//
// Immutable and thread-safe.
#pragma once

#include <compare>
#include <cstdint>

#include "absl/status/statusor.h"
#include "base/reason.h"
#include "domain/types/money.h"

namespace crm::domain {

class Probability {
 public:
  static constexpr int32_t kCertainBp = 10'000;

  // Zero: will not be won.
  constexpr Probability() = default;

  // INVALID_ARGUMENT with reason PROBABILITY_INVALID outside 0..10000.
  static absl::StatusOr<Probability> FromBasisPoints(int32_t basis_points) {
    if (basis_points < 0 || basis_points > kCertainBp) {
      return WithReason(absl::StatusCode::kInvalidArgument, "PROBABILITY_INVALID",
                        "a probability is 0 to 10000 basis points");
    }
    return Probability(basis_points);
  }

  static constexpr Probability Certain() { return Probability(kCertainBp); }

  constexpr int32_t basis_points() const { return basis_points_; }

  // The expected part of `amount`, rounded half-up away from zero to the minor unit. Sums of
  // weighted amounts add these rounded values. Never fails: a part of an amount fits.
  Money Weighted(const Money& amount) const {
    const __int128 product = static_cast<__int128>(amount.minor()) * basis_points_;
    const __int128 part = RoundedQuotient(product, kCertainBp, Rounding::kHalfUp);
    return Money(amount.currency(), static_cast<int64_t>(part));
  }

  friend auto operator<=>(const Probability&, const Probability&) = default;

 private:
  explicit constexpr Probability(int32_t basis_points) : basis_points_(basis_points) {}

  int32_t basis_points_ = 0;
};

}  // namespace crm::domain
