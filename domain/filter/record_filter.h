// Record filters: conditions on a lead or opportunity, as a client states them and as events store
// them, and whether one holds. Used by team and membership filters. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crm/events/v1/types.pb.h"
#include "crm/v1/types.pb.h"
#include "domain/types/money.h"

namespace crm::domain {

// What a filter looks at.
struct FilteredRecord {
  std::string region_code;
  std::string language_code;
  std::string source;
  std::string campaign;
  std::vector<std::string> tags;
  std::optional<Money> expected_revenue;
};

// INVALID_ARGUMENT FILTER_INVALID when a condition has no kind, names an unknown field, nests
// deeper than 8 levels, or has a range whose bounds are in different currencies, missing or in the
// wrong order.
absl::StatusOr<events::v1::Condition> StoredFilter(const v1::RecordFilter& filter);
v1::RecordFilter FilterFromStored(const events::v1::Condition& stored);

// Values are compared without (ASCII) case; a tag filter holds when any tag is among the values. A
// range holds for amounts of its own currency between its bounds, both included; never for a record
// without an amount. A condition without a kind holds for nothing.
bool Matches(const events::v1::Condition& condition, const FilteredRecord& record);

}  // namespace crm::domain
