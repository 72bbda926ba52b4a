// BackupDesk: where the operator's calls about backups are worked off, one at a time, on a thread
// of its own, so that commands, queries and the workers never wait for a copy. What a backup is
// stands in eventstore/rocksdb/backup.h.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <functional>

#include "absl/status/status.h"
#include "base/clock.h"
#include "crm/v1/backup_service.pb.h"
#include "eventstore/rocksdb/backup.h"
#include "services/worker_pool.h"

namespace crm::services {

class BackupDesk {
 public:
  struct Parts {
    eventstore::BackupFolders folders;  // both empty: backups are not configured
    eventstore::RocksDbStorage& storage;
    eventstore::RocksDbKeyRing& keys;
    const Clock& clock;
  };
  explicit BackupDesk(Parts parts) : parts_(std::move(parts)) {}

  // Runs `work` on the desk's thread, then `done` with its status; `done` at once with
  // FAILED_PRECONDITION BACKUP_RUNNING while something else is being worked on, or
  // BACKUP_NOT_CONFIGURED.
  void Run(std::function<absl::Status()> work, std::function<void(const absl::Status&)> done);

  // What Run is given; `replayed` when the request had made its backup before.
  absl::Status Create(const v1::CreateBackupRequest& request, v1::CreateBackupResponse* response,
                      bool* replayed);
  absl::Status List(const v1::ListBackupsRequest& request, v1::ListBackupsResponse* response);
  absl::Status Verify(const v1::VerifyBackupRequest& request, v1::VerifyBackupResponse* response);
  absl::Status Discard(const v1::DiscardBackupRequest& request,
                       v1::DiscardBackupResponse* response);

 private:
  const Parts parts_;
  std::atomic<bool> busy_{false};
  WorkerPool thread_{1, 1};
};

}  // namespace crm::services
