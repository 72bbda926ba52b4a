#include "domain/types/money.h"

#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::domain {
namespace {

constexpr int32_t kNanosPerUnit = 1'000'000'000;

absl::Status Invalid(absl::string_view reason, absl::string_view message,
                     const ReasonMetadata& metadata = {}) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason, message, metadata);
}

absl::StatusOr<Money> Checked(Currency currency, __int128 minor) {
  if (minor < std::numeric_limits<int64_t>::min() || minor > std::numeric_limits<int64_t>::max()) {
    return Invalid("AMOUNT_OVERFLOW", "the amount does not fit in 64 bits of minor units",
                   {{"currency_code", std::string(currency.code())}});
  }
  return Money(currency, static_cast<int64_t>(minor));
}

absl::Status Mismatch(const Money& a, const Money& b) {
  return Invalid("CURRENCY_MISMATCH", "the amounts are in different currencies",
                 {{"currency_code", std::string(a.currency().code())},
                  {"other_currency_code", std::string(b.currency().code())}});
}

absl::Status TooPrecise(Currency currency) {
  return Invalid("AMOUNT_TOO_PRECISE",
                 absl::StrCat("the amount is finer than the minor unit of ", currency.code()),
                 {{"currency_code", std::string(currency.code())},
                  {"minor_digits", absl::StrCat(currency.minor_digits())}});
}

absl::Status NotADecimal() {
  return Invalid("AMOUNT_INVALID", "not a decimal number such as 1234.50 or -7");
}

bool IsDigits(absl::string_view text) {
  for (const char c : text)
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  return !text.empty();
}

}  // namespace

__int128 RoundedQuotient(__int128 numerator, __int128 denominator, Rounding rounding) {
  const __int128 quotient = numerator / denominator;
  const __int128 remainder = numerator % denominator;
  const __int128 magnitude = remainder < 0 ? -remainder : remainder;
  if (magnitude == 0 || rounding == Rounding::kTruncate) return quotient;
  // Compared without doubling the remainder, which may already need all bits.
  const __int128 rest = denominator - magnitude;
  const bool half = magnitude == rest;
  const bool away = half ? rounding == Rounding::kHalfUp || quotient % 2 != 0 : magnitude > rest;
  if (!away) return quotient;
  return numerator < 0 ? quotient - 1 : quotient + 1;
}

absl::StatusOr<Money> Money::FromProto(const google::type::Money& proto) {
  const std::optional<Currency> currency = Currency::Parse(proto.currency_code());
  if (!currency) {
    return Invalid("CURRENCY_UNKNOWN", "the currency code is not one of ISO 4217");
  }
  const int64_t units = proto.units();
  const int32_t nanos = proto.nanos();
  if (nanos <= -kNanosPerUnit || nanos >= kNanosPerUnit) {
    return Invalid("AMOUNT_INVALID", "nanos must be within one unit");
  }
  if ((units > 0 && nanos < 0) || (units < 0 && nanos > 0)) {
    return Invalid("AMOUNT_INVALID", "units and nanos must have the same sign");
  }
  const auto nanos_per_minor = static_cast<int32_t>(kNanosPerUnit / currency->minor_per_unit());
  if (nanos % nanos_per_minor != 0) return TooPrecise(*currency);
  return Checked(*currency, static_cast<__int128>(units) * currency->minor_per_unit() +
                                nanos / nanos_per_minor);
}

google::type::Money Money::ToProto() const {
  const int64_t per_unit = currency_.minor_per_unit();
  google::type::Money proto;
  proto.set_currency_code(std::string(currency_.code()));
  proto.set_units(minor_ / per_unit);
  proto.set_nanos(static_cast<int32_t>(minor_ % per_unit * (kNanosPerUnit / per_unit)));
  return proto;
}

absl::StatusOr<Money> Money::ParseDecimal(Currency currency, absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const absl::string_view whole = text.substr(0, point);
  absl::string_view fraction;
  if (point != absl::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!IsDigits(fraction)) return NotADecimal();
  }
  if (!IsDigits(whole)) return NotADecimal();

  const auto digits = static_cast<size_t>(currency.minor_digits());
  while (fraction.size() > digits && fraction.back() == '0') fraction.remove_suffix(1);
  if (fraction.size() > digits) return TooPrecise(currency);

  // Folded as a negative number, because the negative range is the larger one.
  const std::string padding(digits - fraction.size(), '0');
  __int128 minor = 0;
  for (const char c : absl::StrCat(whole, fraction, padding)) {
    minor = minor * 10 - (c - '0');
    ASSIGN_OR_RETURN(const Money so_far, Checked(currency, minor));
    minor = so_far.minor();
  }
  return Checked(currency, negative ? minor : -minor);
}

std::string Money::ToDecimal() const {
  const __int128 minor = minor_;
  const auto magnitude = static_cast<uint64_t>(minor < 0 ? -minor : minor);
  const auto per_unit = static_cast<uint64_t>(currency_.minor_per_unit());
  std::string text = absl::StrCat(minor < 0 ? "-" : "", magnitude / per_unit);
  if (currency_.minor_digits() > 0) {
    absl::StrAppendFormat(&text, ".%0*d", currency_.minor_digits(), magnitude % per_unit);
  }
  return text;
}

absl::StatusOr<Money> operator+(const Money& a, const Money& b) {
  if (a.currency_ != b.currency_) return Mismatch(a, b);
  return Checked(a.currency_, static_cast<__int128>(a.minor_) + b.minor_);
}

absl::StatusOr<Money> operator-(const Money& a, const Money& b) {
  if (a.currency_ != b.currency_) return Mismatch(a, b);
  return Checked(a.currency_, static_cast<__int128>(a.minor_) - b.minor_);
}

absl::StatusOr<Money> Money::Negate() const {
  return Checked(currency_, -static_cast<__int128>(minor_));
}

absl::StatusOr<Money> Money::Scale(int64_t numerator, int64_t denominator,
                                   Rounding rounding) const {
  if (denominator <= 0) return Invalid("RATIO_INVALID", "the denominator must be positive");
  const __int128 product = static_cast<__int128>(minor_) * numerator;
  return Checked(currency_, RoundedQuotient(product, denominator, rounding));
}

}  // namespace crm::domain
