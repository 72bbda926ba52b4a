// What both RocksDB directories (log and keys) share: options that concern durability, opening,
// and the translation of views and errors. The only files that include RocksDB are in this folder.
//
// Pure functions, thread-safe.
#pragma once

#include <rocksdb/db.h>

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

// Corruption becomes DATA_LOSS STORAGE_CORRUPT, a full disk RESOURCE_EXHAUSTED STORAGE_FULL,
// anything else UNAVAILABLE STORAGE_FAILED.
absl::Status FromRocksDb(const ::rocksdb::Status& status, absl::string_view while_doing);

// Options under which no acknowledged write can vanish in silence (design: docs/log_format.md).
::rocksdb::Options DurableOptions();

// Takes what the database of `store` has to say, from warnings up, into the server's own log. Its
// own file is no good: a build of RocksDB with assertions, as Debian's, ends the process when that
// file cannot be written, and on a full disk it cannot.
std::shared_ptr<::rocksdb::Logger> IntoServerLog(absl::string_view store);

// A write that is on disk when it returns, with its keys protected on the way there.
::rocksdb::WriteOptions SyncedWrite();

// A database and its column families in the order of the descriptors.
struct OpenedRocksDb {
  std::unique_ptr<::rocksdb::DB> db;
  std::vector<::rocksdb::ColumnFamilyHandle*> families;  // destroy before db
};

// Makes `directory` when it is missing. FAILED_PRECONDITION with reason DATA_DIRECTORY_LOCKED when
// another process has it open, LOG_FORMAT_UNSUPPORTED when it holds a family that is not listed.
absl::StatusOr<OpenedRocksDb> OpenRocksDb(
    const std::string& directory, const ::rocksdb::Options& options,
    const std::vector<::rocksdb::ColumnFamilyDescriptor>& families);

}  // namespace crm::eventstore
