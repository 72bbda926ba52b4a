#include "projections/stored_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_common.h"
#include "projections/key_codec.h"
#include "rocksdb/experimental.h"
#include "rocksdb/perf_context.h"

namespace crm::projections {
namespace {

// What is deleted lies in the files until it is compacted with what it deletes. Where rows come and
// go, as cards of what is open do, a scan may meet far more of them than rows; so many take a
// millisecond.
constexpr uint64_t kManyDeleted = 4096;

uint64_t DeletedRowsMet() { return rocksdb::get_perf_context()->internal_delete_skipped_count; }

}  // namespace

using eventstore::FromRocksDb;
using eventstore::ToView;

std::string RowsPrefix(const Generation& generation) {
  std::string prefix;
  AppendKey(prefix, std::tuple(generation.number(),
                               Uuid::FromBytes(generation.organization()).value_or(Uuid{})));
  return prefix;
}

StoredCursor::StoredCursor(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string begin,
                           std::string end, size_t hidden, bool backward)
    : begin_(std::move(begin)),
      end_(std::move(end)),
      begin_slice_(begin_),
      end_slice_(end_),
      hidden_(hidden),
      backward_(backward),
      db_(db),
      deleted_before_(DeletedRowsMet()) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  read.iterate_lower_bound = &begin_slice_;
  if (!end_.empty()) read.iterate_upper_bound = &end_slice_;
  iterator_.reset(db.NewIterator(read));
  if (backward_) {
    iterator_->SeekToLast();
  } else {
    iterator_->SeekToFirst();
  }
}

StoredCursor::~StoredCursor() {
  if (DeletedRowsMet() < deleted_before_ + kManyDeleted) return;
  // Done in the background, if it can be done at all; the scan was slow and right.
  const rocksdb::Slice* end = end_.empty() ? nullptr : &end_slice_;
  rocksdb::experimental::SuggestCompactRange(&db_, &begin_slice_, end).PermitUncheckedError();
}

absl::string_view StoredCursor::key() const { return ToView(iterator_->key()).substr(hidden_); }

absl::string_view StoredCursor::encoded_row() const { return ToView(iterator_->value()); }

void StoredCursor::Next() {
  if (backward_) {
    iterator_->Prev();
  } else {
    iterator_->Next();
  }
}

absl::Status StoredCursor::status() const {
  return FromRocksDb(iterator_->status(), "view store: scan");
}

StoredRows::StoredRows(rocksdb::DB& db, const Generation& generation,
                       const rocksdb::Snapshot* snapshot)
    : db_(db), prefix_(RowsPrefix(generation)), snapshot_(snapshot) {}

absl::StatusOr<bool> StoredRows::GetEncoded(absl::string_view key, std::string& row) const {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  const rocksdb::Status status = db_.Get(read, absl::StrCat(prefix_, key), &row);
  if (status.IsNotFound()) return false;
  RETURN_IF_ERROR(FromRocksDb(status, "view store: read"));
  return true;
}

std::unique_ptr<RowCursor> StoredRows::NewCursor(const RowRange& range) const {
  std::string end = range.end.empty() ? PrefixEnd(prefix_) : absl::StrCat(prefix_, range.end);
  return std::make_unique<StoredCursor>(db_, snapshot_, absl::StrCat(prefix_, range.begin),
                                        std::move(end), prefix_.size(), range.backward);
}

}  // namespace crm::projections
