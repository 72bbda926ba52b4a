// Numbered copies of a RocksDB database in a folder of their own, made while it is written
// (rocksdb::BackupEngine). Copies share the files they have in common. A copy is read where it
// lies, without restoring it.
//
// What 7.8 gets wrong is designed around (HISTORY.md): a copy is believed only after it was read
// (8.11), and restored by its number, never as "the latest" (7.10).
//
// Free functions. Those that write a folder must not run beside another on the same folder.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace crm::eventstore {

using CopyNumber = uint32_t;

struct RocksDbCopy {
  CopyNumber number = 0;
  int64_t size_bytes = 0;
  std::string label;  // what it was made with
};

// Where a copy can be opened read-only, and the file system to do it with.
struct ReadableCopy {
  std::shared_ptr<::rocksdb::Env> env;
  std::string directory;
};

// Copies the database, its write-ahead log included; synced when it returns.
absl::StatusOr<RocksDbCopy> MakeCopy(const std::string& folder, ::rocksdb::DB& database,
                                     absl::string_view label);

// Gives up the copies that `keep` does not name, and what an interrupted MakeCopy left.
absl::Status KeepCopies(const std::string& folder, absl::FunctionRef<bool(CopyNumber)> keep);

// Oldest first; none when there is no such folder.
absl::StatusOr<std::vector<RocksDbCopy>> ListCopies(const std::string& folder);

// Compares every file with its checksum.
absl::Status VerifyCopyFiles(const std::string& folder, CopyNumber number);

absl::StatusOr<ReadableCopy> FindCopy(const std::string& folder, CopyNumber number);

// Makes `directory` what was copied.
absl::Status RestoreCopy(const std::string& folder, CopyNumber number,
                         const std::string& directory);

}  // namespace crm::eventstore
