// What both RocksDB directories (log and keys) share: options that concern durability, opening,
// and the translation of views and errors. The only files that include RocksDB are in this folder.
//
// Free functions, thread-safe.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/wal_filter.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace crm::eventstore {

inline ::rocksdb::Slice ToSlice(absl::string_view view) { return {view.data(), view.size()}; }
inline absl::string_view ToView(const ::rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Corruption and a file that is gone become DATA_LOSS STORAGE_CORRUPT, a full disk
// RESOURCE_EXHAUSTED STORAGE_FULL, anything else UNAVAILABLE STORAGE_FAILED.
absl::Status FromRocksDb(const ::rocksdb::Status& status, absl::string_view while_doing);

// How a directory is opened.
struct RocksDbAccess {
  // The file system; tests bring one that fails. Must outlive what is opened.
  ::rocksdb::Env* env = ::rocksdb::Env::Default();
  // Changes nothing on disk, not even a log file; writes fail.
  bool read_only = false;
  // Makes the directory when there is none.
  bool create = true;
  // For repair alone: ends recovery at the first damaged record of the write-ahead log and drops
  // the rest, instead of refusing. The caller has shown that nothing of it was acknowledged.
  bool drop_damaged_tail = false;
  // What DurableMark said before: a directory that holds less is refused. Empty: not known.
  std::string mark = {};
  // Of write-ahead logs that are flushed, so much is kept, in megabytes (directory_mark.h).
  uint64_t archive_mb = 256;
  // Called on a thread of RocksDB's with the first error it meets on its own (in a flush, say),
  // after which every write fails. Must not block.
  std::function<void(const absl::Status&)> on_failure = {};
  // Called on a thread of RocksDB's when DurableMark has changed without a write.
  std::function<void()> on_files_changed = {};
};

// Options under which no acknowledged write can vanish in silence (docs/log_format.md).
// `store` names the database in the server's log.
::rocksdb::Options DurableOptions(absl::string_view store, const RocksDbAccess& access);

// Takes what the database of `store` has to say, from warnings up, into the server's own log. Its
// own file is no good: a build of RocksDB with assertions, as Debian's, ends the process when that
// file cannot be written, and on a full disk it cannot.
std::shared_ptr<::rocksdb::Logger> IntoServerLog(absl::string_view store);

// A write that is on disk when it returns, with its keys protected on the way there.
::rocksdb::WriteOptions SyncedWrite();

// A database and its column families in the order of the descriptors.
struct OpenedRocksDb {
  OpenedRocksDb() = default;
  OpenedRocksDb(OpenedRocksDb&&) = default;
  ~OpenedRocksDb();

  std::unique_ptr<::rocksdb::WalFilter> wal_filter;  // RocksDB looks at it as long as it lives
  std::unique_ptr<::rocksdb::DB> db;
  std::vector<::rocksdb::ColumnFamilyHandle*> families;
};

// Opens or, with `create`, makes `directory`. Errors:
//   FAILED_PRECONDITION  DATA_DIRECTORY_LOCKED: another process has it open;
//                        LOG_FORMAT_UNSUPPORTED: it holds a family that is not listed;
//   DATA_LOSS            STORAGE_CORRUPT: RocksDB, or a gap between its write-ahead logs, says so;
//                        STORAGE_BEHIND_ANCHOR: it holds less than `mark`.
absl::StatusOr<OpenedRocksDb> OpenRocksDb(
    const std::string& directory, const RocksDbAccess& access, const ::rocksdb::Options& options,
    const std::vector<::rocksdb::ColumnFamilyDescriptor>& families);

// The check that OpenRocksDb makes of a mark, for a database that is open to read.
absl::Status CheckReaches(absl::string_view mark, ::rocksdb::DB& db);

// Reads every block of every table of a closed database, whatever its families, against its
// checksums, and every file against the checksum it was written with. DATA_LOSS STORAGE_CORRUPT.
absl::Status VerifyFiles(const std::string& directory, ::rocksdb::Env& env);

}  // namespace crm::eventstore
