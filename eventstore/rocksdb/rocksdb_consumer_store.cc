#include "eventstore/rocksdb/rocksdb_consumer_store.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/log_format.h"

namespace crm::eventstore {
namespace {

constexpr uint32_t kConsumerFormat = 1;
constexpr size_t kIdBytes = 16;
constexpr char kProgressRow = 0;
constexpr char kParkedRow = 1;
constexpr char kBeyondRows = 2;

std::string RowKey(const GroupKey& key, char kind) {
  std::string row = absl::StrCat(key.organization.ToBytes(), key.group.ToBytes());
  row.push_back(kind);
  return row;
}

std::string ParkedKey(const GroupKey& key, Position position) {
  return absl::StrCat(RowKey(key, kParkedRow), EncodeNumber(position));
}

absl::Status UnreadableKey() {
  return WithReason(absl::StatusCode::kDataLoss, "CONSUMER_GROUP_UNREADABLE",
                    "the directory of the consumer groups holds a key that is none");
}

absl::Status Unreadable(const GroupKey& key) {
  return WithReason(absl::StatusCode::kDataLoss, "CONSUMER_GROUP_UNREADABLE",
                    absl::StrCat("a row of consumer group ", key.group.ToString(), " is damaged"),
                    {{"consumer_group", key.group.ToString()}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbConsumerStore>> RocksDbConsumerStore::Open(
    const std::string& directory) {
  const RocksDbAccess access;
  ::rocksdb::Options options = DurableOptions("consumers", access);
  options.write_buffer_size = 16 << 20;  // rows are overwritten again and again
  ASSIGN_OR_RETURN(
      OpenedRocksDb opened,
      OpenRocksDb(directory, access, options, {{::rocksdb::kDefaultColumnFamilyName, options}}));
  std::unique_ptr<RocksDbConsumerStore> store(new RocksDbConsumerStore(std::move(opened)));
  RETURN_IF_ERROR(store->CheckFormat());
  return store;
}

RocksDbConsumerStore::RocksDbConsumerStore(OpenedRocksDb opened)
    : opened_(std::move(opened)), db_(*opened_.db) {}

RocksDbConsumerStore::~RocksDbConsumerStore() = default;

absl::Status RocksDbConsumerStore::CheckFormat() {
  std::string row;
  const ::rocksdb::Status status = db_.Get({}, kMetaFormatVersion, &row);
  if (status.IsNotFound()) {
    return FromRocksDb(
        db_.Put(SyncedWrite(), kMetaFormatVersion, EncodeFormatVersion(kConsumerFormat)),
        "writing the format version of the consumer groups");
  }
  RETURN_IF_ERROR(FromRocksDb(status, "reading the format version of the consumer groups"));
  if (ParseFormatVersion(row) == kConsumerFormat) return absl::OkStatus();
  return WithReason(
      absl::StatusCode::kFailedPrecondition, "LOG_FORMAT_UNSUPPORTED",
      absl::StrCat("the consumer groups have another format version than ", kConsumerFormat));
}

absl::StatusOr<std::vector<GroupKey>> RocksDbConsumerStore::List() const {
  std::vector<GroupKey> keys;
  const std::unique_ptr<::rocksdb::Iterator> rows(db_.NewIterator({}));
  rows->SeekToFirst();
  while (rows->Valid()) {
    const absl::string_view row = ToView(rows->key());
    if (row == kMetaFormatVersion) {
      rows->Next();
      continue;
    }
    const auto organization = Uuid::FromBytes(row.substr(0, kIdBytes));
    const auto group = Uuid::FromBytes(row.substr(std::min(row.size(), kIdBytes), kIdBytes));
    if (!organization.has_value() || !group.has_value()) return UnreadableKey();
    keys.push_back({*organization, *group});
    rows->Seek(RowKey(keys.back(), kBeyondRows));
  }
  RETURN_IF_ERROR(FromRocksDb(rows->status(), "listing consumer groups"));
  return keys;
}

absl::StatusOr<StoredGroup> RocksDbConsumerStore::Load(const GroupKey& key) const {
  StoredGroup stored;
  std::string row;
  const ::rocksdb::Status status = db_.Get({}, RowKey(key, kProgressRow), &row);
  if (!status.IsNotFound()) {
    RETURN_IF_ERROR(FromRocksDb(status, "reading a consumer group"));
    if (!stored.progress.emplace().ParseFromString(row)) return Unreadable(key);
  }
  const std::string end = RowKey(key, kBeyondRows);
  const ::rocksdb::Slice bound = ToSlice(end);
  ::rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<::rocksdb::Iterator> rows(db_.NewIterator(options));
  for (rows->Seek(RowKey(key, kParkedRow)); rows->Valid(); rows->Next()) {
    log::v1::ParkedDelivery& parked = stored.parked.emplace_back();
    const bool whole =
        parked.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()));
    if (!whole || ParkedKey(key, parked.position()) != ToView(rows->key())) return Unreadable(key);
  }
  RETURN_IF_ERROR(FromRocksDb(rows->status(), "reading parked events"));
  return stored;
}

absl::Status RocksDbConsumerStore::Store(const GroupKey& key, const GroupChanges& changes) {
  ::rocksdb::WriteBatch batch;
  batch.Put(RowKey(key, kProgressRow), changes.progress.SerializeAsString());
  for (const log::v1::ParkedDelivery& row : changes.parked) {
    batch.Put(ParkedKey(key, row.position()), row.SerializeAsString());
  }
  for (const Position position : changes.unparked) batch.Delete(ParkedKey(key, position));
  return FromRocksDb(db_.Write(SyncedWrite(), &batch), "storing a consumer group");
}

absl::Status RocksDbConsumerStore::Remove(const GroupKey& key) {
  ::rocksdb::WriteBatch batch;
  batch.DeleteRange(RowKey(key, kProgressRow), RowKey(key, kBeyondRows));
  return FromRocksDb(db_.Write(SyncedWrite(), &batch), "removing a consumer group");
}

}  // namespace crm::eventstore
