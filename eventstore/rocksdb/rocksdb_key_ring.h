// RocksDbKeyRing: sealing keys in a directory of their own, so that backups of the log carry no
// keys. A destroyed key leaves a marker; its bytes leave every file of the directory.
//
//   organization 16, subject 16 -> 1, key 32   or   0 (destroyed)
//   "format_version"            -> u32
//   "purge_pending"             -> empty; a destroyed key may still lie in some file
// ON DISK: NEVER CHANGE.
//
// Thread-safe. Work on one subject is ordered by a stripe of mutexes. New keys are not synced where
// they are made, which may be a thread that must not wait for the disk: Sync, which the log calls
// before it writes what they sealed, does it for all at once.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "eventstore/lru_cache.h"
#include "eventstore/rocksdb/directory_mark.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

class RocksDbKeyRing final : public KeyRing {
 public:
  // Opens or makes the ring, and finishes a destruction that a crash interrupted. Errors as
  // RocksDbStorage::Open.
  static absl::StatusOr<std::unique_ptr<RocksDbKeyRing>> Open(const std::string& directory,
                                                              const RocksDbAccess& access = {});

  absl::StatusOr<SealingKey> FindOrCreate(const Uuid& organization, const Uuid& subject) override;
  // Every key handed out before is durable when this returns; at once when they are already. An
  // error is for good.
  absl::Status Sync();
  // By what the ring can be held to having kept every key that is durable: the anchor's keys_mark.
  absl::StatusOr<std::string> DurableMark();
  // Whether the directory holds what DurableMark said of it before; STORAGE_BEHIND_ANCHOR.
  absl::Status CheckReaches(absl::string_view mark) const {
    return eventstore::CheckReaches(mark, db_);
  }
  absl::StatusOr<std::optional<SealingKey>> Find(const Uuid& organization,
                                                 const Uuid& subject) override;
  // Rewrites every file that holds a key of the same range: seconds on a large ring.
  absl::Status Destroy(const Uuid& organization, const Uuid& subject) override;

  // Keeps what another ring knew of a person: the key, or (nullopt) its destruction; durable after
  // the next Sync. A person who was erased here stays erased. ALREADY_EXISTS KEY_DIFFERS when there
  // is another key.
  absl::Status Adopt(const Uuid& organization, const Uuid& subject,
                     const std::optional<SealingKey>& key);

  // Calls `visit` with the persons of an organization after `after` by id, and their keys; nullopt
  // for one that was destroyed. A status that is not OK ends the visit and is returned.
  absl::Status VisitKeys(
      const Uuid& organization, const Uuid& after,
      absl::FunctionRef<absl::Status(const Uuid& subject, const std::optional<SealingKey>&)> visit);

  // Runs `copy` (backup.h) while no destroyed key is being driven out of the files, which deletes
  // some. They hold every key handed out before.
  absl::Status WhileNothingIsPurged(absl::FunctionRef<absl::Status(::rocksdb::DB&)> copy);

 private:
  using Subject = std::pair<Uuid, Uuid>;  // organization, subject
  struct Entry {
    std::optional<SealingKey> key;  // nullopt: destroyed
  };

  explicit RocksDbKeyRing(OpenedRocksDb opened);

  absl::Status CheckFormat(bool read_only);
  absl::StatusOr<std::optional<Entry>> Read(const Subject& subject);
  // Not synced: see Sync.
  absl::Status Store(const Subject& subject, const std::string& value);
  std::optional<SealingKey> FindCached(const Subject& subject);
  void Cache(const Subject& subject, const SealingKey& key);
  // Makes overwritten values leave the files, then forgets that they had to.
  absl::Status Purge() ABSL_EXCLUSIVE_LOCKS_REQUIRED(purge_mutex_);
  Mutex& StripeOf(const Subject& subject);

  // Everything up to this write is durable.
  void NoteDurable(uint64_t sequence);

  OpenedRocksDb opened_;
  ::rocksdb::DB& db_;
  Mutex sync_mutex_;     // held while syncing; taken before durable_mutex_
  Mutex durable_mutex_;  // held briefly, also by the log's writer
  uint64_t durable_sequence_ ABSL_GUARDED_BY(durable_mutex_) = 0;
  Mutex mark_mutex_;  // taken before durable_mutex_
  DirectoryMark mark_ ABSL_GUARDED_BY(mark_mutex_);
  std::array<Mutex, 64> stripes_;
  Mutex purge_mutex_;  // taken before a stripe
  Mutex cache_mutex_;  // taken after a stripe
  LruCache<Subject, SealingKey> cache_ ABSL_GUARDED_BY(cache_mutex_);
  std::atomic<bool> unsynced_{false};  // keys were made since the last Sync
  std::atomic<bool> failed_{false};    // a write or a sync failed: the ring is done for
};

}  // namespace crm::eventstore
