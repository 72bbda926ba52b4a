// Rejections: named refusals of a rule. Each aggregate declares its own few next to its decisions;
// there is no global catalogue. Reasons are UPPER_SNAKE_CASE, unique across the product, and never
// reused with another meaning.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "base/reason.h"

namespace crm::domain {

// The record is in the wrong phase or misses something: FAILED_PRECONDITION.
inline absl::Status Refuse(absl::string_view reason, absl::string_view message,
                           const ReasonMetadata& metadata = {}) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// The request itself can never be right: INVALID_ARGUMENT.
inline absl::Status Invalid(absl::string_view reason, absl::string_view message,
                            const ReasonMetadata& metadata = {}) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason, message, metadata);
}

// Something with the same unique value exists: ALREADY_EXISTS.
inline absl::Status Taken(absl::string_view reason, absl::string_view message,
                          const ReasonMetadata& metadata = {}) {
  return WithReason(absl::StatusCode::kAlreadyExists, reason, message, metadata);
}

}  // namespace crm::domain
