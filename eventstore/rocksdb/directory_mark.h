// A directory mark: what a RocksDB directory could be recognised by, at one moment, as holding
// everything that was durable then. The anchor keeps it (anchor.h) and OpenRocksDb checks it, since
// RocksDB by itself does not notice a write-ahead log that is gone or cut, nor a list of files
// (MANIFEST) that lost its end.
//
//   sequence u64                              of the last durable write
//   manifest number u64, bytes u64, hash 32   SHA-256 of its first bytes
//   count u32, then per write-ahead log       number u64, bytes u64, its first 16 bytes
//
// Integers are big-endian. A log may have moved to archive/ since, and a MANIFEST of a higher
// number may have taken the place of this one. ON DISK: NEVER CHANGE.
//
// Free functions, thread-safe.
#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"

namespace crm::eventstore {

struct WalMark {
  uint64_t number = 0;
  uint64_t bytes = 0;  // 0: nothing to check
  std::string head;    // its first bytes, 16 at most
};

struct DirectoryMark {
  uint64_t sequence = 0;
  uint64_t manifest_number = 0;
  uint64_t manifest_bytes = 0;
  Digest manifest_hash{};
  std::vector<WalMark> wals;
};

std::string EncodeDirectoryMark(const DirectoryMark& mark);
// DATA_LOSS ANCHOR_UNREADABLE for anything the encoder cannot have made.
absl::StatusOr<DirectoryMark> ParseDirectoryMark(absl::string_view bytes);

// Fills in the current MANIFEST, as far as it is durable, from an open database.
absl::Status MarkManifest(::rocksdb::DB& db, DirectoryMark& mark);

// Adds the write-ahead logs older than `current`, of which all is durable, then `current` itself as
// far as it says. The head of `current` is filled in.
absl::Status MarkWals(::rocksdb::DB& db, const WalMark& current, DirectoryMark& mark);

// Deletes the oldest archived write-ahead logs while there are more than `bytes` of them: those
// before number `named`, the oldest that an anchor may still name. RocksDB does so too, but looks
// only every ten minutes. What cannot be deleted stays.
void TrimWalArchive(::rocksdb::DB& db, uint64_t named, uint64_t bytes);

// Compares with the files of a closed database. DATA_LOSS STORAGE_BEHIND_ANCHOR names the file.
absl::Status CheckFilesReach(const DirectoryMark& mark, const std::string& directory,
                             ::rocksdb::Env& env);

}  // namespace crm::eventstore
