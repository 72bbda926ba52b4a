// crmutil inspect: what is in a data directory, without judging it.
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "eventstore/data_directory.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "eventstore/rocksdb/format_upgrade.h"
#include "tools/crmutil/command.h"

namespace crm::util {
namespace {

using eventstore::DataDirectory;
using eventstore::DurableStores;
using eventstore::RocksDbStorage;

uintmax_t BytesBelow(const std::string& folder) {
  uintmax_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) bytes += it->file_size(error);
  }
  return bytes;
}

Report OrganizationReport(const eventstore::OrganizationRow& row) {
  Report organization;
  organization["id"] = row.id.ToString();
  organization["position"] = row.position;
  organization["hash"] = absl::BytesToHexString(AsView(row.hash));
  if (row.position > 0) {
    organization["record_time"] =
        absl::FormatTime(absl::FromUnixMicros(row.record_time_us), absl::UTCTimeZone());
  }
  return organization;
}

// What the anchor says, and how its two files are.
Report AnchorReport(const eventstore::AnchorFiles::Found& found) {
  Report report;
  report["damaged_files"] = found.damaged;
  report["missing_files"] = found.missing;
  if (!found.anchor) return report;
  report["generation"] = found.anchor->generation;
  report["incarnation"] = found.anchor->incarnation.ToString();
  report["organizations"] = Report::array();
  for (const eventstore::AnchoredEnd& end : found.anchor->ends) {
    Report& organization = report["organizations"].emplace_back();
    organization["id"] = end.organization.ToString();
    organization["position"] = end.position;
    organization["hash"] = absl::BytesToHexString(AsView(end.hash));
  }
  return report;
}

absl::Status Inspect(const std::string& path, Report& report) {
  ASSIGN_OR_RETURN(const auto directory, DataDirectory::OpenExisting(path));
  report["directory"] = directory->path();
  Report& bytes = report["bytes"];
  bytes["log"] = BytesBelow(directory->log_path());
  bytes["keys"] = BytesBelow(directory->keys_path());
  bytes["consumers"] = BytesBelow(directory->consumers_path());
  bytes["views"] = BytesBelow(directory->views_path());
  ::rocksdb::Env& env = *::rocksdb::Env::Default();
  ASSIGN_OR_RETURN(const auto found, eventstore::AnchorFiles::Read(directory->anchor_path(), env));
  report["anchor"] = AnchorReport(found);
  ASSIGN_OR_RETURN(report["format_version"], eventstore::ReadFormatVersion(directory->log_path()));
  ASSIGN_OR_RETURN(const auto stores,
                   DurableStores::OpenReadOnly(eventstore::FoldersOf(*directory), env));
  report["incarnation"] = stores->storage().incarnation().ToString();
  report["organizations"] = Report::array();
  ASSIGN_OR_RETURN(const auto rows, stores->storage().ReadOrganizations());
  for (const auto& row : rows) report["organizations"].push_back(OrganizationReport(row));
  return absl::OkStatus();
}

}  // namespace

void AddInspectCommand(CommandTable& table) { table.Add("inspect", "Say what is there", Inspect); }

}  // namespace crm::util
