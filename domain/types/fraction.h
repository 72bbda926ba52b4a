// Fraction: an exact rational number of any size. Paid shares of invoices with different totals sum
// to denominators that leave 128 bits at once, and a commission is rounded only when everything is
// summed (docs of the field: "intermediate bases stay exact until the result is rounded"); so what
// lies between is kept exact here. Not for amounts: those are Money.
//
// Denominators are not reduced after a sum; whole numbers stay whole, and cost no more than 128-bit
// arithmetic as long as they fit. Immutable and thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/types/money.h"

namespace crm::domain {

class Fraction {
 public:
  // Zero.
  Fraction() = default;
  // A whole number; implicit, because every integer is one.
  Fraction(__int128 whole) : Fraction(whole, 1) {}
  // Requires denominator > 0.
  Fraction(__int128 numerator, __int128 denominator);

  friend Fraction operator+(const Fraction& a, const Fraction& b);
  friend Fraction operator-(const Fraction& a, const Fraction& b) { return a + b.Negated(); }
  friend Fraction operator*(const Fraction& a, const Fraction& b);
  Fraction& operator+=(const Fraction& other) { return *this = *this + other; }
  Fraction Negated() const;
  // Written without a fraction; a sum that happens to come to a whole number may not be.
  bool IsWhole() const { return denominator_.size() == 1 && denominator_.front() == 1; }

  friend std::strong_ordering operator<=>(const Fraction& a, const Fraction& b);
  friend bool operator==(const Fraction& a, const Fraction& b) { return (a <=> b) == 0; }

  // To an integer, once. INVALID_ARGUMENT AMOUNT_OVERFLOW when it does not fit in 64 bits.
  absl::StatusOr<int64_t> Rounded(Rounding rounding = Rounding::kHalfUp) const;

 private:
  // A natural number, 32 bits a limb, the least significant first, without zeros at the end.
  using Natural = std::vector<uint32_t>;

  // Rounded, of numbers beyond 128 bits.
  absl::StatusOr<int64_t> RoundedAtLength(Rounding rounding) const;

  bool negative_ = false;  // never of zero
  Natural numerator_;
  Natural denominator_ = {1};
};

}  // namespace crm::domain
