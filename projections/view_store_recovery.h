// RecoveryListener: hears when the view store's database has tried to recover from an error by
// itself, as it does every few seconds after its disk was full. For view_store*.cc only.
// Thread-safe.
#pragma once

#include <cstdint>

#include "base/mutex.h"
#include "rocksdb/listener.h"
#include "rocksdb/status.h"

namespace crm::projections {

class RecoveryListener final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override;

  // Tries that have ended.
  int64_t ended();
  // How the last one came out, once more than `before` have ended; Busy when none does in time. The
  // database itself calls itself busy for a moment longer.
  rocksdb::Status AwaitAfter(int64_t before);

 private:
  Mutex mutex_;
  CondVar changed_;
  int64_t ended_ ABSL_GUARDED_BY(mutex_) = 0;
  rocksdb::Status outcome_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::projections
