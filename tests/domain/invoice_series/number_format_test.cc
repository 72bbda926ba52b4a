#include "domain/invoice_series/number_format.h"

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using testing::HasReason;
using testing::IsOk;

constexpr absl::CivilDay kFebruary(2026, 2, 28);
const FiscalYearStart kApril = *FiscalYearStart::FromMonth(4);

std::string Written(absl::string_view format, int64_t ordinal, FiscalYearStart start = {}) {
  const auto parsed = NumberFormat::Parse(format, false);
  EXPECT_THAT(parsed, IsOk()) << format;
  return parsed.ok() ? parsed->Write(ordinal, kFebruary, start) : "";
}

TEST(NumberFormatTest, WritesItsParts) {
  EXPECT_EQ(Written("INV-{yyyy}-{n:5}", 17), "INV-2026-00017");
  EXPECT_EQ(Written("{yy}{mm}/{n}", 7), "2602/7");
  EXPECT_EQ(Written("{n:3}", 12'345), "12345") << "never cut";
  EXPECT_EQ(Written("№ {n}", 1), "№ 1");
}

// A series that begins anew in April would repeat its numbers if they bore the calendar year.
TEST(NumberFormatTest, TheYearIsTheFiscalYear) {
  EXPECT_EQ(Written("{yyyy}-{mm}-{n}", 1, kApril), "2025-02-1");
  EXPECT_EQ(FiscalYearOf(absl::CivilDay(2026, 3, 31), kApril), 2025);
  EXPECT_EQ(FiscalYearOf(absl::CivilDay(2026, 4, 1), kApril), 2026);
}

TEST(NumberFormatTest, RefusesWhatWouldNotTellNumbersApart) {
  for (const char* format : {"", "INV", "{yyyy}", "{n}{n}", "{n", "n}", "{n}}", "{}", "{x}{n}",
                             "{n:0}", "{n:13}", "{n:}", "{n:2x}", "{N}", "{ n}"}) {
    EXPECT_THAT(NumberFormat::Parse(format, false), HasReason("FORMAT_INVALID")) << format;
  }
  EXPECT_THAT(NumberFormat::Parse("{mm}-{n}", true), HasReason("FORMAT_INVALID"))
      << "begins anew every year, and does not say which";
  EXPECT_THAT(NumberFormat::Parse("{yy}-{n}", true), IsOk());
}

}  // namespace
}  // namespace crm::domain
