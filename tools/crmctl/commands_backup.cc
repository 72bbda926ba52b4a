// crmctl backup: for those who run the server, on its admin listener.
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "crm/v1/backup_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/contexts.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/operator_connection.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

struct BackupFlags {
  OperatorFlags server;
  std::string name;
};

absl::Status CallOperator(Session& session, const BackupFlags& flags, const char* name,
                          Message& request, Message& response) {
  const MethodDescriptor& method = *FindMethod(name);
  ASSIGN_OR_RETURN(const auto connection, ConnectAsOperator(session, flags.server));
  RETURN_IF_ERROR(session.FillCommon(method, request));
  if (const absl::Status rules = CheckRules(request); !rules.ok()) {
    return UsageError(rules.message());
  }
  return connection->Call(method, request, response).status();
}

// "3" means "backups/3".
std::string NameOf(const std::string& given) {
  return absl::StrContains(given, "/") ? given : absl::StrCat("backups/", given);
}

absl::Status Create(Session& session, const BackupFlags& flags) {
  crm::v1::CreateBackupRequest request;
  crm::v1::CreateBackupResponse response;
  RETURN_IF_ERROR(CallOperator(session, flags, "CreateBackup", request, response));
  if (!response.has_backup()) return absl::OkStatus();  // --validate-only
  return PrintRecord(session.environment().out, session.style(), response.backup());
}

absl::Status List(Session& session, const BackupFlags& flags) {
  RowPrinter printer(session.environment().out, session.style(), *crm::v1::Backup::descriptor(),
                     UsualFields(crm::v1::Backup::descriptor()->full_name()));
  RETURN_IF_ERROR(printer.Begin());
  crm::v1::ListBackupsRequest request;
  do {
    crm::v1::ListBackupsResponse response;
    RETURN_IF_ERROR(CallOperator(session, flags, "ListBackups", request, response));
    for (const crm::v1::Backup& backup : response.backups()) printer.Add(backup);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  printer.Finish();
  return absl::OkStatus();
}

absl::Status Verify(Session& session, const BackupFlags& flags) {
  crm::v1::VerifyBackupRequest request;
  request.set_name(NameOf(flags.name));
  crm::v1::VerifyBackupResponse response;
  RETURN_IF_ERROR(CallOperator(session, flags, "VerifyBackup", request, response));
  if (session.style().format != Format::kTable) {
    RETURN_IF_ERROR(PrintRecord(session.environment().out, session.style(), response));
  } else if (response.valid()) {
    session.environment().out << FormatCount(response.checked_count())
                              << " events are as they were recorded\n";
  }
  if (response.valid()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(request.name(), ": ", response.problem()));
}

absl::Status Discard(Session& session, const BackupFlags& flags) {
  crm::v1::DiscardBackupRequest request;
  request.set_name(NameOf(flags.name));
  crm::v1::DiscardBackupResponse response;
  return CallOperator(session, flags, "DiscardBackup", request, response);
}

}  // namespace

void AddBackupCommands(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "backup", "Backups of a server");
  auto flags = std::make_shared<BackupFlags>();
  const auto leaf = [&](const char* word, const char* help, auto run, bool named) {
    CLI::App& command = tree.AddLeaf(
        group, word, help, [flags, run](Session& session) { return run(session, *flags); });
    AddOperatorOptions(command, flags->server);
    if (named) command.add_option("name", flags->name, "The backup, by number")->required();
  };
  leaf("create", "CreateBackup (operator)", Create, false);
  leaf("list", "ListBackups (operator)", List, false);
  leaf("verify", "VerifyBackup (operator)", Verify, true);
  leaf("discard", "DiscardBackup (operator)", Discard, true);
}

}  // namespace crm::ctl
