// RocksDbConsumerStore: the progress of consumer groups in a directory of its own.
//
//   organization 16, group 16, 0             -> ConsumerProgress
//   organization 16, group 16, 1, position 8 -> ParkedDelivery
//   "format_version"                         -> u32
// Numbers are big-endian, rows are messages of crm.log.v1. ON DISK: NEVER CHANGE.
//
// Thread-safe. Every change is one synced batch.
#pragma once

#include <memory>
#include <string>

#include "eventstore/consumer_store.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

class RocksDbConsumerStore final : public ConsumerStore {
 public:
  // Opens or makes the directory. Errors as RocksDbStorage::Open.
  static absl::StatusOr<std::unique_ptr<RocksDbConsumerStore>> Open(const std::string& directory);
  ~RocksDbConsumerStore() override;

  absl::StatusOr<std::vector<GroupKey>> List() const override;
  absl::StatusOr<StoredGroup> Load(const GroupKey& key) const override;
  absl::Status Store(const GroupKey& key, const GroupChanges& changes) override;
  absl::Status Remove(const GroupKey& key) override;

 private:
  explicit RocksDbConsumerStore(OpenedRocksDb opened);
  absl::Status CheckFormat();

  OpenedRocksDb opened_;
  ::rocksdb::DB& db_;
};

}  // namespace crm::eventstore
