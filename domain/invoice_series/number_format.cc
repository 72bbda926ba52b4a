#include "domain/invoice_series/number_format.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

constexpr int kMostDigits = 12;

absl::Status FormatInvalid(absl::string_view why) {
  return Invalid("FORMAT_INVALID", absl::StrCat("format ", why), {{"field", "format"}});
}

}  // namespace

absl::StatusOr<NumberFormat::Part> NumberFormat::ParsePart(absl::string_view inside) {
  if (inside == "yyyy") return Part{Kind::kYear};
  if (inside == "yy") return Part{Kind::kShortYear};
  if (inside == "mm") return Part{Kind::kMonth};
  if (inside == "n") return Part{Kind::kOrdinal};
  Part ordinal{Kind::kOrdinal};
  if (!absl::ConsumePrefix(&inside, "n:") || !absl::SimpleAtoi(inside, &ordinal.digits)) {
    return FormatInvalid("has a part that is none of {n}, {n:5}, {yyyy}, {yy}, {mm}");
  }
  if (ordinal.digits < 1 || ordinal.digits > kMostDigits) {
    return FormatInvalid(absl::StrCat("has at most ", kMostDigits, " digits"));
  }
  return ordinal;
}

absl::StatusOr<NumberFormat> NumberFormat::Parse(absl::string_view text, bool yearly) {
  NumberFormat format;
  while (!text.empty()) {
    if (text.front() != '{') {
      const size_t end = std::min(text.find_first_of("{}"), text.size());
      if (end == 0) return FormatInvalid("closes a part that it does not open");
      format.parts_.push_back({Kind::kText, std::string(text.substr(0, end))});
      text.remove_prefix(end);
      continue;
    }
    const size_t end = text.find('}');
    if (end == absl::string_view::npos) return FormatInvalid("has a part without an end");
    ASSIGN_OR_RETURN(Part part, ParsePart(text.substr(1, end - 1)));
    format.parts_.push_back(std::move(part));
    text.remove_prefix(end + 1);
  }
  const auto count = [&](auto... kinds) {
    return std::count_if(format.parts_.begin(), format.parts_.end(),
                         [&](const Part& part) { return ((part.kind == kinds) || ...); });
  };
  if (count(Kind::kOrdinal) != 1) return FormatInvalid("holds {n} once");
  if (yearly && count(Kind::kYear, Kind::kShortYear) == 0) {
    return FormatInvalid("of a series that begins anew every year holds the year");
  }
  return format;
}

std::string NumberFormat::Write(int64_t ordinal, absl::CivilDay day,
                                FiscalYearStart year_start) const {
  const int year = FiscalYearOf(day, year_start);
  std::string number;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::kText:
        absl::StrAppend(&number, part.text);
        break;
      case Kind::kOrdinal:
        absl::StrAppendFormat(&number, "%0*d", part.digits, ordinal);
        break;
      case Kind::kYear:
        absl::StrAppendFormat(&number, "%04d", year);
        break;
      case Kind::kShortYear:
        absl::StrAppendFormat(&number, "%02d", year % 100);
        break;
      case Kind::kMonth:
        absl::StrAppendFormat(&number, "%02d", day.month());
        break;
    }
  }
  return number;
}

int FiscalYearOf(absl::CivilDay day, FiscalYearStart year_start) {
  return static_cast<int>(
      Period::Containing(PeriodKind::kFiscalYear, day, year_start).start.year());
}

}  // namespace crm::domain
