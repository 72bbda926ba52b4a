// crmutil verify: everything that can be checked without the server. Stops at the first finding,
// which the report names.
#include "base/status_macros.h"
#include "tools/crmutil/verification.h"

namespace crm::util {
namespace {

using eventstore::DataDirectory;
using eventstore::DurableStores;

absl::Status Verify(const std::string& path, Report& report) {
  ASSIGN_OR_RETURN(const auto directory, DataDirectory::OpenExisting(path));
  report["directory"] = directory->path();
  report["valid"] = false;
  const eventstore::StoreFolders folders = eventstore::FoldersOf(*directory);
  ASSIGN_OR_RETURN(const auto stores,
                   DurableStores::OpenReadOnly(folders, *::rocksdb::Env::Default()));
  RETURN_IF_ERROR(VerifyStores(folders, *stores, report));
  RETURN_IF_ERROR(stores->CheckAnchor(folders));
  report["anchor"] = stores->anchor_found().anchor ? "reached" : "none yet";
  // Views are made from the log: damage in them loses nothing.
  const absl::Status views = VerifyViews(directory->views_path());
  report["views"] = views.ok() ? "fine" : "damaged; the next start builds them anew";
  report["valid"] = true;
  return absl::OkStatus();
}

}  // namespace

void AddVerifyCommand(CommandTable& table) {
  table.Add("verify", "Check everything; exit code 1 when something is damaged", Verify);
}

}  // namespace crm::util
