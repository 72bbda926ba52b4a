// What the request index answers: parsing its rows and comparing digests.
//
// Pure functions, thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/event_log.h"

namespace crm::eventstore {

// INVALID_ARGUMENT REQUEST_ID_REUSED when the record belongs to another input.
absl::Status CheckDigest(const RequestRecord& record, const RequestKey& key);

// DATA_LOSS REQUEST_ROW_UNREADABLE when the row does not parse.
absl::StatusOr<RequestRecord> ParseRequestRecord(absl::string_view row, const RequestKey& key);

// The outcome of a repeated request: the first one's, marked as replayed; or CheckDigest's error.
absl::StatusOr<Committed> ReplayOf(const RequestRecord& record, const RequestKey& key);

}  // namespace crm::eventstore
