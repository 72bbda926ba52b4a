// Figures as people read them on paper and in pictures: amounts by the digits of their currency,
// rates, quantities, days. Exact: nothing is rounded but where it says so. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace crm::services::papers {

// "-1234.50" is "-1,234.50".
std::string Grouped(absl::string_view decimal);

// "1,234.50", "7" in yen; empty for what is no money.
std::string AmountText(const google::type::Money& money);
// The same of a count of minor units.
std::string MinorText(absl::string_view currency_code, int64_t minor);
// Minor units; 0 for what is no money.
int64_t MinorOf(const google::type::Money& money);
// Decimal digits of the currency; 0 of an unknown one.
int DigitsOf(absl::string_view currency_code);

// `value` over 10 to the power of `digits`, without zeros at its end: 1250 with 3 is "1.25".
std::string DecimalText(int64_t value, int digits);
// 9500000 is "9.5".
std::string QuantityText(int64_t quantity_e6);
// 190000 is "19 %", 72500 is "7.25 %".
std::string RateText(int64_t rate_ppm);
// 7063 is "70.6 %", cut to a tenth.
std::string ShareText(int64_t share_bp);

// "14 March 2026"; empty for no day.
std::string DayText(absl::CivilDay day);
std::string DayText(const google::type::Date& date);
// "14 Mar".
std::string ShortDayText(absl::CivilDay day);
// "Mar 2026".
std::string MonthText(absl::CivilDay day);
absl::CivilDay DayOf(const google::type::Date& date);

// What can be drawn of a text: every control character but a line feed is a space.
std::string Printable(absl::string_view text);
// The same on one line.
std::string OnOneLine(absl::string_view text);

}  // namespace crm::services::papers
