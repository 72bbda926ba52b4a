#include "eventstore/rocksdb/rocksdb_copies.h"

#include <rocksdb/utilities/backup_engine.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {
namespace {

using ::rocksdb::BackupEngine;
using ::rocksdb::BackupEngineReadOnly;
using ::rocksdb::BackupInfo;

::rocksdb::BackupEngineOptions OptionsOf(const std::string& folder) {
  ::rocksdb::BackupEngineOptions options(folder);
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  options.backup_log_files = true;
  return options;
}

absl::StatusOr<std::unique_ptr<BackupEngine>> OpenForWriting(const std::string& folder) {
  BackupEngine* engine = nullptr;
  const ::rocksdb::Status status =
      BackupEngine::Open(OptionsOf(folder), ::rocksdb::Env::Default(), &engine);
  RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("opening the copies in ", folder)));
  return std::unique_ptr<BackupEngine>(engine);
}

absl::StatusOr<std::unique_ptr<BackupEngineReadOnly>> OpenForReading(const std::string& folder) {
  BackupEngineReadOnly* engine = nullptr;
  const ::rocksdb::Status status =
      BackupEngineReadOnly::Open(OptionsOf(folder), ::rocksdb::Env::Default(), &engine);
  RETURN_IF_ERROR(FromRocksDb(status, absl::StrCat("opening the copies in ", folder)));
  return std::unique_ptr<BackupEngineReadOnly>(engine);
}

RocksDbCopy CopyOf(const BackupInfo& known) {
  return {known.backup_id, static_cast<int64_t>(known.size), known.app_metadata};
}

}  // namespace

absl::StatusOr<RocksDbCopy> MakeCopy(const std::string& folder, ::rocksdb::DB& database,
                                     absl::string_view label) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngine> engine, OpenForWriting(folder));
  CopyNumber number = 0;
  RETURN_IF_ERROR(
      FromRocksDb(engine->CreateNewBackupWithMetadata(::rocksdb::CreateBackupOptions(), &database,
                                                      std::string(label), &number),
                  absl::StrCat("copying to ", folder)));
  BackupInfo made;
  RETURN_IF_ERROR(FromRocksDb(engine->GetBackupInfo(number, &made),
                              absl::StrCat("reading copy ", number, " in ", folder)));
  return CopyOf(made);
}

absl::Status KeepCopies(const std::string& folder, absl::FunctionRef<bool(CopyNumber)> keep) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngine> engine, OpenForWriting(folder));
  std::vector<BackupInfo> known;
  engine->GetBackupInfo(&known);
  for (const BackupInfo& copy : known) {
    if (keep(copy.backup_id)) continue;
    RETURN_IF_ERROR(FromRocksDb(engine->DeleteBackup(copy.backup_id),
                                absl::StrCat("giving up copy ", copy.backup_id, " in ", folder)));
  }
  return FromRocksDb(engine->GarbageCollect(), absl::StrCat("clearing ", folder));
}

absl::StatusOr<std::vector<RocksDbCopy>> ListCopies(const std::string& folder) {
  std::vector<RocksDbCopy> copies;
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(folder) / "meta", error)) return copies;
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngineReadOnly> engine, OpenForReading(folder));
  std::vector<BackupInfo> known;
  engine->GetBackupInfo(&known);
  for (const BackupInfo& copy : known) copies.push_back(CopyOf(copy));
  return copies;
}

absl::Status VerifyCopyFiles(const std::string& folder, CopyNumber number) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngineReadOnly> engine, OpenForReading(folder));
  return FromRocksDb(engine->VerifyBackup(number, /*verify_with_checksum=*/true),
                     absl::StrCat("verifying the files of copy ", number, " in ", folder));
}

absl::StatusOr<ReadableCopy> FindCopy(const std::string& folder, CopyNumber number) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngineReadOnly> engine, OpenForReading(folder));
  BackupInfo copy;
  RETURN_IF_ERROR(FromRocksDb(engine->GetBackupInfo(number, &copy, /*include_file_details=*/true),
                              absl::StrCat("reading copy ", number, " in ", folder)));
  return ReadableCopy{copy.env_for_open, copy.name_for_open};
}

absl::Status RestoreCopy(const std::string& folder, CopyNumber number,
                         const std::string& directory) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupEngineReadOnly> engine, OpenForReading(folder));
  return FromRocksDb(
      engine->RestoreDBFromBackup(::rocksdb::RestoreOptions(), number, directory, directory),
      absl::StrCat("restoring copy ", number, " from ", folder));
}

}  // namespace crm::eventstore
