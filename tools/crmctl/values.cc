#include "tools/crmctl/values.h"

#include <array>
#include <cstdlib>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace crm::ctl {
namespace {

constexpr int64_t kNanos = 1'000'000'000;
constexpr int64_t kMillionths = 1'000'000;
constexpr int64_t kBasisPointsPerPercent = 100;
constexpr int64_t kPartsPerMillionPerPercent = 10'000;
constexpr int kNanoDigits = 9;

bool IsCurrency(absl::string_view text) {
  if (text.size() != 3) return false;
  for (const char c : text) {
    if (!absl::ascii_isalpha(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// A plain decimal, with or without grouping commas, as billionths.
absl::StatusOr<absl::int128> ParseBillionths(absl::string_view text) {
  const std::string digits = absl::StrReplaceAll(text, {{",", ""}});
  absl::string_view rest = digits;
  const bool negative = absl::ConsumePrefix(&rest, "-");
  absl::int128 value = 0;
  int decimals = -1;
  bool any = false;
  for (const char c : rest) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    const bool fits = absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
                      decimals < kNanoDigits && value < absl::int128(INT64_MAX) * kNanos;
    if (!fits) return absl::InvalidArgumentError(absl::StrCat("not an amount: \"", text, "\""));
    value = value * 10 + (c - '0');
    any = true;
    if (decimals >= 0) ++decimals;
  }
  if (!any) return absl::InvalidArgumentError(absl::StrCat("not an amount: \"", text, "\""));
  for (int i = decimals < 0 ? 0 : decimals; i < kNanoDigits; ++i) value *= 10;
  return negative ? -value : value;
}

std::string Decimal(const google::type::Money& money, bool grouped) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  const uint64_t units = money.units() < 0 ? 0 - static_cast<uint64_t>(money.units())
                                           : static_cast<uint64_t>(money.units());
  std::string whole = absl::StrCat(units);
  if (grouped) {
    for (int i = static_cast<int>(whole.size()) - 3; i > 0; i -= 3) {
      whole.insert(static_cast<size_t>(i), ",");
    }
  }
  std::string decimals = absl::StrFormat("%09d", std::abs(money.nanos()));
  const size_t least = static_cast<size_t>(MinorDigits(money.currency_code()));
  while (decimals.size() > least && decimals.back() == '0') decimals.pop_back();
  return absl::StrCat(negative ? "-" : "", whole, decimals.empty() ? "" : ".", decimals);
}

// A decimal in fractions of one: "9.5" in millionths is 9500000. Exact, or refused.
absl::StatusOr<int64_t> ParseUnits(absl::string_view text, int64_t per_one) {
  ASSIGN_OR_RETURN(const absl::int128 value, ParseBillionths(absl::StripAsciiWhitespace(text)));
  if (value % (kNanos / per_one) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("too many decimals: \"", text, "\""));
  }
  const absl::int128 count = value / (kNanos / per_one);
  if (count > INT64_MAX || count < INT64_MIN) {
    return absl::InvalidArgumentError(absl::StrCat("too large: \"", text, "\""));
  }
  return static_cast<int64_t>(count);
}

// The other way, without zeros at the end.
std::string FormatUnits(int64_t count, int decimals) {
  const uint64_t size = count < 0 ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  uint64_t per_one = 1;
  for (int i = 0; i < decimals; ++i) per_one *= 10;
  std::string text =
      absl::StrFormat("%s%d.%0*d", count < 0 ? "-" : "", size / per_one, decimals, size % per_one);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// A percentage, or the number that the field holds.
absl::StatusOr<int64_t> ParseShare(absl::string_view text, int64_t per_percent) {
  absl::string_view digits = absl::StripAsciiWhitespace(text);
  if (absl::ConsumeSuffix(&digits, "%")) return ParseUnits(digits, per_percent);
  int64_t share = 0;
  if (absl::SimpleAtoi(digits, &share)) return share;
  return absl::InvalidArgumentError(
      absl::StrCat("neither a whole number nor a percentage: \"", text, "\""));
}

std::string FormatShare(int64_t share, int decimals) { return FormatUnits(share, decimals) + "%"; }

}  // namespace

int MinorDigits(absl::string_view currency_code) {
  // ISO 4217; everything else has two.
  for (const char* code : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
                           "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}) {
    if (currency_code == code) return 0;
  }
  for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
    if (currency_code == code) return 3;
  }
  return currency_code == "CLF" || currency_code == "UYW" ? 4 : 2;
}

std::string FormatMoney(const google::type::Money& money) {
  return absl::StrCat(money.currency_code(), money.currency_code().empty() ? "" : " ",
                      Decimal(money, /*grouped=*/true));
}

std::string FormatMoneyBriefly(const google::type::Money& money) {
  std::string text = FormatMoney(money);
  if (money.nanos() == 0) text = text.substr(0, text.find('.'));
  return text;
}

std::string FormatDecimal(const google::type::Money& money) {
  return Decimal(money, /*grouped=*/false);
}

absl::StatusOr<google::type::Money> ParseMoney(absl::string_view text,
                                               absl::string_view default_currency, int64_t factor) {
  absl::string_view amount = absl::StripAsciiWhitespace(text);
  absl::string_view currency = default_currency;
  if (amount.size() > 3 && IsCurrency(amount.substr(0, 3))) {
    currency = amount.substr(0, 3);
    amount.remove_prefix(3);
  } else if (amount.size() > 3 && IsCurrency(amount.substr(amount.size() - 3))) {
    currency = amount.substr(amount.size() - 3);
    amount.remove_suffix(3);
  }
  if (currency.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the amount \"", text, "\" has no currency; write \"USD ", text, "\""));
  }
  ASSIGN_OR_RETURN(absl::int128 value, ParseBillionths(absl::StripAsciiWhitespace(amount)));
  const absl::int128 limit = absl::int128(INT64_MAX) * kNanos;
  if (factor < 1 || value > limit / factor || value < -limit / factor) {
    return absl::InvalidArgumentError(absl::StrCat("the amount \"", text, "\" is too large"));
  }
  value *= factor;
  google::type::Money money;
  money.set_currency_code(absl::AsciiStrToUpper(currency));
  money.set_units(static_cast<int64_t>(value / kNanos));
  money.set_nanos(static_cast<int32_t>(value % kNanos));
  return money;
}

