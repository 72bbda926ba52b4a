#include "tools/crm_bench/raw_rocksdb.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tools/crm_bench/report.h"

namespace crm::bench {
namespace {

constexpr int kBatch = 128;
constexpr size_t kBatchOfRows = 1000;

absl::Status FromRocksDb(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

std::string KeyOf(uint64_t number) {
  std::string key(8, '\0');
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(number >> (56 - 8 * i));
  return key;
}

// A new database that is removed again.
class Scratch {
 public:
  static absl::StatusOr<std::unique_ptr<Scratch>> Make(const std::string& path) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kLZ4Compression;
    rocksdb::DB* db = nullptr;
    RETURN_IF_ERROR(FromRocksDb(rocksdb::DB::Open(options, path, &db)));
    return std::unique_ptr<Scratch>(new Scratch(path, db));
  }
  ~Scratch() {
    db_.reset();
    std::filesystem::remove_all(path_);
  }
  rocksdb::DB& db() { return *db_; }

 private:
  Scratch(std::string path, rocksdb::DB* db) : path_(std::move(path)), db_(db) {}

  const std::string path_;
  std::unique_ptr<rocksdb::DB> db_;
};

using Rows = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<Rows> ReadRows(const std::string& views, const std::string& folder) {
  const std::string own = absl::StrCat(folder, "/secondary");
  rocksdb::Options options;
  options.max_open_files = -1;  // so that files the server drops can still be read
  rocksdb::DB* opened = nullptr;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::DB::OpenAsSecondary(options, views, own, &opened)));
  const std::unique_ptr<rocksdb::DB> db(opened);
  const std::unique_ptr<rocksdb::Iterator> row(db->NewIterator(rocksdb::ReadOptions()));
  Rows rows;
  for (row->SeekToFirst(); row->Valid(); row->Next())
    rows.emplace_back(row->key().ToString(), row->value().ToString());
  std::filesystem::remove_all(own);
  RETURN_IF_ERROR(FromRocksDb(row->status()));
  return rows;
}

absl::StatusOr<double> WriteSeconds(const Rows& rows, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Scratch> scratch,
                   Scratch::Make(absl::StrCat(folder, "/bare")));
  const absl::Time begin = absl::Now();
  rocksdb::WriteBatch batch;
  size_t written = 0;
  for (const auto& [key, value] : rows) {
    RETURN_IF_ERROR(FromRocksDb(batch.Put(key, value)));
    if (++written % kBatchOfRows != 0) continue;
    RETURN_IF_ERROR(FromRocksDb(scratch->db().Write(rocksdb::WriteOptions(), &batch)));
    batch.Clear();
  }
  RETURN_IF_ERROR(FromRocksDb(scratch->db().Write(rocksdb::WriteOptions(), &batch)));
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace

absl::StatusOr<double> MeasureRawLog(const std::string& folder, size_t record_bytes,
                                     absl::Duration duration) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Scratch> scratch,
                   Scratch::Make(absl::StrCat(folder, "/raw")));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string record(record_bytes, 'x');
  uint64_t written = 0;
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < duration) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < kBatch; ++i)
      RETURN_IF_ERROR(FromRocksDb(batch.Put(KeyOf(++written), record)));
    RETURN_IF_ERROR(FromRocksDb(scratch->db().Write(synced, &batch)));
  }
  return static_cast<double>(written) / absl::ToDoubleSeconds(absl::Now() - begin);
}

absl::StatusOr<BareRows> MeasureBareRows(const std::string& views, const std::string& folder,
                                         int rounds) {
  ASSIGN_OR_RETURN(const Rows rows, ReadRows(views, folder));
  BareRows bare;
  bare.rows = static_cast<int64_t>(rows.size());
  for (const auto& [key, value] : rows)
    bare.bytes += static_cast<double>(key.size() + value.size());
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    ASSIGN_OR_RETURN(const double one, WriteSeconds(rows, folder));
    seconds.push_back(one);
  }
  bare.seconds = Median(seconds);
  return bare;
}

}  // namespace crm::bench
