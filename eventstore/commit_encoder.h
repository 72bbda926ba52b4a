// Turns a checked commit into the rows that are stored, once its place in the log is known.
//
// Pure functions, thread-safe.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "eventstore/event_log.h"
#include "eventstore/log_storage.h"
#include "eventstore/tail.h"

namespace crm::eventstore {

// Assigns positions, versions, record and effective times, extends the hash chain and encodes.
// Consumes the commit's events. `end` is where the organization's log ends before the commit.
// INVALID_ARGUMENT EFFECTIVE_TIME_IN_FUTURE when the effective time lies after the record time.
absl::StatusOr<std::shared_ptr<PendingCommit>> EncodeCommit(Commit commit,
                                                            OrganizationOrdinal ordinal,
                                                            const LogEnd& end);

}  // namespace crm::eventstore
