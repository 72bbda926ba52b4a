// NumberFormat: how the numbers of a series read. A text in which {n} stands for the ordinal,
// {n:5} for the ordinal with at least five digits, {yyyy} and {yy} for the fiscal year (by the year
// it begins in, so that a series that begins anew with it never repeats a number), {mm} for the
// month of issue: "INV-{yyyy}-{n:5}" -> "INV-2026-00017".
//
// Immutable and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "domain/types/calendar.h"

namespace crm::domain {

class NumberFormat {
 public:
  // INVALID_ARGUMENT FORMAT_INVALID: a brace that opens none of the parts above, or closes none;
  // {n} missing or given twice; more than twelve digits; of a `yearly` series, no year.
  static absl::StatusOr<NumberFormat> Parse(absl::string_view text, bool yearly);

  // The number of a document that is issued on `day`. `ordinal` is at least 1.
  std::string Write(int64_t ordinal, absl::CivilDay day, FiscalYearStart year_start) const;

 private:
  enum class Kind { kText, kOrdinal, kYear, kShortYear, kMonth };
  struct Part {
    Kind kind = Kind::kText;
    std::string text = {};  // of kText
    int digits = 1;         // of kOrdinal, at least
  };

  static absl::StatusOr<Part> ParsePart(absl::string_view inside);

  std::vector<Part> parts_;
};

// The year the fiscal year of a day begins in.
int FiscalYearOf(absl::CivilDay day, FiscalYearStart year_start);

}  // namespace crm::domain
