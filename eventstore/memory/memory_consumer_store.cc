#include "eventstore/memory/memory_consumer_store.h"

namespace crm::eventstore {

absl::StatusOr<std::vector<GroupKey>> MemoryConsumerStore::List() const {
  MutexLock lock(mutex_);
  std::vector<GroupKey> keys;
  for (const auto& [key, rows] : groups_) keys.push_back(key);
  return keys;
}

absl::StatusOr<StoredGroup> MemoryConsumerStore::Load(const GroupKey& key) const {
  MutexLock lock(mutex_);
  StoredGroup stored;
  const auto found = groups_.find(key);
  if (found == groups_.end()) return stored;
  stored.progress = found->second.progress;
  for (const auto& [position, row] : found->second.parked) stored.parked.push_back(row);
  return stored;
}

absl::Status MemoryConsumerStore::Store(const GroupKey& key, const GroupChanges& changes) {
  MutexLock lock(mutex_);
  Rows& rows = groups_[key];
  rows.progress = changes.progress;
  for (const log::v1::ParkedDelivery& row : changes.parked) rows.parked[row.position()] = row;
  for (const Position position : changes.unparked) rows.parked.erase(position);
  return absl::OkStatus();
}

absl::Status MemoryConsumerStore::Remove(const GroupKey& key) {
  MutexLock lock(mutex_);
  groups_.erase(key);
  return absl::OkStatus();
}

}  // namespace crm::eventstore
