#include "projections/view_store_recovery.h"

#include <chrono>

#include "eventstore/rocksdb/rocksdb_common.h"
#include "projections/view_store.h"

namespace crm::projections {
namespace {

// Longer than RocksDB waits between two looks for room.
constexpr std::chrono::seconds kPatience{8};

}  // namespace

void RecoveryListener::OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) {
  MutexLock lock(mutex_);
  ++ended_;
  outcome_ = info.new_bg_error;
  changed_.NotifyAll();
}

int64_t RecoveryListener::ended() {
  MutexLock lock(mutex_);
  return ended_;
}

rocksdb::Status RecoveryListener::AwaitAfter(int64_t before) {
  MutexLock lock(mutex_);
  if (ended_ == before) changed_.WaitFor(mutex_, kPatience);
  return ended_ == before ? rocksdb::Status::Busy("no room for it to recover yet") : outcome_;
}

absl::Status ViewStore::Recover() {
  const int64_t before = recovery_->ended();
  rocksdb::Status resumed = db_->Resume();
  // Of a full disk RocksDB is busy to recover by itself.
  if (resumed.IsBusy()) resumed = recovery_->AwaitAfter(before);
  return eventstore::FromRocksDb(resumed, "view store: recover");
}

}  // namespace crm::projections
