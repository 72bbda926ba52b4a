#include "tools/crm_bench/raw_log.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace crm::bench {
namespace {

constexpr int kBatch = 128;

absl::Status FromRocksDb(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

std::string KeyOf(uint64_t number) {
  std::string key(8, '\0');
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(number >> (56 - 8 * i));
  return key;
}

}  // namespace

absl::StatusOr<double> MeasureRawLog(const std::string& folder, size_t record_bytes,
                                     absl::Duration duration) {
  const std::string path = absl::StrCat(folder, "/raw");
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  absl::Status status = FromRocksDb(rocksdb::DB::Open(options, path, &opened));
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string record(record_bytes, 'x');
  uint64_t written = 0;
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < duration && status.ok()) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < kBatch && status.ok(); ++i)
      status = FromRocksDb(batch.Put(KeyOf(++written), record));
    if (status.ok()) status = FromRocksDb(db->Write(synced, &batch));
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  db.reset();
  std::filesystem::remove_all(path);
  if (!status.ok()) return status;
  return static_cast<double>(written) / seconds;
}

}  // namespace crm::bench
