#include "projections/view_store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_common.h"
#include "projections/key_codec.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"

namespace crm::projections {
namespace {

// A file beside the database's own says that the directory is ours to empty, and in which format.
// Changing any of the following makes an older store be emptied: raise kFormat with it.
constexpr char kMarker[] = "VIEW_STORE";
constexpr char kFormat[] = "1";
constexpr uint32_t kBookkeeping = 0;
constexpr uint8_t kGenerationRow = 1;
constexpr uint8_t kPurgeRow = 2;

// How long a purge that a snapshot holds back waits before it looks again.
constexpr std::chrono::milliseconds kPurgeRetry{500};

using eventstore::FromRocksDb;
using eventstore::ToView;

template <class... Fields>
std::string BookkeepingKey(uint8_t kind, const Fields&... fields) {
  std::string key;
  AppendKey(key, std::tuple<uint32_t, uint8_t, Fields...>(kBookkeeping, kind, fields...));
  return key;
}

std::string RecordKey(const Generation& generation) {
  const Uuid organization = Uuid::FromBytes(generation.organization()).value_or(Uuid{});
  return BookkeepingKey(kGenerationRow, generation.view(), organization, generation.number());
}

std::string RowsPrefix(uint32_t generation, const Uuid& organization) {
  std::string prefix;
  AppendKey(prefix, std::tuple(generation, organization));
  return prefix;
}

std::string RowsPrefix(const Generation& generation) {
  return RowsPrefix(generation.number(),
                    Uuid::FromBytes(generation.organization()).value_or(Uuid{}));
}

rocksdb::Options OptionsFor(const ViewStoreOptions& options) {
  rocksdb::Options result;
  result.create_if_missing = true;
  result.write_buffer_size = static_cast<size_t>(options.write_buffer_bytes);
  result.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(static_cast<size_t>(options.block_cache_bytes));
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return result;
}

// Walks a key range; keys are shown without the first `hidden` bytes.
class StoredCursor final : public RowCursor {
 public:
  StoredCursor(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string begin,
               std::string end, size_t hidden, bool backward)
      : begin_(std::move(begin)),
        end_(std::move(end)),
        begin_slice_(begin_),
        end_slice_(end_),
        hidden_(hidden),
        backward_(backward) {
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

  bool Valid() const override { return iterator_->Valid(); }
  absl::string_view key() const override { return ToView(iterator_->key()).substr(hidden_); }
  absl::string_view encoded_row() const override { return ToView(iterator_->value()); }
  void Next() override {
    if (backward_) {
      iterator_->Prev();
    } else {
      iterator_->Next();
    }
  }
  absl::Status status() const override {
    return FromRocksDb(iterator_->status(), "view store: scan");
  }

 private:
  const std::string begin_, end_;
  const rocksdb::Slice begin_slice_, end_slice_;
  const size_t hidden_;
  const bool backward_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

absl::StatusOr<std::vector<Generation>> ReadGenerations(rocksdb::DB& db,
                                                        const rocksdb::Snapshot* snapshot,
                                                        const std::string& prefix) {
  std::vector<Generation> found;
  StoredCursor cursor(db, snapshot, prefix, PrefixEnd(prefix), 0, false);
  for (; cursor.Valid(); cursor.Next()) {
    if (!found.emplace_back().ParseFromString(std::string(cursor.encoded_row()))) {
      return absl::DataLossError("view store: malformed generation record");
    }
  }
  RETURN_IF_ERROR(cursor.status());
  return found;
}

// Makes the directory with its marker, or finds them. DATA_LOSS when they are of another format.
// FAILED_PRECONDITION when the directory holds a database that is no view store: emptying, say, the
// log because of a wrong setting must not be possible.
absl::Status CheckMarker(const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::path marker = directory / kMarker;
  if (std::filesystem::exists(marker, error)) {
    std::string format;
    std::ifstream(marker) >> format;
    if (format == kFormat) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("view store: format ", format));
  }
  if (std::filesystem::exists(directory / "CURRENT", error)) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "NOT_A_VIEW_STORE",
                      absl::StrCat(directory.string(), " holds a database that is no view store"));
  }
  std::filesystem::create_directories(directory, error);
  std::ofstream(marker) << kFormat << "\n";
  if (std::filesystem::exists(marker, error)) return absl::OkStatus();
  return WithReason(absl::StatusCode::kUnavailable, "STORAGE_FAILED",
                    absl::StrCat("view store: cannot write ", marker.string()));
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> CheckThenOpen(const std::string& directory,
                                                           const rocksdb::Options& options) {
  RETURN_IF_ERROR(CheckMarker(directory));
  rocksdb::DB* opened = nullptr;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::DB::Open(options, directory, &opened), "view store: open"));
  return std::unique_ptr<rocksdb::DB>(opened);
}

}  // namespace

