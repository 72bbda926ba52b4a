#include "projections/view_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_common.h"
#include "projections/key_codec.h"
#include "projections/view_store_layout.h"
#include "projections/view_store_recovery.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"

namespace crm::projections {
namespace {

using eventstore::FromRocksDb;
using layout::BookkeepingKey;
using layout::kFormat;
using layout::kGenerationRow;
using layout::kMarker;
using layout::kPurgeRow;
using layout::RecordKey;

rocksdb::Options OptionsFor(const ViewStoreOptions& options) {
  rocksdb::Options result;
  result.create_if_missing = true;
  result.write_buffer_size = static_cast<size_t>(options.write_buffer_bytes);
  result.compression = rocksdb::kLZ4Compression;
  // A flush leaves little of the changes it holds, but something of every table, so that all of the
  // next level is merged with it: seldom, and with a small one.
  result.level0_file_num_compaction_trigger = 8;
  result.max_bytes_for_level_base = uint64_t{64} << 20;
  result.target_file_size_base = uint64_t{16} << 20;
  // A commit writes its rows in order of their keys, so each is looked for beside the one before
  // it. Only possible when one thread at a time changes memtables.
  result.allow_concurrent_memtable_write = false;
  result.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(layout::kTablePrefixBytes));
  // Most rows that are looked for are there, so the level that holds nearly all of them goes
  // without filters, which stay in memory for as long as a file is open.
  result.optimize_filters_for_hits = true;
  // The list of files names their first and last keys, and keys may hold names: it is written anew
  // with every change. So does what RocksDB logs below warnings.
  result.max_manifest_file_size = 1;
  result.info_log = eventstore::IntoServerLog("views");
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(static_cast<size_t>(options.block_cache_bytes));
  // The index of a file stays in memory too, with an entry a block.
  table.block_size = 8 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return result;
}

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

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(const std::string& directory,
                                                           const ViewStoreOptions& options) {
  rocksdb::Options rocks = OptionsFor(options);
  auto recovery = std::make_shared<RecoveryListener>();
  rocks.listeners.push_back(recovery);
  std::string emptied_because;
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> db = CheckThenOpen(directory, rocks);
  if (absl::IsDataLoss(db.status())) {
    emptied_because = std::string(db.status().message());
    RETURN_IF_ERROR(FromRocksDb(rocksdb::DestroyDB(directory, rocks), "view store: empty"));
    std::filesystem::remove(std::filesystem::path(directory) / kMarker);
    db = CheckThenOpen(directory, rocks);
  }
  RETURN_IF_ERROR(db.status());
  std::unique_ptr<ViewStore> store(
      new ViewStore(*std::move(db), std::move(recovery), std::move(emptied_because)));
  RETURN_IF_ERROR(store->Resume());
  if (options.purge_in_background) {
    store->purger_ = std::thread([&purging = *store] { purging.RunPurgesInBackground(); });
  }
  return store;
}

ViewStore::ViewStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<RecoveryListener> recovery,
                     std::string emptied_because)
    : recovery_(std::move(recovery)),
      db_(std::move(db)),
      emptied_because_(std::move(emptied_because)) {}

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
                                                       const Uuid& organization, bool comparing) {
  Generation generation;
  generation.set_view(std::string(view));
  generation.set_version(version);
  generation.set_organization(organization.ToBytes());
  generation.set_comparing(comparing);
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
  return StoredRows(*db_, generation, nullptr);
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
  // A purge is of whole tables: a narrower range would be made of the very bytes that are to go.
  std::set<std::string> tables;
  for (const RowRange& range : rows.purges()) {
    tables.insert(absl::StrCat(prefix, absl::string_view(range.begin).substr(0, 1)));
  }
  std::vector<views::v1::Purge> purges;
  for (const std::string& table : tables) {
    views::v1::Purge& purge = purges.emplace_back();
    purge.set_begin(table);
    purge.set_end(PrefixEnd(table));
  }
  return Write(batch, purges);
}

absl::StatusOr<std::unique_ptr<ViewSnapshot>> ViewStore::Snapshot(absl::string_view view,
                                                                  const Uuid& organization) const {
  std::unique_ptr<const FrozenStore> store = Freeze();
  ASSIGN_OR_RETURN(
      std::vector<Generation> generations,
      ReadGenerations(*db_, store->snapshot(),
                      BookkeepingKey(kGenerationRow, std::string(view), organization)));
  for (Generation& generation : generations) {
    if (generation.serving()) {
      return std::make_unique<ViewSnapshot>(std::move(store), std::move(generation));
    }
  }
  return nullptr;
}

std::unique_ptr<const FrozenStore> ViewStore::Freeze() const {
  return std::make_unique<FrozenStore>(*db_);
}

}  // namespace crm::projections
