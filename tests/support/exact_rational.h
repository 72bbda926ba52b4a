// ExactRational: the slow oracle of everything that is reckoned with money. Written apart from the
// code under test on purpose: 128-bit numerator and denominator, always reduced, and the test ends
// when they overflow. Use small amounts.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <numeric>

namespace crm::testing {

class ExactRational {
 public:
  ExactRational(__int128 numerator = 0, __int128 denominator = 1) {  // NOLINT: reads like a number
    __int128 a = numerator < 0 ? -numerator : numerator;
    __int128 b = denominator;
    while (b != 0) {
      const __int128 rest = a % b;
      a = b;
      b = rest;
    }
    numerator_ = numerator / a;
    denominator_ = denominator / a;
  }

  friend ExactRational operator+(const ExactRational& a, const ExactRational& b) {
    return {Sum(Times(a.numerator_, b.denominator_), Times(b.numerator_, a.denominator_)),
            Times(a.denominator_, b.denominator_)};
  }
  friend ExactRational operator-(const ExactRational& a, const ExactRational& b) {
    return a + ExactRational(-b.numerator_, b.denominator_);
  }
  friend ExactRational operator*(const ExactRational& a, const ExactRational& b) {
    return {Times(a.numerator_, b.numerator_), Times(a.denominator_, b.denominator_)};
  }
  friend bool operator<(const ExactRational& a, const ExactRational& b) {
    return Times(a.numerator_, b.denominator_) < Times(b.numerator_, a.denominator_);
  }
  friend bool operator==(const ExactRational& a, const ExactRational& b) {
    return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_;
  }

  // Half away from zero: the floor of twice the magnitude plus one, halved.
  int64_t HalfUp() const {
    const __int128 magnitude = numerator_ < 0 ? -numerator_ : numerator_;
    const __int128 rounded = Sum(Times(magnitude, 2), denominator_) / Times(denominator_, 2);
    return static_cast<int64_t>(numerator_ < 0 ? -rounded : rounded);
  }

 private:
  static __int128 Times(__int128 a, __int128 b) {
    __int128 product = 0;
    if (__builtin_mul_overflow(a, b, &product)) std::abort();
    return product;
  }
  static __int128 Sum(__int128 a, __int128 b) {
    __int128 sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) std::abort();
    return sum;
  }

  __int128 numerator_ = 0;
  __int128 denominator_ = 1;
};

}  // namespace crm::testing
