// A machine-readable reason on an absl::Status: an UPPER_SNAKE_CASE word and metadata that say
// which rule refused. Below the services nothing sees google.rpc; the services turn a reason into
// its ErrorInfo.
//
// The reason travels as one status payload, so it survives RETURN_IF_ERROR and copies. All
// functions are pure and thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm {

// Pairs in the order given; keys are lower_snake_case. No personal data: reasons are logged.
using ReasonMetadata = std::vector<std::pair<std::string, std::string>>;

// The payload's type url, for code that copies payloads from one status to another.
inline constexpr char kReasonPayloadUrl[] = "crm/reason";

// A status with `code` (not OK), a text for people, and the reason for programs.
absl::Status WithReason(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                        const ReasonMetadata& metadata = {});

// The status's reason; empty when it has none (an OK status never has one).
std::string ReasonOf(const absl::Status& status);

// The reason's metadata; empty when there is none.
ReasonMetadata ReasonMetadataOf(const absl::Status& status);

// The value of one metadata key; empty when it is absent.
std::string ReasonMetadataValue(const absl::Status& status, absl::string_view key);

}  // namespace crm
