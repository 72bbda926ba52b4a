// crmutil restore: a data directory from a backup, whole or one organization up to a position.
#include "eventstore/rocksdb/restore.h"

#include <cstdint>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmutil/command.h"
#include "tools/crmutil/erased_subject.h"

namespace crm::util {
namespace {

struct RestoreFlags {
  eventstore::BackupFolders folders;
  eventstore::BackupNumber number = 0;
  std::string organization;
  int64_t to_position = 0;
};

absl::StatusOr<eventstore::RestoreReport> RestoreAsAsked(const RestoreFlags& flags,
                                                         const std::string& target) {
  if (flags.organization.empty()) {
    return eventstore::RestoreDirectory(flags.folders, flags.number, target, ErasedSubjectIn);
  }
  absl::string_view id = flags.organization;
  absl::ConsumePrefix(&id, "organizations/");
  const std::optional<Uuid> organization = Uuid::Parse(id);
  if (!organization) {
    return WithReason(absl::StatusCode::kInvalidArgument, "ORGANIZATION_NOT_FOUND",
                      absl::StrCat("'", flags.organization, "' names no organization"));
  }
  return eventstore::RestoreOrganization(flags.folders, flags.number, *organization,
                                         flags.to_position, target, ErasedSubjectIn);
}

absl::Status Restore(const RestoreFlags& flags, const std::string& target, Report& report) {
  report["directory"] = target;
  report["backup"] = flags.number;
  ASSIGN_OR_RETURN(const eventstore::RestoreReport restored, RestoreAsAsked(flags, target));
  report["organizations"] = Report::array();
  for (const eventstore::OrganizationRow& row : restored.organizations) {
    Report& organization = report["organizations"].emplace_back(Report::object());
    organization["id"] = row.id.ToString();
    organization["position"] = row.position;
    organization["hash"] = absl::BytesToHexString(AsView(row.hash));
  }
  report["events"] = restored.events;
  report["keys"] = restored.keys;
  report["destroyed_keys"] = restored.destroyed_keys;
  return absl::OkStatus();
}

}  // namespace

void AddRestoreCommand(CommandTable& table) {
  auto flags = std::make_shared<RestoreFlags>();
  CLI::App& command =
      table.Add("restore", "Make a data directory, which must be missing or empty, from a backup",
                [flags](const std::string& target, Report& report) {
                  return Restore(*flags, target, report);
                });
  command.add_option("--backup", flags->folders.log, "Folder of the log's backups (backup_dir)")
      ->required();
  command.add_option("--keys", flags->folders.keys,
                     "Folder of the keys' backups (keys_backup_dir); without it nothing personal "
                     "can be read until the keys are put back");
  command.add_option("--id", flags->number, "Number of the backup")->required();
  CLI::Option* organization =
      command.add_option("--organization", flags->organization, "Restore this organization alone");
  command
      .add_option("--to-position", flags->to_position,
                  "Cut its log after this position, which ends a commit; else its head")
      ->needs(organization)
      ->check(CLI::PositiveNumber);
}

}  // namespace crm::util
