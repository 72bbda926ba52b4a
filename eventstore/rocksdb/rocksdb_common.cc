#include "eventstore/rocksdb/rocksdb_common.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::eventstore {
namespace {

bool IsLockError(const ::rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() &&
         (absl::StrContains(text, "lock file") || absl::StrContains(text, "lock hold by"));
}

absl::Status CheckFamilies(const std::string& directory, const ::rocksdb::Options& options,
                           const std::vector<::rocksdb::ColumnFamilyDescriptor>& families) {
  std::vector<std::string> present;
  // Fails on a directory without a database, which is then made.
  if (!::rocksdb::DB::ListColumnFamilies(options, directory, &present).ok())
    return absl::OkStatus();
  for (const std::string& name : present) {
    const bool known = std::any_of(families.begin(), families.end(),
                                   [&](const auto& family) { return family.name == name; });
    if (known) continue;
    return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                      absl::StrCat(directory,
                                   " was written by another version of this program: "
                                   "it has a column family '",
                                   name, "'"));
  }
  return absl::OkStatus();
}

class ServerLog final : public ::rocksdb::Logger {
 public:
  explicit ServerLog(absl::string_view store)
      : ::rocksdb::Logger(::rocksdb::InfoLogLevel::WARN_LEVEL), store_(store) {}

  using ::rocksdb::Logger::Logv;
  void LogHeader(const char*, va_list) override {}
  void Logv(const char* format, va_list arguments) override {
    char text[512];
    vsnprintf(text, sizeof(text), format, arguments);
    log::Warning("rocksdb", {{"store", store_}, {"text", text}});
  }

 private:
  const std::string store_;
};

}  // namespace

std::shared_ptr<::rocksdb::Logger> IntoServerLog(absl::string_view store) {
  return std::make_shared<ServerLog>(store);
}

absl::Status FromRocksDb(const ::rocksdb::Status& status, absl::string_view while_doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat(while_doing, ": ", status.ToString());
  if (status.IsCorruption())
    return WithReason(absl::StatusCode::kDataLoss, "STORAGE_CORRUPT", text);
  if (status.IsNoSpace())
    return WithReason(absl::StatusCode::kResourceExhausted, "STORAGE_FULL", text);
  return WithReason(absl::StatusCode::kUnavailable, "STORAGE_FAILED", text);
}

::rocksdb::Options DurableOptions() {
  ::rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  // Anything but a torn tail refuses to open; the default would drop acknowledged events silently.
  options.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  options.manual_wal_flush = false;
  options.unordered_write = false;
  // There is one writer, and only then may memtables be of other kinds.
  options.allow_concurrent_memtable_write = false;
  // After a failed write the process stops; nothing is repaired behind its back.
  options.max_bgerror_resume_count = 0;
  options.max_total_wal_size = uint64_t{256} << 20;
  options.keep_log_file_num = 4;
  options.info_log_level = ::rocksdb::InfoLogLevel::WARN_LEVEL;
  return options;
}

::rocksdb::WriteOptions SyncedWrite() {
  ::rocksdb::WriteOptions options;
  options.sync = true;
  options.protection_bytes_per_key = 8;
  return options;
}

absl::StatusOr<OpenedRocksDb> OpenRocksDb(
    const std::string& directory, const ::rocksdb::Options& options,
    const std::vector<::rocksdb::ColumnFamilyDescriptor>& families) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "DATA_DIRECTORY_UNUSABLE",
                      absl::StrCat("cannot make ", directory, ": ", error.message()));
  }
  RETURN_IF_ERROR(CheckFamilies(directory, options, families));
  OpenedRocksDb opened;
  ::rocksdb::DB* db = nullptr;
  const ::rocksdb::Status status =
      ::rocksdb::DB::Open(options, directory, families, &opened.families, &db);
  if (IsLockError(status)) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "DATA_DIRECTORY_LOCKED",
                      absl::StrCat(directory, " is in use by another process"));
  }
  RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("opening ", directory)));
  opened.db.reset(db);
  return opened;
}

}  // namespace crm::eventstore
