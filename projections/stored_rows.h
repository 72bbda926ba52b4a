// Reading the view store: the rows of one generation, and a consistent look at what serves a view.
// Writing is view_store.h.
//
// Layout: row = generation u32, organization 16 bytes, table u8, row key. Generation number 0 is
// the store's bookkeeping.
//
// Threading: all methods may be called from any thread; a cursor belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/stream.h"
#include "crm/views/v1/view_store.pb.h"
#include "projections/view_rows.h"
#include "rocksdb/db.h"

namespace crm::projections {

using views::v1::Generation;

// What the keys of a generation's rows begin with.
std::string RowsPrefix(const Generation& generation);

// Walks the keys in [begin, end), an empty end meaning "to the last"; they are shown without the
// first `hidden` bytes.
class StoredCursor final : public RowCursor {
 public:
  StoredCursor(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string begin,
               std::string end, size_t hidden, bool backward);
  // Has the files compacted in which it stepped over many rows that are deleted.
  ~StoredCursor() override;
  StoredCursor(const StoredCursor&) = delete;
  StoredCursor& operator=(const StoredCursor&) = delete;

  bool Valid() const override { return iterator_->Valid(); }
  absl::string_view key() const override;
  absl::string_view encoded_row() const override;
  void Next() override;
  absl::Status status() const override;

 private:
  const std::string begin_, end_;
  const rocksdb::Slice begin_slice_, end_slice_;
  const size_t hidden_;
  const bool backward_;
  rocksdb::DB& db_;
  const uint64_t deleted_before_;  // rows its thread had stepped over
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// The rows of one generation. Without a snapshot it reads the newest state.
class StoredRows final : public EncodedRows {
 public:
  StoredRows(rocksdb::DB& db, const Generation& generation, const rocksdb::Snapshot* snapshot);

  absl::StatusOr<bool> GetEncoded(absl::string_view key, std::string& row) const override;
  std::unique_ptr<RowCursor> NewCursor(const RowRange& range) const override;

 private:
  rocksdb::DB& db_;
  const std::string prefix_;
  const rocksdb::Snapshot* const snapshot_;
};

// The store as it was at one moment, whatever is committed meanwhile. Short-lived: it holds back
// purging. The store must outlive it.
class FrozenStore {
 public:
  explicit FrozenStore(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~FrozenStore() { db_.ReleaseSnapshot(snapshot_); }
  FrozenStore(const FrozenStore&) = delete;
  FrozenStore& operator=(const FrozenStore&) = delete;

  StoredRows Rows(const Generation& generation) const {
    return StoredRows(db_, generation, snapshot_);
  }
  const rocksdb::Snapshot* snapshot() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

// A consistent look at the generation that serves a view: rows and their position belong together.
class ViewSnapshot {
 public:
  ViewSnapshot(std::unique_ptr<const FrozenStore> store, Generation generation)
      : store_(std::move(store)),
        generation_(std::move(generation)),
        rows_(store_->Rows(generation_)) {}

  const ViewReader& rows() const { return rows_; }
  Position position() const { return generation_.position(); }
  int version() const { return generation_.version(); }

 private:
  const std::unique_ptr<const FrozenStore> store_;
  const Generation generation_;
  const StoredRows rows_;
};

}  // namespace crm::projections
