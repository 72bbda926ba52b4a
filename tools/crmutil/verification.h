// Everything that can be checked of a data directory without its server, for `verify`, and for
// `repair` before and after it changes anything.
//
// Not thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "tools/crmutil/command.h"

namespace crm::util {

// Reads every block of every file of log and keys, then verifies every organization (its chain, its
// indexes, a key for every sealed event) of stores that are open to read. Puts what it found into
// "organizations"; the first thing that is wrong is the error.
absl::Status VerifyStores(const eventstore::StoreFolders& folders,
                          const eventstore::DurableStores& stores, Report& report);

// Reads every block of the views. DATA_LOSS when they are damaged; OK too when there are none.
absl::Status VerifyViews(const std::string& folder);

}  // namespace crm::util
