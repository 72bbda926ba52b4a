// The operator's way to a server: another listener than that of members, with a token of its own.
// Not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

struct OperatorFlags {
  std::string admin_target;
  std::string token_file;
};

// --admin-target and --operator-token-file, both required.
void AddOperatorOptions(CLI::App& command, OperatorFlags& flags);

absl::StatusOr<std::unique_ptr<Connection>> ConnectAsOperator(Session& session,
                                                              const OperatorFlags& flags);

}  // namespace crm::ctl
