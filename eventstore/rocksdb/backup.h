// Backups of a serving server: a copy of the log and, in another folder, one of the keys, so that
// nobody who has one of them can read personal data.
//
//   LOG_FOLDER/copies/                 rocksdb_copies.h
//   LOG_FOLDER/manifests/{number}.json crm.log.v1.BackupManifest; written last, removed first:
//                                      {number}.discarded keeps the number of one given up
//   KEYS_FOLDER/copies/                the newest copy of the keys alone
//
// The keys are copied after the log: every key that seals something in the log's copy was stored
// before that was written, so it is in the later copy of the keys. A key that was destroyed between
// the two is missing on purpose. Older copies of the keys are given up as soon as a newer one is
// proven: it serves every backup of the log, and an older one would bring erased persons back.
//
// A backup is listed only after every byte of it was read: checksums of files, hash chains, heads,
// and a key or its destruction for everything that is sealed.
//
// Free functions; calls on the same folders must not run at the same time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "crm/log/v1/backup.pb.h"
#include "eventstore/rocksdb/rocksdb_copies.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "eventstore/rocksdb/rocksdb_storage.h"

namespace crm::eventstore {

using log::v1::BackupManifest;

// Names a backup in its folder; not the number of its copy, which RocksDB may give again.
using BackupNumber = uint32_t;

struct BackupFolders {
  std::string log;
  std::string keys;
};

// FAILED_PRECONDITION BACKUP_FOLDERS_NESTED when one of the folders and the data directory is, or
// lies in, another: who copies one would copy both.
absl::Status CheckBackupFolders(const BackupFolders& folders, const std::string& data_directory);

// Makes a backup of what both hold at some moment of the call. The same request id answers with the
// backup it made before. FAILED_PRECONDITION BACKUP_FOLDER_FOREIGN when the folders hold backups of
// another log. Nothing half-made is ever listed, and the next call clears it away.
absl::StatusOr<BackupManifest> CreateBackup(const BackupFolders& folders, RocksDbStorage& storage,
                                            RocksDbKeyRing& keys, const Uuid& request_id,
                                            absl::Time now);

// Whole backups by number. DATA_LOSS BACKUP_MANIFEST_UNREADABLE names the file.
absl::StatusOr<std::vector<BackupManifest>> ListBackups(const BackupFolders& folders);

// NOT_FOUND BACKUP_NOT_FOUND.
absl::StatusOr<BackupManifest> FindBackup(const BackupFolders& folders, BackupNumber number);

// Reads all of it; the number of events. DATA_LOSS with the reason of what is wrong first, or
// BACKUP_DIFFERS when its heads are not those of the manifest.
absl::StatusOr<int64_t> VerifyBackup(const BackupFolders& folders, const BackupManifest& backup);

// Gives it up; its number is never given again. NOT_FOUND BACKUP_NOT_FOUND.
absl::Status DiscardBackup(const BackupFolders& folders, BackupNumber number);

// The log of a backup, its files verified: opened where it lies, read-only.
struct OpenedLogCopy {
  ReadableCopy place;
  std::unique_ptr<RocksDbStorage> storage;
};
absl::StatusOr<OpenedLogCopy> OpenLogCopy(const BackupFolders& folders,
                                          const BackupManifest& backup);
// The same copied into a directory that holds nothing.
absl::Status RestoreLogCopy(const BackupFolders& folders, const BackupManifest& backup,
                            const std::string& directory);

// The newest copy of the keys, its files verified. NOT_FOUND BACKUP_NOT_FOUND when there is none;
// FAILED_PRECONDITION BACKUP_FOLDER_FOREIGN when it belongs to another log than the backup.
absl::StatusOr<RocksDbCopy> FindKeysCopy(const BackupFolders& folders,
                                         const BackupManifest& backup);
struct OpenedKeysCopy {
  ReadableCopy place;
  std::unique_ptr<RocksDbKeyRing> keys;
};
absl::StatusOr<OpenedKeysCopy> OpenKeysCopy(const BackupFolders& folders,
                                            const BackupManifest& backup);

// BACKUP_DIFFERS unless the log is of the manifest's incarnation and ends where it says.
absl::Status CheckHeads(const RocksDbStorage& storage, const BackupManifest& backup);

// Where the copies lie.
std::string CopiesOf(const std::string& folder);

}  // namespace crm::eventstore
