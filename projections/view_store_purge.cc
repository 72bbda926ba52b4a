// How rows leave the view store: generations that end, and compacting, after which deleted rows are
// no longer in the way, or not in the files any more.
#include <chrono>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"
#include "eventstore/rocksdb/rocksdb_common.h"
#include "projections/view_store.h"
#include "projections/view_store_layout.h"
#include "rocksdb/write_batch.h"

namespace crm::projections {
namespace {

using eventstore::FromRocksDb;
using layout::BookkeepingKey;
using layout::kPurgeRow;
using layout::RecordKey;

// How long a purge that a snapshot holds back waits before it looks again.
constexpr std::chrono::milliseconds kPurgeRetry{500};

}  // namespace

absl::Status ViewStore::Swap(const Generation& built, const std::optional<Generation>& old) {
  Generation serving = built;
  serving.set_serving(true);
  rocksdb::WriteBatch batch;
  batch.Put(RecordKey(serving), EncodeRow(serving));
  std::vector<views::v1::Purge> purges;
  if (old.has_value()) purges.push_back(AddDrop(batch, *old));
  return Write(batch, purges);
}

absl::Status ViewStore::Drop(const Generation& generation) {
  rocksdb::WriteBatch batch;
  const views::v1::Purge purge = AddDrop(batch, generation);
  return Write(batch, {purge});
}

absl::Status ViewStore::Write(rocksdb::WriteBatch& batch,
                              const std::vector<views::v1::Purge>& purges) {
  if (purges.empty()) return FromRocksDb(db_->Write({}, &batch), "view store: write");
  // The lock keeps a purge from being seen, and taken as done, before its sequence number is known.
  MutexLock lock(mutex_);
  std::vector<int64_t> numbers;
  for (const views::v1::Purge& purge : purges) {
    numbers.push_back(next_purge_++);
    batch.Put(BookkeepingKey(kPurgeRow, numbers.back()), EncodeRow(purge));
  }
  RETURN_IF_ERROR(FromRocksDb(db_->Write({}, &batch), "view store: write"));
  for (const int64_t number : numbers) purges_.emplace(number, db_->GetLatestSequenceNumber());
  work_.NotifyAll();
  return absl::OkStatus();
}

views::v1::Purge ViewStore::AddDrop(rocksdb::WriteBatch& batch, const Generation& generation) {
  views::v1::Purge purge;
  purge.set_begin(RowsPrefix(generation));
  purge.set_end(PrefixEnd(purge.begin()));
  batch.Delete(RecordKey(generation));
  batch.DeleteRange(purge.begin(), purge.end());
  return purge;
}

absl::Status ViewStore::Compact(const Generation& generation) {
  const std::string begin = RowsPrefix(generation);
  const std::string end = PrefixEnd(begin);
  const rocksdb::Slice from(begin), to(end);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  return FromRocksDb(db_->CompactRange(options, &from, &to), "view store: compact");
}

absl::Status ViewStore::ReadPurges(PurgesByRange& ready) {
  absl::Status held_back;
  std::vector<int64_t> numbers;
  {
    MutexLock lock(mutex_);
    uint64_t oldest_snapshot = 0;  // stays 0 when there is none
    db_->GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest_snapshot);
    for (const auto& [number, sequence] : purges_) {
      if (oldest_snapshot == 0 || oldest_snapshot >= sequence) {
        numbers.push_back(number);
        continue;
      }
      held_back = WithReason(absl::StatusCode::kUnavailable, "PURGE_HELD_BACK",
                             "view store: a snapshot still sees rows that are to be purged");
    }
  }
  for (const int64_t number : numbers) {
    std::string encoded;
    views::v1::Purge purge;
    RETURN_IF_ERROR(FromRocksDb(db_->Get({}, BookkeepingKey(kPurgeRow, number), &encoded),
                                "view store: read purge"));
    if (!purge.ParseFromString(encoded)) return absl::DataLossError("view store: malformed purge");
    ready[{purge.begin(), purge.end()}].push_back(number);
  }
  return held_back;
}

absl::Status ViewStore::PurgeNow() {
  MutexLock one_at_a_time(purging_);
  PurgesByRange ready;
  const absl::Status read = ReadPurges(ready);
  if (ready.empty()) return read;
  // The flush retires the write-ahead log that still holds the rows.
  RETURN_IF_ERROR(FromRocksDb(db_->Flush({}), "view store: flush"));
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;
  for (const auto& [range, numbers] : ready) {
    const rocksdb::Slice begin(range.first);
    const rocksdb::Slice end(range.second);
    RETURN_IF_ERROR(FromRocksDb(db_->CompactRange(options, &begin, &end), "view store: compact"));
    rocksdb::WriteBatch done;
    for (const int64_t number : numbers) done.Delete(BookkeepingKey(kPurgeRow, number));
    RETURN_IF_ERROR(FromRocksDb(db_->Write({}, &done), "view store: finish purge"));
    MutexLock lock(mutex_);
    for (const int64_t number : numbers) purges_.erase(number);
  }
  // The list of files is written anew with the next change to them, from what they were before it.
  RETURN_IF_ERROR(FromRocksDb(db_->Flush({}), "view store: flush"));
  return read;
}

void ViewStore::RunPurgesInBackground() {
  NameThisThread("view purger");
  for (;;) {
    {
      MutexLock lock(mutex_);
      while (purges_.empty() && !closing_) work_.Wait(mutex_);
      if (closing_) return;
    }
    if (PurgeNow().ok()) continue;
    MutexLock lock(mutex_);
    if (!closing_) work_.WaitFor(mutex_, kPurgeRetry);
  }
}

}  // namespace crm::projections