StoredRows::StoredRows(rocksdb::DB& db, uint32_t generation, const Uuid& organization,
                       const rocksdb::Snapshot* snapshot)
    : db_(db), prefix_(RowsPrefix(generation, organization)), snapshot_(snapshot) {}

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

ViewSnapshot::ViewSnapshot(rocksdb::DB& db, const rocksdb::Snapshot* snapshot,
                           Generation generation)
    : db_(db),
      snapshot_(snapshot),
      generation_(std::move(generation)),
      rows_(db, generation_.number(), Uuid::FromBytes(generation_.organization()).value_or(Uuid{}),
            snapshot) {}

ViewSnapshot::~ViewSnapshot() { db_.ReleaseSnapshot(snapshot_); }

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(const std::string& directory,
                                                           const ViewStoreOptions& options) {
  const rocksdb::Options rocks = OptionsFor(options);
  std::string emptied_because;
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> db = CheckThenOpen(directory, rocks);
  if (absl::IsDataLoss(db.status())) {
    emptied_because = std::string(db.status().message());
    RETURN_IF_ERROR(FromRocksDb(rocksdb::DestroyDB(directory, rocks), "view store: empty"));
    std::filesystem::remove(std::filesystem::path(directory) / kMarker);
    db = CheckThenOpen(directory, rocks);
  }
  RETURN_IF_ERROR(db.status());
  std::unique_ptr<ViewStore> store(new ViewStore(*std::move(db), std::move(emptied_because)));
  RETURN_IF_ERROR(store->Resume());
  if (options.purge_in_background) {
    store->purger_ = std::thread([&purging = *store] { purging.RunPurgesInBackground(); });
  }
  return store;
}

ViewStore::ViewStore(std::unique_ptr<rocksdb::DB> db, std::string emptied_because)
    : db_(std::move(db)), emptied_because_(std::move(emptied_because)) {}

ViewStore::~ViewStore() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    work_.NotifyAll();
  }
  db_->DisableManualCompaction();  // a purge cut short is taken up again at the next open
  if (purger_.joinable()) purger_.join();
}

absl::Status ViewStore::Resume() {
  ASSIGN_OR_RETURN(const std::vector<Generation> generations, ListAllGenerations());
  MutexLock lock(mutex_);
  for (const Generation& generation : generations) {
    next_generation_ = std::max(next_generation_, generation.number() + 1);
  }
  const std::string prefix = BookkeepingKey(kPurgeRow);
  StoredCursor cursor(*db_, nullptr, prefix, PrefixEnd(prefix), 0, false);
  for (; cursor.Valid(); cursor.Next()) {
    std::tuple<uint32_t, uint8_t, int64_t> key;
    if (!ParseKey(cursor.key(), key)) return absl::DataLossError("view store: malformed purge");
    // No snapshot outlives a process, so nothing holds this one back.
    purges_.emplace(std::get<2>(key), 0);
    next_purge_ = std::get<2>(key) + 1;
  }
  return cursor.status();
}

absl::StatusOr<std::vector<Generation>> ViewStore::ListGenerations(absl::string_view view,
                                                                   const Uuid& organization) const {
  return ReadGenerations(*db_, nullptr,
                         BookkeepingKey(kGenerationRow, std::string(view), organization));
}

absl::StatusOr<std::vector<Generation>> ViewStore::ListAllGenerations() const {
  return ReadGenerations(*db_, nullptr, BookkeepingKey(kGenerationRow));
}

absl::StatusOr<Generation> ViewStore::CreateGeneration(absl::string_view view, int version,
                                                       const Uuid& organization) {
  Generation generation;
  generation.set_view(std::string(view));
  generation.set_version(version);
  generation.set_organization(organization.ToBytes());
  {
    MutexLock lock(mutex_);
    generation.set_number(next_generation_++);
  }
  rocksdb::WriteBatch batch;
  batch.Put(RecordKey(generation), EncodeRow(generation));
  RETURN_IF_ERROR(FromRocksDb(db_->Write({}, &batch), "view store: create generation"));
  return generation;
}