std::string FormatCount(int64_t count) {
  google::type::Money whole;
  whole.set_currency_code("JPY");  // no decimals
  whole.set_units(count);
  return Decimal(whole, /*grouped=*/true);
}

std::string Counted(int64_t count, absl::string_view noun) {
  absl::string_view stem = noun;
  const char* ending = count == 1 ? "" : "s";
  const bool consonant_y = absl::EndsWith(noun, "y") && !absl::EndsWith(noun, "ay");
  if (count != 1 && consonant_y) {
    stem.remove_suffix(1);
    ending = "ies";
  }
  return absl::StrCat(FormatCount(count), " ", stem, ending);
}

absl::StatusOr<google::type::Date> ParseDate(absl::string_view text, absl::CivilDay today) {
  if (text == "today") return ToDate(today);
  if (text == "yesterday") return ToDate(today - 1);
  if (text == "tomorrow") return ToDate(today + 1);
  absl::CivilDay day;
  // One spelling, which years of other than four digits do not have.
  if (!absl::ParseCivilTime(text, &day) || day.year() < 1 || day.year() > 9999 ||
      FormatDate(ToDate(day)) != text) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a day: \"", text, "\"; write it as 2017-12-31"));
  }
  return ToDate(day);
}

absl::StatusOr<google::type::Date> ParsePastDate(absl::string_view text, absl::CivilDay today) {
  const std::string lower = absl::AsciiStrToLower(text);
  absl::string_view words = lower;
  absl::ConsumePrefix(&words, "last ");
  constexpr std::array<const char*, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};
  for (size_t i = 0; i < kDays.size(); ++i) {
    if (words == kDays[i]) {
      return ToDate(absl::PrevWeekday(today, static_cast<absl::Weekday>(i)));
    }
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(words, ' ');
  int64_t count = 0;
  if (parts.size() == 3 && parts[2] == "ago" && absl::SimpleAtoi(parts[0], &count) && count >= 0 &&
      count <= 100'000) {
    if (parts[1] == "day" || parts[1] == "days") return ToDate(today - count);
    if (parts[1] == "week" || parts[1] == "weeks") return ToDate(today - 7 * count);
  }
  return ParseDate(text, today);
}

