#include "domain/recurring_invoice/proration.h"

#include <algorithm>
#include <optional>

#include "base/status_macros.h"
#include "domain/document/content.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

constexpr int64_t kOne = 1'000'000;  // millionths

}  // namespace

absl::StatusOr<events::v1::DocumentContent> ProratedContent(const events::v1::DocumentContent& full,
                                                            const Recurrence& recurrence,
                                                            int64_t cycle,
                                                            absl::CivilDay last_day) {
  const std::optional<Currency> currency = Currency::Parse(full.currency_code());
  if (!currency.has_value()) return absl::InternalError("a document without a currency");
  const auto part_of = [&](int64_t minor) {
    return recurrence.Prorated(Money(*currency, minor), cycle, last_day).minor();
  };
  events::v1::DocumentContent part = full;
  int64_t nets_minor = 0;
  for (events::v1::DocumentLine& line : *part.mutable_lines()) {
    if (line.has_unit_cost()) {
      const __int128 cost = static_cast<__int128>(line.unit_cost().minor()) * line.quantity_e6();
      const __int128 whole = RoundedQuotient(cost, kOne, Rounding::kHalfUp);
      line.mutable_unit_cost()->set_minor(part_of(static_cast<int64_t>(whole)));
    }
    line.mutable_unit_price()->set_minor(part_of(line.net_minor()));
    line.set_quantity_e6(kOne);
    line.clear_list_price();
    line.clear_discount_ppm();
    line.clear_discount();
    nets_minor += line.unit_price().minor();
  }
  if (part.has_discount()) {
    // Rounded by itself it could be more than the sum of what was rounded line by line.
    const int64_t discount_minor = std::min(part_of(part.discount().minor()), nets_minor);
    part.mutable_discount()->set_minor(discount_minor);
  }
  if (part.has_adjustment()) {
    part.mutable_adjustment()->set_minor(part_of(part.adjustment().minor()));
  }
  RETURN_IF_ERROR(Reckon(part));
  return part;
}

}  // namespace crm::domain
