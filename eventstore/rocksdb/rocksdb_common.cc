#include "eventstore/rocksdb/rocksdb_common.h"

#include <rocksdb/file_checksum.h>

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
#include "eventstore/rocksdb/directory_mark.h"
#include "eventstore/rocksdb/engine_listener.h"
#include "eventstore/rocksdb/wal_continuity.h"

namespace crm::eventstore {
namespace {

using Families = std::vector<::rocksdb::ColumnFamilyDescriptor>;

bool IsLockError(const ::rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() &&
         (absl::StrContains(text, "lock file") || absl::StrContains(text, "lock hold by"));
}

absl::Status MakeDirectory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error) return absl::OkStatus();
  return WithReason(absl::StatusCode::kFailedPrecondition, "DATA_DIRECTORY_UNUSABLE",
                    absl::StrCat("cannot make ", directory, ": ", error.message()));
}

// Whether there is a database. Without CURRENT, RocksDB would begin a new one and delete the files
// of the old one: whatever was written by a database that got as far as having one is damage.
absl::StatusOr<bool> HoldsDatabase(const std::string& directory, ::rocksdb::Env& env) {
  if (env.FileExists(directory + "/CURRENT").ok()) return true;
  std::vector<std::string> names;
  if (!env.GetChildren(directory, &names).ok()) return false;
  const bool headless = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return absl::EndsWith(name, ".log") || absl::EndsWith(name, ".sst");
  });
  if (!headless) return false;
  return WithReason(absl::StatusCode::kDataLoss, "STORAGE_CORRUPT",
                    absl::StrCat(directory, " holds files of a database, but not its CURRENT"));
}

absl::Status CheckFamilies(const std::string& directory, const ::rocksdb::Options& options,
                           const Families& families) {
  std::vector<std::string> present;
  RETURN_IF_ERROR(FromRocksDb(::rocksdb::DB::ListColumnFamilies(options, directory, &present),
                              absl::StrCat("opening ", directory)));
  for (const std::string& name : present) {
    const bool known = std::any_of(families.begin(), families.end(),
                                   [&](const auto& family) { return family.name == name; });
    if (known) continue;
    return WithReason(absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
                      absl::StrCat(directory,
                                   " was written by another version of this program: "
                                   "it has a column family '",
                                   name, "'; see crmutil upgrade"));
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenedRocksDb> OpenDatabase(const std::string& directory, bool read_only,
                                           const ::rocksdb::Options& options,
                                           const Families& families) {
  OpenedRocksDb opened;
  ::rocksdb::DB* db = nullptr;
  const ::rocksdb::Status status =
      read_only
          ? ::rocksdb::DB::OpenForReadOnly(options, directory, families, &opened.families, &db)
          : ::rocksdb::DB::Open(options, directory, families, &opened.families, &db);
  if (IsLockError(status)) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "DATA_DIRECTORY_LOCKED",
                      absl::StrCat(directory, " is in use by another process"));
  }
  RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("opening ", directory)));
  opened.db.reset(db);
  return opened;
}

absl::Status CheckSequence(uint64_t sequence, const DirectoryMark& mark,
                           const std::string& directory) {
  if (sequence >= mark.sequence) return absl::OkStatus();
  return WithReason(
      absl::StatusCode::kDataLoss, "STORAGE_BEHIND_ANCHOR",
      absl::StrCat(directory, " ends at write ", sequence, " and had reached ", mark.sequence,
                   ": acknowledged writes are missing; restore a backup, or see crmutil verify"),
      {{"file", directory}});
}

}  // namespace

OpenedRocksDb::~OpenedRocksDb() {
  for (auto* family : families) db->DestroyColumnFamilyHandle(family);
}

absl::Status FromRocksDb(const ::rocksdb::Status& status, absl::string_view while_doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat(while_doing, ": ", status.ToString());
  if (status.IsCorruption() || status.IsPathNotFound())
    return WithReason(absl::StatusCode::kDataLoss, "STORAGE_CORRUPT", text);
  if (status.IsNoSpace())
    return WithReason(absl::StatusCode::kResourceExhausted, "STORAGE_FULL", text);
  return WithReason(absl::StatusCode::kUnavailable, "STORAGE_FAILED", text);
}

std::shared_ptr<::rocksdb::Logger> IntoServerLog(absl::string_view store) {
  return std::make_shared<EngineLogger>(store);
}

