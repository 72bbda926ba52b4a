// MemoryConsumerStore: a ConsumerStore that forgets everything with the process, for tests.
//
// Thread-safe.
#pragma once

#include <map>

#include "base/mutex.h"
#include "eventstore/consumer_store.h"

namespace crm::eventstore {

class MemoryConsumerStore final : public ConsumerStore {
 public:
  absl::StatusOr<std::vector<GroupKey>> List() const override;
  absl::StatusOr<StoredGroup> Load(const GroupKey& key) const override;
  absl::Status Store(const GroupKey& key, const GroupChanges& changes) override;
  absl::Status Remove(const GroupKey& key) override;

 private:
  struct Rows {
    log::v1::ConsumerProgress progress;
    std::map<Position, log::v1::ParkedDelivery> parked;
  };

  mutable Mutex mutex_;
  std::map<GroupKey, Rows> groups_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
