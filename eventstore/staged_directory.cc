#include "eventstore/staged_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/data_directory.h"

namespace crm::eventstore {
namespace {

absl::Status Unusable(const std::string& path, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "RESTORE_TARGET_UNUSABLE",
                    absl::StrCat(path, ": ", why), {{"target", path}});
}

absl::Status Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  const bool synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  return synced ? absl::OkStatus() : Unusable(path, "cannot be synced");
}

}  // namespace

absl::StatusOr<StagedDirectory> StagedDirectory::Begin(const std::string& target) {
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(target, error).lexically_normal().string();
  if (target.empty() || error) return Unusable(target, "is not a path");
  if (std::filesystem::exists(absolute, error) && !std::filesystem::is_empty(absolute, error)) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "RESTORE_TARGET_NOT_EMPTY",
                      absl::StrCat(absolute, " is not empty: name a new folder"),
                      {{"target", absolute}});
  }
  StagedDirectory staged(absolute, absl::StrCat(absolute, ".restoring"));
  std::filesystem::remove_all(staged.path_, error);
  if (!error) std::filesystem::create_directories(staged.path_, error);
  if (error) return Unusable(staged.path_, error.message());
  if (chmod(staged.path_.c_str(), S_IRWXU) != 0)
    return Unusable(staged.path_, "cannot restrict its mode");
  // What is made is a data directory for everybody who looks at it, before any server has.
  RETURN_IF_ERROR(DataDirectory::Open(staged.path_).status());
  return staged;
}

StagedDirectory::StagedDirectory(StagedDirectory&& other) noexcept
    : target_(std::move(other.target_)), path_(std::exchange(other.path_, "")) {}

StagedDirectory::~StagedDirectory() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove_all(path_, error);
}

absl::Status StagedDirectory::Finish() {
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(path_, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory()) {
      if (chmod(it->path().c_str(), S_IRWXU) != 0)
        return Unusable(it->path().string(), "cannot restrict its mode");
      RETURN_IF_ERROR(Sync(it->path().string(), O_DIRECTORY));
    } else {
      RETURN_IF_ERROR(Sync(it->path().string(), 0));
    }
  }
  if (error) return Unusable(path_, error.message());
  RETURN_IF_ERROR(Sync(path_, O_DIRECTORY));
  if (std::rename(path_.c_str(), target_.c_str()) != 0)
    return Unusable(target_, std::strerror(errno));
  path_.clear();
  return Sync(std::filesystem::path(target_).parent_path().string(), O_DIRECTORY);
}

}  // namespace crm::eventstore
