// A data directory that is being made: built beside its target and renamed when it is whole, so
// that the target is never half of anything. What was not renamed is removed. Not thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace crm::eventstore {

class StagedDirectory {
 public:
  // FAILED_PRECONDITION RESTORE_TARGET_NOT_EMPTY unless `target` is missing or an empty folder;
  // RESTORE_TARGET_UNUSABLE when the operating system refuses.
  static absl::StatusOr<StagedDirectory> Begin(const std::string& target);
  StagedDirectory(StagedDirectory&& other) noexcept;
  ~StagedDirectory();

  // Of the log and the keys in it (DataDirectory has the same names).
  std::string log_path() const { return path_ + "/log"; }
  std::string keys_path() const { return path_ + "/keys"; }
  std::string anchor_path() const { return path_ + "/anchor"; }

  // Gives it the target's name; on disk when it returns.
  absl::Status Finish();

 private:
  StagedDirectory(std::string target, std::string path)
      : target_(std::move(target)), path_(std::move(path)) {}

  std::string target_;
  std::string path_;  // empty: renamed, or moved from
};

}  // namespace crm::eventstore
