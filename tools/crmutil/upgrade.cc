// crmutil upgrade: brings a directory of an older format to this program's. A format is never
// converted in passing by the server; each step here takes one version to the next, in order.
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/data_directory.h"
#include "eventstore/log_format.h"
#include "eventstore/rocksdb/format_upgrade.h"
#include "tools/crmutil/command.h"

namespace crm::util {
namespace {

using eventstore::DataDirectory;
using eventstore::kFormatVersion;

// Takes a log of version `from` to `from` + 1, so that a crash in between leaves one or the other.
struct Step {
  uint32_t from;
  absl::Status (*run)(const DataDirectory& directory, Report& report);
};

absl::Status ForgetHeadRows(const DataDirectory& directory, Report& report) {
  report["from"] = 1;
  report["what"] = "forget the rows of where each stream ends: its index says so";
  return eventstore::DropHeadRows(directory.log_path());
}

constexpr Step kSteps[] = {{1, ForgetHeadRows}};

absl::Status Upgrade(const std::string& path, Report& report) {
  ASSIGN_OR_RETURN(const auto directory, DataDirectory::OpenExisting(path));
  ASSIGN_OR_RETURN(uint32_t version, eventstore::ReadFormatVersion(directory->log_path()));
  report["found_format_version"] = version;
  report["steps"] = Report::array();
  for (const Step& step : kSteps) {
    if (step.from != version) continue;
    RETURN_IF_ERROR(step.run(*directory, report["steps"].emplace_back(Report::object())));
    ++version;
  }
  report["format_version"] = version;
  if (version == kFormatVersion) {
    if (report["steps"].empty()) report["result"] = "nothing to upgrade";
    return absl::OkStatus();
  }
  return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                    absl::StrCat("format version ", version, " is newer than this program, which ",
                                 "reads version ", kFormatVersion));
}

}  // namespace

void AddUpgradeCommand(CommandTable& table) {
  table.Add("upgrade", "Bring an older directory to this version's format", Upgrade);
}

}  // namespace crm::util
