// The crash points of the sources, by the test that crashes at them
// (docs/adr/0024-crash-points.md).
#pragma once

namespace crm::testing {

// Met while clients write and views are built: crash_test.cc.
struct CrashPlace {
  const char* name;
  int most;  // it is met at least so often in a round
};
inline constexpr CrashPlace kPoints[] = {
    {"log_append_before", 60},   {"log_append_before_sync", 60}, {"log_append_after_sync", 60},
    {"view_commit_before", 300}, {"view_commit_after", 300},     {"view_cut_over_before", 3},
    {"view_cut_over_after", 3},
};

// Met once by every backup, in this order; behind the last one the backup counts:
// backup_crash_test.cc.
inline constexpr const char* kBackupPoints[] = {
    "backup_log_copied",
    "backup_keys_copied",
    "backup_manifest_written",
    "backup_manifest_after",
};

}  // namespace crm::testing
