// A stored record: chain hash (32 bytes), then the serialized RecordedEvent without its hash. The
// hash is SHA-256(previous hash || event bytes), so verifying never re-encodes.
//
// Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "crm/log/v1/log.pb.h"

namespace crm::eventstore {

// Encodes `event` (whose hash must be empty) behind `previous` and advances `previous` to the new
// record's hash.
std::string EncodeRecord(const log::v1::RecordedEvent& event, Digest& previous);

// The two parts of a record; nullopt when it is shorter than a hash.
struct RecordParts {
  Digest hash;
  absl::string_view event;  // into the record
};
std::optional<RecordParts> SplitRecord(absl::string_view record);

// Decodes a record found at `position` of `organization` into `event`. DATA_LOSS (see
// UnreadableRecord) when it does not parse or belongs elsewhere. The hash is filled, not checked.
absl::Status DecodeRecord(absl::string_view record, const Uuid& organization, Position position,
                          log::v1::RecordedEvent& event);

// "category/uuid", as errors and metadata name a stream.
std::string StreamName(const StreamId& stream);

// DATA_LOSS with reason RECORD_UNREADABLE and metadata organization, position and (when known)
// stream. `stream` may be empty.
absl::Status UnreadableRecord(const Uuid& organization, Position position, absl::string_view stream,
                              absl::string_view why);

}  // namespace crm::eventstore