::rocksdb::Options DurableOptions(absl::string_view store, const RocksDbAccess& access) {
  ::rocksdb::Options options;
  options.env = access.env;
  options.paranoid_checks = true;
  // Anything but a torn tail refuses to open; the default would drop acknowledged events silently.
  options.wal_recovery_mode = access.drop_damaged_tail
                                  ? ::rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                  : ::rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A recycled file ends in old records, which recovery could not tell from a torn tail.
  options.recycle_log_file_num = 0;
  // With a flush by hand, recovery after an error could leave families apart (fixed in 9.7).
  options.manual_wal_flush = false;
  options.unordered_write = false;
  // There is one writer, and only then may memtables be of other kinds.
  options.allow_concurrent_memtable_write = false;
  // False alarms in 7.8 (fixed in 7.10); directory_mark.h does what it would.
  options.track_and_verify_wals_in_manifest = false;
  // After a failed write the process stops; nothing is repaired behind its back, which could write
  // entries twice (fixed in 9.6).
  options.max_bgerror_resume_count = 0;
  options.max_total_wal_size = uint64_t{256} << 20;
  // Hashed whole whenever it has grown (directory_mark.h).
  options.max_manifest_file_size = uint64_t{4} << 20;
  // Every table carries a checksum of the file, beside those of its blocks, for VerifyFiles and
  // backups.
  options.file_checksum_gen_factory = ::rocksdb::GetFileChecksumGenCrc32cFactory();
  if (access.read_only) {
    options.info_log = std::make_shared<SilentLogger>();
  } else {
    options.info_log = IntoServerLog(store);
    options.listeners.push_back(
        std::make_shared<EngineListener>(access.on_failure, access.on_files_changed));
  }
  return options;
}

::rocksdb::WriteOptions SyncedWrite() {
  ::rocksdb::WriteOptions options;
  options.sync = true;
  options.protection_bytes_per_key = 8;
  return options;
}

absl::StatusOr<OpenedRocksDb> OpenRocksDb(const std::string& directory, const RocksDbAccess& access,
                                          const ::rocksdb::Options& options,
                                          const Families& families) {
  if (!access.read_only) RETURN_IF_ERROR(MakeDirectory(directory));
  DirectoryMark mark;
  if (!access.mark.empty()) {
    ASSIGN_OR_RETURN(mark, ParseDirectoryMark(access.mark));
    RETURN_IF_ERROR(CheckFilesReach(mark, directory, *access.env));
  }
  ::rocksdb::Options opening = options;
  ASSIGN_OR_RETURN(const bool exists, HoldsDatabase(directory, *access.env));
  if (exists) {
    RETURN_IF_ERROR(CheckFamilies(directory, options, families));
  } else if (!access.create || access.read_only) {
    return WithReason(absl::StatusCode::kDataLoss, "STORAGE_CORRUPT",
                      absl::StrCat(directory, " holds no database"));
  }
  opening.create_if_missing = !exists;
  // A first start that was cut short lacks families; a database that has a mark lost them.
  opening.create_missing_column_families = access.mark.empty() && !access.read_only;
  auto continuity = std::make_unique<WalContinuity>();
  opening.wal_filter = continuity.get();
  ASSIGN_OR_RETURN(OpenedRocksDb opened,
                   OpenDatabase(directory, access.read_only, opening, families));
  opened.wal_filter = std::move(continuity);
  RETURN_IF_ERROR(CheckSequence(opened.db->GetLatestSequenceNumber(), mark, directory));
  return opened;
}

absl::Status CheckReaches(absl::string_view bytes, ::rocksdb::DB& db) {
  if (bytes.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const DirectoryMark mark, ParseDirectoryMark(bytes));
  RETURN_IF_ERROR(CheckFilesReach(mark, db.GetName(), *db.GetEnv()));
  return CheckSequence(db.GetLatestSequenceNumber(), mark, db.GetName());
}

absl::Status VerifyFiles(const std::string& directory, ::rocksdb::Env& env) {
  RocksDbAccess access;
  access.env = &env;
  access.read_only = true;
  const ::rocksdb::Options options = DurableOptions(directory, access);
  std::vector<std::string> names;
  RETURN_IF_ERROR(FromRocksDb(::rocksdb::DB::ListColumnFamilies(options, directory, &names),
                              absl::StrCat("opening ", directory)));
  Families families;
  for (const std::string& name : names) families.emplace_back(name, options);
  ASSIGN_OR_RETURN(const OpenedRocksDb opened,
                   OpenDatabase(directory, /*read_only=*/true, options, families));
  RETURN_IF_ERROR(
      FromRocksDb(opened.db->VerifyChecksum(), absl::StrCat("reading every block of ", directory)));
  return FromRocksDb(opened.db->VerifyFileChecksums({}),
                     absl::StrCat("reading every table of ", directory));
}

}  // namespace crm::eventstore
