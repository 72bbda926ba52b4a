// Makes a data directory from a backup (backup.h): all of it, or one organization up to a position.
//
// What is made is proven before it gets its name: it is built beside the target, read from the
// first event to the last, compared with the heads of the backup's manifest, and renamed. A crash
// leaves a folder "{target}.restoring", which the next call clears away.
//
// Nobody who was erased comes back: keys are taken from the newest copy, which knows their
// destruction, and the erasures that the log records - also those after the position asked for -
// destroy what an older copy of the keys may still hold.
//
// Free functions; not beside a call on the same target. They need no server and no lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventstore/event_log.h"
#include "eventstore/rocksdb/backup.h"

namespace crm::eventstore {

// The person whose erasure the event records; nullopt for any other event. The log does not know
// its events, so callers bring what does.
using ErasedSubject = absl::FunctionRef<std::optional<Uuid>(const RecordedEvent&)>;

struct RestoreReport {
  std::vector<OrganizationRow> organizations;  // as they end in the restored directory
  int64_t events = 0;
  int64_t destroyed_keys = 0;  // that the copy of the keys still held
  bool keys = false;           // whether there are any; without them nothing personal can be read
};

// Restores the backup into `target`, which must be missing or empty (FAILED_PRECONDITION
// RESTORE_TARGET_NOT_EMPTY). `folders.keys` may be empty: the keys can then be restored later.
// NOT_FOUND BACKUP_NOT_FOUND; DATA_LOSS as VerifyBackup. Nothing has the target's name after an
// error.
absl::StatusOr<RestoreReport> RestoreDirectory(const BackupFolders& folders, BackupNumber number,
                                               const std::string& target, ErasedSubject erased);

// The same for one organization, cut after `to` (0: where its log ends), which must end a commit:
// INVALID_ARGUMENT POSITION_INSIDE_COMMIT or POSITION_BEYOND_HEAD, with metadata head_position or
// commit_end. Requests answered up to there stay known.
absl::StatusOr<RestoreReport> RestoreOrganization(const BackupFolders& folders, BackupNumber number,
                                                  const Uuid& organization, Position to,
                                                  const std::string& target, ErasedSubject erased);

}  // namespace crm::eventstore
