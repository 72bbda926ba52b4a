#include "projections/exchange_rates.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/types/money.h"
#include "projections/stored_day.h"

namespace crm::projections {
namespace {

constexpr __int128 kBillionths = 1'000'000'000;
// What 128 bits hold also when multiplied by the minor units of a unit, at most 10^4.
constexpr __int128 kLargestProduct = (static_cast<__int128>(1) << 126) / 10'000;

absl::Status TooLarge(absl::string_view currency_code) {
  return WithReason(absl::StatusCode::kOutOfRange, "SUM_OVERFLOW",
                    absl::StrCat("a sum in ", currency_code, " is too large to be shown"),
                    {{"currency_code", std::string(currency_code)}});
}

}  // namespace

void FoldRate(const RateTable& table, const events::v1::ExchangeRateEntered& event,
              ViewTransaction& rows) {
  views::v1::KnownRate rate;
  rate.set_rate_e9(event.rate_e9());
  table.Put(rows,
            {event.from_currency_code(), event.to_currency_code(), NumberedDay(event.day().days())},
            std::move(rate));
}

absl::StatusOr<std::optional<int64_t>> Exchange::RateOn(const std::string& from,
                                                        absl::CivilDay day) const {
  const std::string to(into_.code());
  std::optional<int64_t> rate_e9;
  RETURN_IF_ERROR(table_->Scan(
      *rows_, table_->Prefix(from, to).Until(std::make_tuple(from, to, day + 1)).Backward(),
      [&](const auto&, const views::v1::KnownRate& rate) {
        rate_e9 = rate.rate_e9();
        return false;
      }));
  return rate_e9;
}

absl::StatusOr<std::optional<int64_t>> Exchange::Convert(const std::string& currency_code,
                                                         int64_t minor, absl::CivilDay day) const {
  if (currency_code == into_.code()) return minor;
  const auto from = domain::Currency::Parse(currency_code);
  if (!from.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<int64_t> rate_e9, RateOn(currency_code, day));
  if (!rate_e9.has_value()) return std::nullopt;
  const __int128 product = static_cast<__int128>(minor) * *rate_e9;
  if (product > kLargestProduct || product < -kLargestProduct) return TooLarge(into_.code());
  const __int128 converted =
      domain::RoundedQuotient(product * into_.minor_per_unit(),
                              kBillionths * from->minor_per_unit(), domain::Rounding::kHalfUp);
  if (converted > std::numeric_limits<int64_t>::max() ||
      converted < std::numeric_limits<int64_t>::min()) {
    return TooLarge(into_.code());
  }
  return static_cast<int64_t>(converted);
}

}  // namespace crm::projections
