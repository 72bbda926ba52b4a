// The pair with which a server signs anchors: a file of the data directory that its owner alone can
// read, made at the first start. It is in no backup, because whoever has it can vouch for a false
// log; a server without it makes another, and anchors already signed are checked with the public
// key that was kept with them. Not thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/signing.h"

namespace crm::services {

// Reads the pair, or makes it when there is none; synced when it returns. FAILED_PRECONDITION
// SIGNING_KEY_UNREADABLE when the file holds something else.
absl::StatusOr<SigningPair> OpenSigningKey(const std::string& path);

}  // namespace crm::services
