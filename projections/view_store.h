// ViewStore: the RocksDB database of all views. It holds nothing the log cannot give again, so it
// may be deleted at any time, and a damaged or foreign-format store is emptied at open.
//
// Layout: row = generation u32, organization 16 bytes, table u8, row key. Each build of a view for
// an organization is a *generation*; its record names view, version and checkpoint and is written
// in the batch of the rows it speaks of (sync=false: the log can always replay). Generation number
// 0 is the bookkeeping. Dropping a generation and purging an erased person's rows first delete,
// then compact in the background; what is still to be compacted is stored, so a crash loses none.
//
// Threading: all methods may be called from any thread; one generation is committed to by one
// thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/hash.h"
#include "base/mutex.h"
#include "base/stream.h"
#include "crm/views/v1/view_store.pb.h"
#include "projections/stored_rows.h"
#include "projections/view_transaction.h"
#include "rocksdb/db.h"

namespace crm::projections {

class RecoveryListener;

struct ViewStoreOptions {
  int64_t write_buffer_bytes = 32 << 20;
  int64_t block_cache_bytes = 64 << 20;
  // Without it purges wait for PurgeNow.
  bool purge_in_background = true;
};

class ViewStore {
 public:
  // Creates the directory when there is none. A damaged store, or one of another format, is emptied
  // (see emptied_because). FAILED_PRECONDITION NOT_A_VIEW_STORE for a directory with another
  // database, which is left alone.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(const std::string& directory,
                                                         const ViewStoreOptions& options = {});
  ~ViewStore();
  ViewStore(const ViewStore&) = delete;
  ViewStore& operator=(const ViewStore&) = delete;

  // Why Open emptied the store; empty when it did not.
  const std::string& emptied_because() const { return emptied_because_; }

  // The generations of a view for an organization, serving or not.
  absl::StatusOr<std::vector<Generation>> ListGenerations(absl::string_view view,
                                                          const Uuid& organization) const;
  // Every generation in the store.
  absl::StatusOr<std::vector<Generation>> ListAllGenerations() const;

  // Stores the record of a new, empty generation at position 0; one for `comparing` never serves.
  absl::StatusOr<Generation> CreateGeneration(absl::string_view view, int version,
                                              const Uuid& organization, bool comparing = false);

  // The generation's rows for a transaction over them.
  StoredRows Rows(const Generation& generation) const;

  // Writes the changed rows and the generation's record with the new checkpoint in one batch, and
  // orders the transaction's purges: of the tables they are in, whole.
  absl::Status Commit(const Generation& generation, const ViewTransaction& rows);

  // In one batch: `built` serves, and `old`, if any, is dropped.
  absl::Status Swap(const Generation& built, const std::optional<Generation>& old);

  // Rewrites the generation's rows without what was deleted or written over, which every scan would
  // step over. Takes a second for some million rows.
  absl::Status Compact(const Generation& generation);

  // Deletes the record and the rows; the space is freed in the background.
  absl::Status Drop(const Generation& generation);

  // What serves the view now; nullptr when nothing does.
  absl::StatusOr<std::unique_ptr<ViewSnapshot>> Snapshot(absl::string_view view,
                                                         const Uuid& organization) const;

  // The whole store as it is now.
  std::unique_ptr<const FrozenStore> Freeze() const;

  // After a failed write the store takes no more of them; this ends that when the cause is gone,
  // which may take it some seconds to see. UNAVAILABLE or RESOURCE_EXHAUSTED when it is not.
  absl::Status Recover();

  // Finishes every purge ordered so far: afterwards no file holds a byte of the rows. UNAVAILABLE
  // when a snapshot older than one of them lives; the other purges are done nevertheless.
  absl::Status PurgeNow();

 private:
  ViewStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<RecoveryListener> recovery,
            std::string emptied_because);

  // Picks up numbering and unfinished purges from the store.
  absl::Status Resume();
  // Writes the batch, together with orders to purge ranges it deletes.
  absl::Status Write(rocksdb::WriteBatch& batch, const std::vector<views::v1::Purge>& purges);
  static views::v1::Purge AddDrop(rocksdb::WriteBatch& batch, const Generation& generation);
  // The ordered purges that nothing holds back, by the range they are of. UNAVAILABLE
  // PURGE_HELD_BACK when there are others besides.
  using PurgesByRange = std::map<std::pair<std::string, std::string>, std::vector<int64_t>>;
  absl::Status ReadPurges(PurgesByRange& ready);
  void RunPurgesInBackground();

  const std::shared_ptr<RecoveryListener> recovery_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::string emptied_because_;

  Mutex purging_;  // one purge at a time; taken before mutex_
  Mutex mutex_;
  CondVar work_;
  uint32_t next_generation_ ABSL_GUARDED_BY(mutex_) = 1;
  int64_t next_purge_ ABSL_GUARDED_BY(mutex_) = 1;
  // Ordered and not finished: number and the sequence number a snapshot must have reached.
  std::map<int64_t, uint64_t> purges_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread purger_;
};

}  // namespace crm::projections
