// Secrets in files: readable by their owner alone.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::services {

// Writes `secret` and a newline to a new file of mode 0600, synced. ALREADY_EXISTS when there is
// one: a secret is never overwritten.
absl::Status WriteSecretFile(const std::string& path, absl::string_view prefix,
                             absl::string_view secret);

}  // namespace crm::services