std::string FormatDate(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view text, absl::TimeZone zone,
                                        absl::Time now) {
  if (text == "now") return now;
  if (text.size() == 10) {
    const absl::StatusOr<google::type::Date> day = ParseDate(text, absl::CivilDay());
    if (day.ok())
      return absl::FromCivil(absl::CivilDay(day->year(), day->month(), day->day()), zone);
  }
  // Fractions of a second are accepted by %S's extension; text with an offset ignores the zone.
  const std::array<const char*, 6> formats = {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez",
                                              "%Y-%m-%dT%H:%M%Ez",      "%Y-%m-%dT%H:%M:%E*S",
                                              "%Y-%m-%d %H:%M:%E*S",    "%Y-%m-%dT%H:%M"};
  absl::Time time;
  std::string error;
  // What a timestamp of the API can say; absl also knows years beyond, and "infinite-future".
  const absl::Time first = absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilDay(10000, 1, 1), absl::UTCTimeZone());
  for (const char* format : formats) {
    if (absl::ParseTime(format, text, zone, &time, &error) && time >= first && time < end)
      return time;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("not an instant: \"", text, "\"; write it as 2017-12-31T18:30:00Z"));
}

std::string FormatInstant(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", FromTimestamp(time), zone);
}

std::string FormatLocalTime(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", FromTimestamp(time), zone);
}

std::string FormatAge(absl::Time time, absl::Time now) {
  struct Unit {
    absl::Duration size;
    const char* noun;
  };
  const std::array<Unit, 6> units = {{{absl::Hours(24 * 365), "year"},
                                      {absl::Hours(24 * 30), "month"},
                                      {absl::Hours(24 * 7), "week"},
                                      {absl::Hours(24), "day"},
                                      {absl::Hours(1), "hour"},
                                      {absl::Minutes(1), "minute"}}};
  const bool gone = time <= now;
  const absl::Duration distance = gone ? now - time : time - now;
  for (const Unit& unit : units) {
    // A fortnight is "14 days" to nobody, but "1 week" hides too much of ten days.
    if (distance < (unit.size >= absl::Hours(24 * 7) ? 2 * unit.size : unit.size)) continue;
    const std::string text = Counted(distance / unit.size, unit.noun);
    return gone ? text + " ago" : "in " + text;
  }
  return "just now";
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  stamp.set_seconds(seconds);
  stamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return stamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<int64_t> ParseBasisPoints(absl::string_view text) {
  return ParseShare(text, kBasisPointsPerPercent);
}

std::string FormatBasisPoints(int64_t bp) { return FormatShare(bp, 2); }

absl::StatusOr<int64_t> ParsePartsPerMillion(absl::string_view text) {
  return ParseShare(text, kPartsPerMillionPerPercent);
}

std::string FormatPartsPerMillion(int64_t ppm) { return FormatShare(ppm, 4); }

absl::StatusOr<int64_t> ParseMillionths(absl::string_view text) {
  return ParseUnits(text, kMillionths);
}

std::string FormatMillionths(int64_t millionths) { return FormatUnits(millionths, 6); }

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration > absl::ZeroDuration()) return duration;
  return absl::InvalidArgumentError(
      absl::StrCat("not a duration: \"", text, "\"; write it as 10s"));
}

}  // namespace crm::ctl
