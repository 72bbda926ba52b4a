// Conditions on a lead or opportunity: which leads a team takes, which a member accepts. The API's
// v1::RecordFilter becomes the stored events::v1::Condition once, checked, and only that is
// evaluated; evaluation is total.
//
// Text is compared without (ASCII) case. A revenue range holds only for a known amount in the
// range's currency: there are no exchange rates in a condition. Pure functions; thread-safe.
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

// Conditions nest at most this deep; a single field condition has depth 1.
inline constexpr int kMaxConditionDepth = 8;

// What a condition can look at. Views into the record; an absent text is empty.
struct RecordTraits {
  absl::string_view region_code;
  absl::string_view language_code;
  absl::string_view source;
  absl::string_view campaign;
  std::vector<absl::string_view> tags;
  std::optional<Money> expected_revenue;
};

// The stored form. INVALID_ARGUMENT: FILTER_TOO_DEEP; FILTER_EMPTY (a filter, list, field or range
// without content); FILTER_FIELD_UNKNOWN; FILTER_CURRENCY_MIXED; FILTER_RANGE_REVERSED (minimum
// above maximum); and what Money::FromProto refuses.
absl::StatusOr<events::v1::Condition> ConditionFrom(const v1::RecordFilter& filter);

// The API's form of a stored condition; total.
v1::RecordFilter FilterOf(const events::v1::Condition& condition);

// Whether the record meets the condition. One without a kind (never stored) holds for all.
bool Matches(const events::v1::Condition& condition, const RecordTraits& record);

}  // namespace crm::domain
