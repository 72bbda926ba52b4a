#include "domain/types/fraction.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/reason.h"

namespace crm::domain {
namespace {

using Natural = std::vector<uint32_t>;

constexpr int kLimbBits = 32;

void Trim(Natural& number) {
  while (!number.empty() && number.back() == 0) number.pop_back();
}

Natural NaturalOf(unsigned __int128 value) {
  Natural number;
  for (; value != 0; value >>= kLimbBits) number.push_back(static_cast<uint32_t>(value));
  return number;
}

std::strong_ordering Compare(const Natural& a, const Natural& b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] <=> b[i];
  }
  return std::strong_ordering::equal;
}

Natural Sum(const Natural& a, const Natural& b) {
  const Natural& longer = a.size() < b.size() ? b : a;
  const Natural& shorter = a.size() < b.size() ? a : b;
  Natural sum = longer;
  uint64_t carry = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    carry += uint64_t{longer[i]} + (i < shorter.size() ? shorter[i] : 0);
    sum[i] = static_cast<uint32_t>(carry);
    carry >>= kLimbBits;
  }
  if (carry != 0) sum.push_back(static_cast<uint32_t>(carry));
  return sum;
}

// Requires a >= b.
Natural Difference(const Natural& a, const Natural& b) {
  Natural difference = a;
  uint64_t borrow = 0;
  for (size_t i = 0; i < difference.size(); ++i) {
    const uint64_t subtracted = borrow + (i < b.size() ? b[i] : 0);
    borrow = subtracted > a[i] ? 1 : 0;
    difference[i] = static_cast<uint32_t>((borrow << kLimbBits) + a[i] - subtracted);
  }
  Trim(difference);
  return difference;
}

Natural Product(const Natural& a, const Natural& b) {
  Natural product(a.size() + b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      carry += uint64_t{a[i]} * b[j] + product[i + j];
      product[i + j] = static_cast<uint32_t>(carry);
      carry >>= kLimbBits;
    }
    product[i + b.size()] = static_cast<uint32_t>(carry);
  }
  Trim(product);
  return product;
}

Natural ShiftedLeft(const Natural& number, int bits) {
  Natural shifted(static_cast<size_t>(bits / kLimbBits));
  uint64_t carry = 0;
  for (const uint32_t limb : number) {
    carry |= uint64_t{limb} << (bits % kLimbBits);
    shifted.push_back(static_cast<uint32_t>(carry));
    carry >>= kLimbBits;
  }
  shifted.push_back(static_cast<uint32_t>(carry));
  Trim(shifted);
  return shifted;
}

// Euclid's, so that what a document divides evenly is a whole number.
unsigned __int128 GreatestCommonDivisor(unsigned __int128 a, unsigned __int128 b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

// Up to 96 bits, so that sums and products with small numbers stay inside 128.
std::optional<__int128> SmallOf(const Natural& number) {
  if (number.size() > 3) return std::nullopt;
  __int128 value = 0;
  for (size_t i = number.size(); i-- > 0;) value = (value << kLimbBits) | number[i];
  return value;
}

absl::Status TooLarge() {
  return WithReason(absl::StatusCode::kInvalidArgument, "AMOUNT_OVERFLOW",
                    "the amount does not fit in 64 bits of minor units");
}

}  // namespace

Fraction::Fraction(__int128 numerator, __int128 denominator) : negative_(numerator < 0) {
  auto magnitude = static_cast<unsigned __int128>(numerator);
  if (negative_) magnitude = -magnitude;
  const auto below = static_cast<unsigned __int128>(denominator);
  const unsigned __int128 common = GreatestCommonDivisor(below, magnitude);
  numerator_ = NaturalOf(magnitude / common);
  denominator_ = NaturalOf(below / common);
}

Fraction Fraction::Negated() const {
  Fraction negated = *this;
  negated.negative_ = !negative_ && !numerator_.empty();
  return negated;
}

Fraction operator+(const Fraction& a, const Fraction& b) {
  const bool same_denominator = a.denominator_ == b.denominator_;
  const Natural left = same_denominator ? a.numerator_ : Product(a.numerator_, b.denominator_);
  const Natural right = same_denominator ? b.numerator_ : Product(b.numerator_, a.denominator_);
  Fraction sum;
  sum.denominator_ = same_denominator ? a.denominator_ : Product(a.denominator_, b.denominator_);
  if (a.negative_ == b.negative_) {
    sum.numerator_ = Sum(left, right);
    sum.negative_ = a.negative_;
  } else if (Compare(left, right) >= 0) {
    sum.numerator_ = Difference(left, right);
    sum.negative_ = a.negative_;
  } else {
    sum.numerator_ = Difference(right, left);
    sum.negative_ = b.negative_;
  }
  if (sum.numerator_.empty()) return Fraction();
  return sum;
}

Fraction operator*(const Fraction& a, const Fraction& b) {
  Fraction product;
  product.numerator_ = Product(a.numerator_, b.numerator_);
  if (product.numerator_.empty()) return product;
  product.denominator_ = Product(a.denominator_, b.denominator_);
  product.negative_ = a.negative_ != b.negative_;
  return product;
}

std::strong_ordering operator<=>(const Fraction& a, const Fraction& b) {
  if (a.negative_ != b.negative_) {
    return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const std::strong_ordering magnitudes =
      Compare(Product(a.numerator_, b.denominator_), Product(b.numerator_, a.denominator_));
  return a.negative_ ? 0 <=> magnitudes : magnitudes;
}

absl::StatusOr<int64_t> Fraction::Rounded(Rounding rounding) const {
  const std::optional<__int128> numerator = SmallOf(numerator_);
  const std::optional<__int128> denominator = SmallOf(denominator_);
  if (numerator.has_value() && denominator.has_value()) {
    const __int128 quotient =
        RoundedQuotient(negative_ ? -*numerator : *numerator, *denominator, rounding);
    if (quotient > std::numeric_limits<int64_t>::max() ||
        quotient < -std::numeric_limits<int64_t>::max()) {
      return TooLarge();
    }
    return static_cast<int64_t>(quotient);
  }
  return RoundedAtLength(rounding);
}

absl::StatusOr<int64_t> Fraction::RoundedAtLength(Rounding rounding) const {
  // Binary long division; 63 bits are all that may come out.
  Natural rest = numerator_;
  if (Compare(rest, ShiftedLeft(denominator_, 63)) >= 0) return TooLarge();
  uint64_t quotient = 0;
  for (int bit = 62; bit >= 0; --bit) {
    const Natural part = ShiftedLeft(denominator_, bit);
    if (Compare(rest, part) < 0) continue;
    rest = Difference(rest, part);
    quotient |= uint64_t{1} << bit;
  }
  const std::strong_ordering against_half = Compare(ShiftedLeft(rest, 1), denominator_);
  const bool up = rounding == Rounding::kHalfUp ? against_half >= 0
                  : rounding == Rounding::kHalfEven
                      ? against_half > 0 || (against_half == 0 && quotient % 2 == 1)
                      : false;
  if (up && quotient == static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return TooLarge();
  }
  const auto magnitude = static_cast<int64_t>(quotient + (up ? 1 : 0));
  return negative_ ? -magnitude : magnitude;
}

}  // namespace crm::domain
