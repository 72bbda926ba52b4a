// Exchange rates as views keep them: one a pair of currencies and day. The last one known at or
// before a day applies; where there is none an amount is left out, and whoever asks counts it as
// left out. Pure functions and a value for one query and its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "domain/types/currency.h"
#include "projections/table.h"

namespace crm::projections {

// From, to, day.
using RateTable = Table<std::tuple<std::string, std::string, absl::CivilDay>, views::v1::KnownRate>;

void FoldRate(const RateTable& table, const events::v1::ExchangeRateEntered& event,
              ViewTransaction& rows);

// Amounts of any currency in one.
class Exchange {
 public:
  // Both must outlive it.
  Exchange(const RateTable& table, const ViewReader& rows, domain::Currency into)
      : table_(&table), rows_(&rows), into_(into) {}

  domain::Currency into() const { return into_; }

  // Minor units at the rate of the day, rounded half up; nullopt when none was known. OUT_OF_RANGE
  // SUM_OVERFLOW when it does not fit, DATA_LOSS from the rows.
  absl::StatusOr<std::optional<int64_t>> Convert(const std::string& currency_code, int64_t minor,
                                                 absl::CivilDay day) const;

 private:
  absl::StatusOr<std::optional<int64_t>> RateOn(const std::string& from, absl::CivilDay day) const;

  const RateTable* table_;
  const ViewReader* rows_;
  domain::Currency into_;
};

}  // namespace crm::projections
