#include "eventstore/rocksdb/format_upgrade.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/log_format.h"
#include "eventstore/rocksdb/log_families.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {
namespace {

constexpr char kHeadFamily[] = "head";

// A log of any format up to this one.
class OlderLog {
 public:
  static absl::StatusOr<OlderLog> Open(const std::string& directory, bool read_only) {
    RocksDbAccess access;
    access.read_only = read_only;
    access.create = false;
    const ::rocksdb::Options options = LogOptions(access);
    std::vector<std::string> names;
    RETURN_IF_ERROR(FromRocksDb(::rocksdb::DB::ListColumnFamilies(options, directory, &names),
                                absl::StrCat("opening ", directory)));
    std::vector<::rocksdb::ColumnFamilyDescriptor> families = LogFamilies({});
    if (std::count(names.begin(), names.end(), kHeadFamily) > 0)
      families.emplace_back(kHeadFamily, ::rocksdb::ColumnFamilyOptions());
    ASSIGN_OR_RETURN(OpenedRocksDb opened, OpenRocksDb(directory, access, options, families));
    return OlderLog(std::move(opened));
  }

  absl::StatusOr<uint32_t> Version() const {
    std::string row;
    RETURN_IF_ERROR(FromRocksDb(opened_.db->Get({}, Family(kMetaFamily), kMetaFormatVersion, &row),
                                "reading a row"));
    const std::optional<uint32_t> version = ParseFormatVersion(row);
    if (!version) {
      return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                        "the data directory has a format version that is not a number");
    }
    // An upgrade that was cut short has written its number already.
    return Family(kHeadFamily) != nullptr ? std::min(*version, uint32_t{1}) : *version;
  }

  // The number first: from then on no older program opens the log.
  absl::Status DropHeads() {
    constexpr uint32_t kWithoutHeads = 2;
    RETURN_IF_ERROR(
        FromRocksDb(opened_.db->Put(SyncedWrite(), Family(kMetaFamily), kMetaFormatVersion,
                                    EncodeFormatVersion(kWithoutHeads)),
                    "writing the format version"));
    ::rocksdb::ColumnFamilyHandle* const heads = Family(kHeadFamily);
    if (heads == nullptr) return absl::OkStatus();
    return FromRocksDb(opened_.db->DropColumnFamily(heads), "dropping the head rows");
  }

 private:
  explicit OlderLog(OpenedRocksDb opened) : opened_(std::move(opened)) {}

  ::rocksdb::ColumnFamilyHandle* Family(absl::string_view name) const {
    for (auto* family : opened_.families)
      if (family->GetName() == name) return family;
    return nullptr;
  }

  OpenedRocksDb opened_;
};

}  // namespace

absl::StatusOr<uint32_t> ReadFormatVersion(const std::string& directory) {
  ASSIGN_OR_RETURN(const OlderLog log, OlderLog::Open(directory, /*read_only=*/true));
  return log.Version();
}

absl::Status DropHeadRows(const std::string& directory) {
  ASSIGN_OR_RETURN(OlderLog log, OlderLog::Open(directory, /*read_only=*/false));
  return log.DropHeads();
}

}  // namespace crm::eventstore
