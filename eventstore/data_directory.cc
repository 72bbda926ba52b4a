#include "eventstore/data_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::eventstore {
namespace {

constexpr char kFormat[] = "crmd data directory 1\n";
constexpr char kFormatFile[] = "FORMAT";
constexpr char kNewFormatFile[] = "FORMAT.new";
constexpr char kLockFile[] = "LOCK";
constexpr mode_t kOwnerOnly = S_IRWXU;
constexpr mode_t kOwnerFile = S_IRUSR | S_IWUSR;
constexpr size_t kMaxSmallFileBytes = 256;

absl::Status Refuse(absl::string_view reason, absl::string_view path, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason,
                    absl::StrCat("data directory ", path, ": ", why),
                    {{"data_directory", std::string(path)}});
}

absl::Status RefuseErrno(absl::string_view path, absl::string_view what) {
  const int error = errno;
  return Refuse("DATA_DIRECTORY_UNUSABLE", path, absl::StrCat(what, ": ", strerror(error)));
}

// A file descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::string ReadSmall(int fd) {
  std::array<char, kMaxSmallFileBytes> buffer;
  const ssize_t size = pread(fd, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<size_t>(size)) : std::string();
}

bool WriteAll(int fd, absl::string_view text) {
  return pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
         ftruncate(fd, static_cast<off_t>(text.size())) == 0 && fsync(fd) == 0;
}

absl::Status SyncFolder(const std::string& path) {
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || fsync(folder.get()) != 0) return RefuseErrno(path, "cannot sync");
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), kOwnerOnly) != 0 && errno != EEXIST)
    return RefuseErrno(path, "cannot create");
  if (chmod(path.c_str(), kOwnerOnly) != 0) return RefuseErrno(path, "cannot restrict its mode");
  return absl::OkStatus();
}

bool IsOurs(const std::string& name) {
  for (const char* ours : {kFormatFile, kNewFormatFile, kLockFile, "log", "anchor", "keys",
                           "consumers", "views", "signing.key", "signing.key.new"})
    if (name == ours) return true;
  return false;
}

// A folder we may claim: missing, empty, or holding nothing but our own names (a first start that
// was cut short). Checked before anything is created or its mode changed.
absl::Status CheckClaimable(const std::string& path) {
  struct stat format;
  if (stat(absl::StrCat(path, "/", kFormatFile).c_str(), &format) == 0) return absl::OkStatus();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  if (!std::filesystem::is_directory(path, error))
    return Refuse("DATA_DIRECTORY_UNUSABLE", path, "is not a folder");
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!IsOurs(name))
      return Refuse("DATA_DIRECTORY_FOREIGN", path,
                    absl::StrCat("holds '", name, "' and no FORMAT file; name an empty folder"));
  }
  if (error) return Refuse("DATA_DIRECTORY_UNUSABLE", path, error.message());
  return absl::OkStatus();
}

absl::StatusOr<int> TakeLock(const std::string& path) {
  Descriptor lock(
      open(absl::StrCat(path, "/", kLockFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerFile));
  if (lock.get() < 0) return RefuseErrno(path, "cannot open LOCK");
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return RefuseErrno(path, "cannot lock LOCK");
    const std::string owner(absl::StripAsciiWhitespace(ReadSmall(lock.get())));
    return Refuse("DATA_DIRECTORY_LOCKED", path, absl::StrCat("in use by process ", owner));
  }
  if (!WriteAll(lock.get(), absl::StrCat(getpid(), "\n"))) return RefuseErrno(path, "cannot write");
  return lock.Release();
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Open(absl::string_view path) {
  std::error_code error;
  const std::string absolute =
      std::filesystem::absolute(std::string(path), error).lexically_normal().string();
  if (path.empty() || error) return Refuse("DATA_DIRECTORY_UNUSABLE", path, "is not a path");
  RETURN_IF_ERROR(CheckClaimable(absolute));
  const std::string parent = std::filesystem::path(absolute).parent_path().string();
  std::filesystem::create_directories(parent, error);
  if (error) return Refuse("DATA_DIRECTORY_UNUSABLE", absolute, error.message());
  RETURN_IF_ERROR(MakeFolder(absolute));
  ASSIGN_OR_RETURN(const int lock, TakeLock(absolute));
  std::unique_ptr<DataDirectory> opened(new DataDirectory(absolute, lock));
  RETURN_IF_ERROR(opened->CheckOrWriteFormat());
  RETURN_IF_ERROR(opened->MakeFolders());
  return opened;
}

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::OpenExisting(absl::string_view path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(std::string(path), error);
  if (path.empty() || error || !std::filesystem::exists(absolute / kFormatFile, error))
    return Refuse("DATA_DIRECTORY_MISSING", path, "is no data directory: it holds no FORMAT file");
  return Open(path);
}

DataDirectory::~DataDirectory() { close(lock_descriptor_); }

absl::Status DataDirectory::CheckOrWriteFormat() const {
  const std::string name = absl::StrCat(path_, "/", kFormatFile);
  const Descriptor existing(open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (existing.get() >= 0) {
    const std::string found = ReadSmall(existing.get());
    if (found == kFormat) return absl::OkStatus();
    return Refuse(
        "DATA_DIRECTORY_FORMAT", path_,
        absl::StrCat("has format '", absl::StripAsciiWhitespace(found), "', this version reads '",
                     absl::StripAsciiWhitespace(kFormat), "' only"));
  }
  if (errno != ENOENT) return RefuseErrno(path_, "cannot open FORMAT");
  // Renamed into place, so that a FORMAT file is whole or absent whenever the power fails.
  const std::string fresh = absl::StrCat(path_, "/", kNewFormatFile);
  const Descriptor file(open(fresh.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerFile));
  if (file.get() < 0 || !WriteAll(file.get(), kFormat) || rename(fresh.c_str(), name.c_str()) != 0)
    return RefuseErrno(path_, "cannot write FORMAT");
  return SyncFolder(path_);
}

absl::Status DataDirectory::MakeFolders() const {
  for (const std::string& folder :
       {log_path(), anchor_path(), keys_path(), consumers_path(), views_path()})
    RETURN_IF_ERROR(MakeFolder(folder));
  return SyncFolder(path_);
}

}  // namespace crm::eventstore
