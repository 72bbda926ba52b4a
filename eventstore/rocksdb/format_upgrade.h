// Logs that older versions of this program wrote: which format they have, and how they come to this
// one. For a stopped directory; the caller holds its lock.
//
//   1   had a column family `head`, a row per stream with its last version. It said what the stream
//       index says: versions are dense.
//   2   has none (log_format.h).
//
// Stateless, thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace crm::eventstore {

// The format of the log in `directory`, which may be one that this program cannot open. Changes
// nothing on disk. FAILED_PRECONDITION LOG_FORMAT_UNSUPPORTED when it is not a number, or when
// there is a column family that no format up to this one had.
absl::StatusOr<uint32_t> ReadFormatVersion(const std::string& directory);

// Makes a log of format 1 one of format 2. Cut short, it leaves one of the two, and can be
// repeated.
absl::Status DropHeadRows(const std::string& directory);

}  // namespace crm::eventstore
