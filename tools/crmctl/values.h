// Values as people write and read them: money, calendar days, instants, shares, quantities. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace crm::ctl {

// "USD 1,234.50": at least as many decimals as the currency has, more when the amount has more.
std::string FormatMoney(const google::type::Money& money);
// "USD 1,234" when there is nothing after the point, else the same: for narrow places.
std::string FormatMoneyBriefly(const google::type::Money& money);
// "1234.50": the same without currency and grouping, for files.
std::string FormatDecimal(const google::type::Money& money);

// "USD 1,234.50", "1234.5 EUR" or, when `default_currency` is given, "1234.5"; exact to 9 decimals.
// Times `factor`. InvalidArgument names what is wrong.
absl::StatusOr<google::type::Money> ParseMoney(absl::string_view text,
                                               absl::string_view default_currency,
                                               int64_t factor = 1);

// Digits after the decimal point that a currency has.
int MinorDigits(absl::string_view currency_code);

// Groups of three: 1234567 as "1,234,567".
std::string FormatCount(int64_t count);

// "1 record", "1,234 records": a count with its noun, whose plural ends in "s" or, for
// "opportunity" and the like, in "ies".
std::string Counted(int64_t count, absl::string_view noun);

// "2017-12-31", or "today", "yesterday", "tomorrow" as of `today`.
absl::StatusOr<google::type::Date> ParseDate(absl::string_view text, absl::CivilDay today);
// A day gone by: what ParseDate takes, or "tuesday" or "last tuesday" (the latest before `today`),
// or "3 days ago", "2 weeks ago".
absl::StatusOr<google::type::Date> ParsePastDate(absl::string_view text, absl::CivilDay today);
std::string FormatDate(const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);

// A date (its first instant in `zone`), "2017-12-31T18:30[:15[.5]]" in `zone` or with "Z" or an
// offset, or "now".
absl::StatusOr<absl::Time> ParseInstant(absl::string_view text, absl::TimeZone zone,
                                        absl::Time now);
// "2017-12-31T18:30:15+01:00" in `zone`.
std::string FormatInstant(const google::protobuf::Timestamp& time, absl::TimeZone zone);
// The same for people: "2017-12-31 18:30:15".
std::string FormatLocalTime(const google::protobuf::Timestamp& time, absl::TimeZone zone);
// How long ago: "just now", "5 minutes ago", "9 weeks ago"; of a time to come "in 3 days".
std::string FormatAge(absl::Time time, absl::Time now);
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& time);

// "12.5%" or "1250" as basis points; the other way "12.5%".
absl::StatusOr<int64_t> ParseBasisPoints(absl::string_view text);
std::string FormatBasisPoints(int64_t bp);
// "12.5%" or "125000" as parts per million; the other way "12.5%".
absl::StatusOr<int64_t> ParsePartsPerMillion(absl::string_view text);
std::string FormatPartsPerMillion(int64_t ppm);
// "9.5" as millionths, and back.
absl::StatusOr<int64_t> ParseMillionths(absl::string_view text);
std::string FormatMillionths(int64_t millionths);

// "10s", "1m30s", "250ms".
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

}  // namespace crm::ctl
