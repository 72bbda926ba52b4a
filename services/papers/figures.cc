#include "services/papers/figures.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "domain/types/currency.h"
#include "domain/types/money.h"

namespace crm::services::papers {
namespace {

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

const char* NameOf(absl::CivilDay day) { return kMonths[day.month() - 1]; }

}  // namespace

std::string Grouped(absl::string_view decimal) {
  const bool negative = absl::ConsumePrefix(&decimal, "-");
  const size_t point = decimal.find('.');
  const absl::string_view whole = decimal.substr(0, point);
  std::string text = negative ? "-" : "";
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) text += ',';
    text += whole[i];
  }
  if (point != absl::string_view::npos) absl::StrAppend(&text, decimal.substr(point));
  return text;
}

std::string AmountText(const google::type::Money& money) {
  const auto exact = domain::Money::FromProto(money);
  return exact.ok() ? Grouped(exact->ToDecimal()) : "";
}

std::string MinorText(absl::string_view currency_code, int64_t minor) {
  const auto currency = domain::Currency::Parse(currency_code);
  return currency.has_value() ? Grouped(domain::Money(*currency, minor).ToDecimal()) : "";
}

int64_t MinorOf(const google::type::Money& money) {
  const auto exact = domain::Money::FromProto(money);
  return exact.ok() ? exact->minor() : 0;
}

int DigitsOf(absl::string_view currency_code) {
  const auto currency = domain::Currency::Parse(currency_code);
  return currency.has_value() ? currency->minor_digits() : 0;
}

std::string DecimalText(int64_t value, int digits) {
  int64_t whole = 1;
  for (int i = 0; i < digits; ++i) whole *= 10;
  const int64_t rest = value < 0 ? -(value % whole) : value % whole;
  std::string text =
      absl::StrCat(value < 0 ? "-" : "", value < 0 ? -(value / whole) : value / whole);
  if (rest == 0) return text;
  absl::StrAppend(&text, ".", absl::StrFormat("%0*d", digits, rest));
  while (absl::EndsWith(text, "0")) text.pop_back();
  return text;
}

std::string QuantityText(int64_t quantity_e6) { return Grouped(DecimalText(quantity_e6, 6)); }

std::string RateText(int64_t rate_ppm) { return absl::StrCat(DecimalText(rate_ppm, 4), " %"); }

std::string ShareText(int64_t share_bp) {
  const std::string tenths = DecimalText(share_bp / 10, 1);
  return absl::StrCat(Grouped(tenths), absl::StrContains(tenths, ".") ? "" : ".0", " %");
}

std::string DayText(absl::CivilDay day) {
  return absl::StrCat(day.day(), " ", NameOf(day), " ", day.year());
}

std::string DayText(const google::type::Date& date) {
  return date.year() == 0 ? "" : DayText(DayOf(date));
}

std::string ShortDayText(absl::CivilDay day) {
  return absl::StrCat(day.day(), " ", absl::string_view(NameOf(day)).substr(0, 3));
}

std::string MonthText(absl::CivilDay day) {
  return absl::StrCat(absl::string_view(NameOf(day)).substr(0, 3), " ", day.year());
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

std::string Printable(absl::string_view text) {
  std::string printable(text);
  for (char& c : printable) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) c = ' ';
  }
  return printable;
}

std::string OnOneLine(absl::string_view text) {
  std::string line = Printable(text);
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

}  // namespace crm::services::papers
