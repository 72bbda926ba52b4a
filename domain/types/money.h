// Money: an exact count of minor units of one currency. There is no floating point, no implicit
// conversion and no division: whoever needs a part of an amount says how to round (Scale) or
// splits it without loss (allocation.h).
//
// Every operation that can leave 64 bits or mix currencies answers with a status whose reason
// (base/reason.h) is one of
//   CURRENCY_MISMATCH  the two amounts are in different currencies
//   AMOUNT_OVERFLOW    the result does not fit in 64 bits of minor units
//   RATIO_INVALID      the denominator of Scale is not positive
//   CURRENCY_UNKNOWN   the code is not a currency of currency.h
//   AMOUNT_INVALID     not a number, or units and nanos of different sign or out of range
//   AMOUNT_TOO_PRECISE finer than the currency's minor unit; never rounded
// all of them with code INVALID_ARGUMENT. Immutable and thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/types/currency.h"
#include "google/type/money.pb.h"

namespace crm::domain {

// What becomes of an exact half, and of every other fraction.
enum class Rounding {
  kHalfUp,    // to the nearest, an exact half away from zero: 0.125 -> 0.13, -0.125 -> -0.13
  kHalfEven,  // to the nearest, an exact half to the even neighbour: 0.125 -> 0.12
  kTruncate,  // toward zero
};

class Money {
 public:
  // `minor` counts the currency's minor unit: cents for EUR, yen for JPY.
  Money(Currency currency, int64_t minor) : currency_(currency), minor_(minor) {}

  // From the wire. An empty currency code is refused like any unknown one.
  static absl::StatusOr<Money> FromProto(const google::type::Money& proto);
  google::type::Money ToProto() const;

  // From and to "1234.50", "-0.01", "7": ASCII digits, an optional leading minus, a point. Parsing
  // accepts fewer digits than the currency has, and more when they are zeros; printing gives
  // exactly as many as the currency has.
  static absl::StatusOr<Money> ParseDecimal(Currency currency, absl::string_view text);
  std::string ToDecimal() const;

  Currency currency() const { return currency_; }
  int64_t minor() const { return minor_; }
  bool IsZero() const { return minor_ == 0; }
  bool IsNegative() const { return minor_ < 0; }

  friend absl::StatusOr<Money> operator+(const Money& a, const Money& b);
  friend absl::StatusOr<Money> operator-(const Money& a, const Money& b);
  absl::StatusOr<Money> Negate() const;

  // This amount times numerator / denominator, computed exactly and rounded once.
  absl::StatusOr<Money> Scale(int64_t numerator, int64_t denominator,
                              Rounding rounding = Rounding::kHalfUp) const;

  // Amounts of different currencies are unequal and unordered: every <, >, <=, >= is false.
  friend bool operator==(const Money&, const Money&) = default;
  friend std::partial_ordering operator<=>(const Money& a, const Money& b) {
    if (a.currency_ != b.currency_) return std::partial_ordering::unordered;
    return a.minor_ <=> b.minor_;
  }
  template <class H>
  friend H AbslHashValue(H h, const Money& money) {
    return H::combine(std::move(h), money.currency_, money.minor_);
  }
  // For failure messages of tests: "1234.50 EUR".
  friend void PrintTo(const Money& money, std::ostream* os) {
    *os << money.ToDecimal() << ' ' << money.currency_.code();
  }

 private:
  Currency currency_;
  int64_t minor_;
};

// numerator / denominator rounded to an integer. Requires denominator > 0.
__int128 RoundedQuotient(__int128 numerator, __int128 denominator, Rounding rounding);

}  // namespace crm::domain
