// Named servers: which address, which credential. Kept in a TOML file that only its owner can
// read; tokens lie in files of their own beside it. Not thread-safe; last writer decides.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/crmctl/environment.h"

namespace crm::ctl {

struct Context {
  std::string target;      // host:port
  std::string token_file;  // empty: no credential
};

struct Contexts {
  std::string current;  // empty: none
  std::map<std::string, Context> by_name;
};

// CRMCTL_CONFIG, else ~/.config/crmctl/contexts.toml.
std::string ContextsFile(const Environment& environment);

// No file means no contexts. FailedPrecondition when the file is not what it should be.
absl::StatusOr<Contexts> ReadContexts(const std::string& file);
// Writes the file (mode 0600) and its folder (0700) by replacing it as a whole.
absl::Status WriteContexts(const std::string& file, const Contexts& contexts);

// Writes a token beside the contexts file with mode 0600 and returns its path.
absl::StatusOr<std::string> WriteToken(const std::string& contexts_file, const std::string& name,
                                       absl::string_view token);

// The trimmed text of a small file that holds a secret.
absl::StatusOr<std::string> ReadSecret(const std::string& file);

// Letters, digits, dot, hyphen, underscore: what a context may be called.
bool IsContextName(absl::string_view name);

}  // namespace crm::ctl