StoredRows ViewStore::Rows(const Generation& generation) const {
  return StoredRows(*db_, generation.number(),
                    Uuid::FromBytes(generation.organization()).value_or(Uuid{}), nullptr);
}

absl::Status ViewStore::Commit(const Generation& generation, const ViewTransaction& rows) {
  const std::string prefix = RowsPrefix(generation);
  rocksdb::WriteBatch batch;
  rows.ForEachChanged([&](absl::string_view key, const Message* row) {
    if (row == nullptr) {
      batch.Delete(absl::StrCat(prefix, key));
    } else {
      batch.Put(absl::StrCat(prefix, key), EncodeRow(*row));
    }
  });
  batch.Put(RecordKey(generation), EncodeRow(generation));
  std::vector<views::v1::Purge> purges;
  for (const RowRange& range : rows.purges()) {
    views::v1::Purge& purge = purges.emplace_back();
    purge.set_begin(absl::StrCat(prefix, range.begin));
    purge.set_end(range.end.empty() ? PrefixEnd(prefix) : absl::StrCat(prefix, range.end));
  }
  return Write(batch, purges);
}

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

views::v1::Purge ViewStore::AddDrop(rocksdb::WriteBatch& batch, const Generation& generation) {
  views::v1::Purge purge;
  purge.set_begin(RowsPrefix(generation));
  purge.set_end(PrefixEnd(purge.begin()));
  batch.Delete(RecordKey(generation));
  batch.DeleteRange(purge.begin(), purge.end());
  return purge;
}

absl::StatusOr<std::unique_ptr<ViewSnapshot>> ViewStore::Snapshot(absl::string_view view,
                                                                  const Uuid& organization) const {
  const rocksdb::Snapshot* const snapshot = db_->GetSnapshot();
  absl::StatusOr<std::vector<Generation>> generations = ReadGenerations(
      *db_, snapshot, BookkeepingKey(kGenerationRow, std::string(view), organization));
  if (generations.ok()) {
    for (Generation& generation : *generations) {
      if (!generation.serving()) continue;
      return std::make_unique<ViewSnapshot>(*db_, snapshot, std::move(generation));
    }
  }
  db_->ReleaseSnapshot(snapshot);
  RETURN_IF_ERROR(generations.status());
  return nullptr;
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

absl::Status ViewStore::RunPurge(int64_t number) {
  MutexLock one_at_a_time(purging_);
  const std::string key = BookkeepingKey(kPurgeRow, number);
  {
    MutexLock lock(mutex_);
    const auto found = purges_.find(number);
    if (found == purges_.end()) return absl::OkStatus();
    uint64_t oldest_snapshot = 0;  // stays 0 when there is none
    db_->GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest_snapshot);
    if (oldest_snapshot != 0 && oldest_snapshot < found->second) {
      return WithReason(absl::StatusCode::kUnavailable, "PURGE_HELD_BACK",
                        "view store: a snapshot still sees rows that are to be purged");
    }
  }
  std::string encoded;
  views::v1::Purge purge;
  RETURN_IF_ERROR(FromRocksDb(db_->Get({}, key, &encoded), "view store: read purge"));
  if (!purge.ParseFromString(encoded)) return absl::DataLossError("view store: malformed purge");
  // The flush retires the write-ahead log that still holds the rows.
  RETURN_IF_ERROR(FromRocksDb(db_->Flush({}), "view store: flush"));
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;
  const rocksdb::Slice begin(purge.begin());
  const rocksdb::Slice end(purge.end());
  RETURN_IF_ERROR(FromRocksDb(db_->CompactRange(options, &begin, &end), "view store: compact"));
  RETURN_IF_ERROR(FromRocksDb(db_->Delete({}, key), "view store: finish purge"));
  MutexLock lock(mutex_);
  purges_.erase(number);
  return absl::OkStatus();
}

absl::Status ViewStore::PurgeNow() {
  std::vector<int64_t> numbers;
  {
    MutexLock lock(mutex_);
    for (const auto& [number, sequence] : purges_) numbers.push_back(number);
  }
  absl::Status result;
  for (const int64_t number : numbers) result.Update(RunPurge(number));
  return result;
}

void ViewStore::RunPurgesInBackground() {
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
