// DataDirectory: the folder that holds everything a server keeps. It is opened by at most one
// process at a time and carries the version of its layout.
//
//   LOCK        held with flock while open; holds the owner's process id, for people
//   FORMAT      "crmd data directory 1"
//   log/        the event log: the truth, to be backed up
//   anchor/     how far the log and the keys are known to be durable (anchor.h): copied with log/
//   keys/       keys of persons: to be backed up apart from the log
//   consumers/  how far consumer groups are: without it they begin anew
//   views/      read models: may be deleted at any time while no server runs
//   signing.key  signs anchors (services/signing_key.h); made at the first start
//
// Everything is readable by its owner alone (mode 0700). Immutable once opened, so thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace crm::eventstore {

class DataDirectory {
 public:
  // Opens `path`, making it (and missing parents) when there is none or when it is empty.
  // FAILED_PRECONDITION with reason
  //   DATA_DIRECTORY_LOCKED   another process has it open;
  //   DATA_DIRECTORY_FOREIGN  it holds something that is not a server's data;
  //   DATA_DIRECTORY_FORMAT   it was written by a version with another layout;
  //   DATA_DIRECTORY_UNUSABLE the operating system refused.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Open(absl::string_view path);
  // Opens what is there and makes nothing, for tools beside a stopped server. Beyond Open's
  // reasons, FAILED_PRECONDITION DATA_DIRECTORY_MISSING when `path` is no data directory.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> OpenExisting(absl::string_view path);
  // Releases the lock.
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string log_path() const { return path_ + "/log"; }
  std::string anchor_path() const { return path_ + "/anchor"; }
  std::string keys_path() const { return path_ + "/keys"; }
  std::string consumers_path() const { return path_ + "/consumers"; }
  std::string views_path() const { return path_ + "/views"; }
  std::string signing_key_path() const { return path_ + "/signing.key"; }

 private:
  DataDirectory(std::string path, int lock_descriptor)
      : path_(std::move(path)), lock_descriptor_(lock_descriptor) {}
  absl::Status CheckOrWriteFormat() const;
  absl::Status MakeFolders() const;

  const std::string path_;
  const int lock_descriptor_;
};

}  // namespace crm::eventstore
