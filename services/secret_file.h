// Secrets in files that their owner alone can read: the only way a token leaves the server. Never
// overwrites what somebody may still need. Thread-safe for different paths.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::services {

// Writes `secret` and a newline to a new file of mode 0600, synced. A file there that starts with
// `prefix` holds such a secret of a start that was cut short, and makes way. ALREADY_EXISTS when it
// holds anything else; with an empty prefix, when there is any file at all.
absl::Status WriteSecretFile(const std::string& path, absl::string_view prefix,
                             absl::string_view secret);

}  // namespace crm::services
