// What can be said against a commit without knowing the log: its shape and its size.
//
// Pure functions, thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "eventstore/event_log.h"

namespace crm::eventstore {

// INVALID_ARGUMENT with reason COMMIT_MALFORMED (a bug in the caller) or COMMIT_TOO_LARGE
// (limits.h; metadata limit and actual).
absl::Status CheckCommit(const Commit& commit);

// What the commit occupies while it waits for the disk, in bytes.
int64_t CommitBytes(const Commit& commit);

}  // namespace crm::eventstore
