#include "tools/crmctl/operator_connection.h"

#include "base/status_macros.h"
#include "tools/crmctl/contexts.h"

namespace crm::ctl {

void AddOperatorOptions(CLI::App& command, OperatorFlags& flags) {
  command.add_option("--admin-target", flags.admin_target, "Admin listener, HOST:PORT")->required();
  command.add_option("--operator-token-file", flags.token_file, "File with the operator's token")
      ->required();
}

absl::StatusOr<std::unique_ptr<Connection>> ConnectAsOperator(Session& session,
                                                              const OperatorFlags& flags) {
  ASSIGN_OR_RETURN(const std::string token, ReadSecret(flags.token_file));
  return session.Connect(flags.admin_target, token);
}

}  // namespace crm::ctl
