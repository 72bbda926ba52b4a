#include "tests/eventstore/faulty_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace crm::eventstore {
namespace {

using ::rocksdb::Slice;
using IOStatus = ::rocksdb::IOStatus;
using IOOptions = ::rocksdb::IOOptions;
using Debug = ::rocksdb::IODebugContext;

constexpr uint64_t kSectorBytes = 512;

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().lexically_normal().string();
}

void OverwriteBytes(const std::string& path, uint64_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Appends pass; what was synced is noted.
class AppendedFile final : public ::rocksdb::FSWritableFileOwnerWrapper {
 public:
  AppendedFile(std::unique_ptr<::rocksdb::FSWritableFile> file, FaultyDisk& disk,
               std::shared_ptr<FaultyDisk::FileState> state)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), state_(std::move(state)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, Debug* debug) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kWrite, state_->path, data.size());
    if (!entered.ok()) return entered;
    const IOStatus written = target()->Append(data, options, debug);
    if (written.ok()) state_->bytes += data.size();
    return written;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const ::rocksdb::DataVerificationInfo& /*info*/, Debug* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t bytes, const IOOptions& options, Debug* debug) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kWrite, state_->path);
    if (!entered.ok()) return entered;
    state_->bytes = bytes;
    state_->synced = std::min(state_->synced, bytes);
    return target()->Truncate(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& /*options*/, Debug* /*debug*/) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kSync, state_->path);
    if (entered.ok()) state_->synced = state_->bytes;
    return entered;
  }
  IOStatus Fsync(const IOOptions& options, Debug* debug) override { return Sync(options, debug); }
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, Debug*) override {
    return IOStatus::OK();  // promises nothing
  }
  IOStatus Allocate(uint64_t, uint64_t, const IOOptions&, Debug*) override {
    return IOStatus::OK();
  }

 private:
  FaultyDisk& disk_;
  const std::shared_ptr<FaultyDisk::FileState> state_;
};

class OverwrittenFile final : public ::rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  OverwrittenFile(std::unique_ptr<::rocksdb::FSRandomRWFile> file, FaultyDisk& disk,
                  std::shared_ptr<FaultyDisk::FileState> state)
      : FSRandomRWFileOwnerWrapper(std::move(file)), disk_(disk), state_(std::move(state)) {}

  IOStatus Write(uint64_t offset, const Slice& data, const IOOptions& options,
                 Debug* debug) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kWrite, state_->path, data.size());
    if (!entered.ok()) return entered;
    std::string before(data.size(), '\0');
    Slice read;
    const IOStatus known =
        target()->Read(offset, before.size(), options, &read, before.data(), debug);
    if (!known.ok()) return known;
    state_->overwrites.push_back({offset, std::move(before), state_->bytes});
    state_->bytes = std::max(state_->bytes, offset + data.size());
    return target()->Write(offset, data, options, debug);
  }
  IOStatus Sync(const IOOptions& /*options*/, Debug* /*debug*/) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kSync, state_->path);
    if (!entered.ok()) return entered;
    state_->overwrites.clear();
    state_->synced = state_->bytes;
    return entered;
  }
  IOStatus Fsync(const IOOptions& options, Debug* debug) override { return Sync(options, debug); }

 private:
  FaultyDisk& disk_;
  const std::shared_ptr<FaultyDisk::FileState> state_;
};

class ReadFile final : public ::rocksdb::FSSequentialFileOwnerWrapper {
 public:
  ReadFile(std::unique_ptr<::rocksdb::FSSequentialFile> file, FaultyDisk& disk, std::string path)
      : FSSequentialFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}
  IOStatus Read(size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                Debug* debug) override {
    const IOStatus entered = disk_.EnterReading(path_);
    if (!entered.ok()) return entered;
    return FSSequentialFileOwnerWrapper::Read(bytes, options, result, scratch, debug);
  }

 private:
  FaultyDisk& disk_;
  const std::string path_;
};

class ReadAnywhereFile final : public ::rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  ReadAnywhereFile(std::unique_ptr<::rocksdb::FSRandomAccessFile> file, FaultyDisk& disk,
                   std::string path)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}
  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, Debug* debug) const override {
    const IOStatus entered = disk_.EnterReading(path_);
    if (!entered.ok()) return entered;
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, debug);
  }
  IOStatus MultiRead(::rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     Debug* debug) override {
    const IOStatus entered = disk_.EnterReading(path_);
    if (!entered.ok()) return entered;
    return FSRandomAccessFileOwnerWrapper::MultiRead(requests, count, options, debug);
  }

 private:
  FaultyDisk& disk_;
  const std::string path_;
};

class Folder final : public ::rocksdb::FSDirectoryWrapper {
 public:
  Folder(std::unique_ptr<::rocksdb::FSDirectory> directory, FaultyDisk& disk, std::string path)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions& /*options*/, Debug* /*debug*/) override {
    MutexLock lock(disk_.mutex());
    const IOStatus entered = disk_.Enter(DiskOperation::kSync, path_);
    if (entered.ok()) disk_.SyncFolder(path_);
    return entered;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, Debug* debug,
                               const ::rocksdb::DirFsyncOptions& /*why*/) override {
    return Fsync(options, debug);
  }

 private:
  FaultyDisk& disk_;
  const std::string path_;
};

}  // namespace

void FaultyDisk::Fail(DiskOperation operation, const std::string& path, int nth, bool for_ever) {
  MutexLock lock(mutex_);
  failing_ = operation;
  failing_path_ = path;
  failing_in_ = nth;
  failing_for_ever_ = for_ever;
  has_failed_ = false;
}

bool FaultyDisk::HasFailed() {
  MutexLock lock(mutex_);
  return has_failed_;
}

void FaultyDisk::SetRoom(int64_t bytes) {
  MutexLock lock(mutex_);
  room_ = bytes;
}

void FaultyDisk::CutPowerAfter(int64_t operations) {
  MutexLock lock(mutex_);
  operations_left_ = operations;
  if (operations == 0) power_ = false;
}

bool FaultyDisk::HasPower() {
  MutexLock lock(mutex_);
  return power_;
}

IOStatus FaultyDisk::Enter(DiskOperation operation, const std::string& path, uint64_t bytes) {
  if (power_ && operation != DiskOperation::kRead && operations_left_ > 0)
    power_ = --operations_left_ > 0;
  if (!power_) return IOStatus::IOError("the power is off");
  if (failing_in_ > 0 && operation == failing_ && absl::StrContains(path, failing_path_)) {
    if (failing_in_ == 1) {
      has_failed_ = true;
      if (!failing_for_ever_) failing_in_ = 0;
      return IOStatus::IOError("injected error", path);
    }
    --failing_in_;
  }
  if (room_ < 0 || bytes == 0) return IOStatus::OK();
  if (static_cast<int64_t>(bytes) > room_) return IOStatus::NoSpace("injected: disk full", path);
  room_ -= static_cast<int64_t>(bytes);
  return IOStatus::OK();
}

IOStatus FaultyDisk::EnterReading(const std::string& path) {
  MutexLock lock(mutex_);
  return Enter(DiskOperation::kRead, path);
}

IOStatus FaultyDisk::NewSequentialFile(const std::string& path, const FileOptions& options,
                                       std::unique_ptr<::rocksdb::FSSequentialFile>* file,
                                       Debug* debug) {
  const IOStatus opened = FileSystemWrapper::NewSequentialFile(path, options, file, debug);
  if (opened.ok()) *file = std::make_unique<ReadFile>(std::move(*file), *this, path);
  return opened;
}

IOStatus FaultyDisk::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                         std::unique_ptr<::rocksdb::FSRandomAccessFile>* file,
                                         Debug* debug) {
  const IOStatus opened = FileSystemWrapper::NewRandomAccessFile(path, options, file, debug);
  if (opened.ok()) *file = std::make_unique<ReadAnywhereFile>(std::move(*file), *this, path);
  return opened;
}

IOStatus FaultyDisk::NewWritableFile(const std::string& path, const FileOptions& options,
                                     std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                     Debug* debug) {
  MutexLock lock(mutex_);
  const IOStatus entered = Enter(DiskOperation::kWrite, path);
  if (!entered.ok()) return entered;
  const bool existed = std::filesystem::exists(path);
  const IOStatus made = FileSystemWrapper::NewWritableFile(path, options, file, debug);
  if (!made.ok()) return made;
  auto state = std::make_shared<FileState>(FileState{path, 0, 0, {}});
  files_[path] = state;
  if (!existed) unsynced_names_[FolderOf(path)].push_back({"", path, "", nullptr});
  *file = std::make_unique<AppendedFile>(std::move(*file), *this, std::move(state));
  return made;
}

IOStatus FaultyDisk::NewRandomRWFile(const std::string& path, const FileOptions& options,
                                     std::unique_ptr<::rocksdb::FSRandomRWFile>* file,
                                     Debug* debug) {
  MutexLock lock(mutex_);
  const IOStatus entered = Enter(DiskOperation::kWrite, path);
  if (!entered.ok()) return entered;
  const IOStatus opened = FileSystemWrapper::NewRandomRWFile(path, options, file, debug);
  if (!opened.ok()) return opened;
  *file = std::make_unique<OverwrittenFile>(std::move(*file), *this, StateOf(path));
  return opened;
}

IOStatus FaultyDisk::NewDirectory(const std::string& path, const IOOptions& options,
                                  std::unique_ptr<::rocksdb::FSDirectory>* directory,
                                  Debug* debug) {
  const IOStatus opened = FileSystemWrapper::NewDirectory(path, options, directory, debug);
  if (!opened.ok()) return opened;
  const std::string folder = std::filesystem::path(path + "/x").parent_path().lexically_normal();
  *directory = std::make_unique<Folder>(std::move(*directory), *this, folder);
  return opened;
}

IOStatus FaultyDisk::DeleteFile(const std::string& path, const IOOptions& options, Debug* debug) {
  MutexLock lock(mutex_);
  const IOStatus entered = Enter(DiskOperation::kRemove, path);
  if (!entered.ok()) return entered;
  std::string shadow = MakeShadow(path);
  const IOStatus deleted = FileSystemWrapper::DeleteFile(path, options, debug);
  if (!deleted.ok()) return deleted;
  unsynced_names_[FolderOf(path)].push_back({path, "", std::move(shadow), StateOf(path)});
  files_.erase(path);
  return deleted;
}

IOStatus FaultyDisk::RenameFile(const std::string& from, const std::string& to,
                                const IOOptions& options, Debug* debug) {
  MutexLock lock(mutex_);
  const bool put_away = absl::StrContains(to, "/archive/");
  const IOStatus entered = Enter(put_away ? DiskOperation::kRemove : DiskOperation::kWrite, from);
  if (!entered.ok()) return entered;
  NameChange change{from, to, "", nullptr};
  if (std::filesystem::exists(to)) {
    change.shadow = MakeShadow(to);
    change.replaced = StateOf(to);
  }
  const std::shared_ptr<FileState> moved = StateOf(from);
  const IOStatus renamed = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!renamed.ok()) return renamed;
  files_.erase(from);
  moved->path = to;
  files_[to] = moved;
  unsynced_names_[FolderOf(from)].push_back(std::move(change));
  return renamed;
}

std::shared_ptr<FaultyDisk::FileState> FaultyDisk::StateOf(const std::string& path) {
  std::shared_ptr<FileState>& state = files_[path];
  if (state == nullptr) {
    // Made before this disk watched: taken as synced.
    std::error_code error;
    const uint64_t bytes = std::filesystem::file_size(path, error);
    state = std::make_shared<FileState>(FileState{path, error ? 0 : bytes, error ? 0 : bytes, {}});
  }
  return state;
}

std::string FaultyDisk::MakeShadow(const std::string& path) {
  std::string shadow = absl::StrCat(FolderOf(FolderOf(path)), "/shadow-", ++shadows_);
  std::error_code error;
  std::filesystem::create_hard_link(path, shadow, error);
  return error ? "" : shadow;
}

void FaultyDisk::SyncFolder(const std::string& folder) {
  for (const NameChange& change : unsynced_names_[folder])
    if (!change.shadow.empty()) std::filesystem::remove(change.shadow);
  unsynced_names_.erase(folder);
}

void FaultyDisk::Undo(const NameChange& change) {
  std::error_code ignored;  // a change that was undone before may have taken the file along
  if (change.from.empty()) {
    std::filesystem::remove(change.to, ignored);
    files_.erase(change.to);
    return;
  }
  if (!change.to.empty()) {
    std::filesystem::rename(change.to, change.from, ignored);
    const std::shared_ptr<FileState> moved = StateOf(change.to);
    files_.erase(change.to);
    moved->path = change.from;
    files_[change.from] = moved;
  }
  if (change.shadow.empty()) return;
  const std::string& place = change.to.empty() ? change.from : change.to;
  std::filesystem::rename(change.shadow, place, ignored);
  files_[place] = change.replaced;
  change.replaced->path = place;
}

void FaultyDisk::LoseBytes(FileState& state, Dice& dice) {
  enum Mode : uint64_t { kLoseAll, kKeepAll, kTear, kModes };
  if (!std::filesystem::exists(state.path)) return;  // it lost its name
  const uint64_t mode = Roll(dice, kModes);
  for (auto it = state.overwrites.rbegin(); it != state.overwrites.rend(); ++it) {
    for (uint64_t at = 0; at < it->before.size(); at += kSectorBytes) {
      if (mode == kLoseAll || (mode == kTear && Roll(dice, 2) == 0))
        OverwriteBytes(state.path, it->offset + at, it->before.substr(at, kSectorBytes));
    }
    if (mode == kLoseAll) std::filesystem::resize_file(state.path, it->file_bytes);
  }
  if (state.overwrites.empty() && state.bytes > state.synced && mode != kKeepAll) {
    const uint64_t kept = mode == kLoseAll ? 0 : Roll(dice, state.bytes - state.synced + 1);
    const uint64_t end = state.synced + kept;
    std::filesystem::resize_file(state.path, end);
    for (uint64_t at = state.synced; at < end;) {
      const uint64_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
      if (Roll(dice, 4) == 0) OverwriteBytes(state.path, at, std::string(next - at, '\0'));
      at = next;
    }
  }
}

void FaultyDisk::RestorePower(Dice& dice) {
  MutexLock lock(mutex_);
  for (auto& [folder, changes] : unsynced_names_) {
    const uint64_t kept = Roll(dice, changes.size() + 1);
    while (changes.size() > kept) {
      Undo(changes.back());
      changes.pop_back();
    }
    for (const NameChange& change : changes)
      if (!change.shadow.empty()) std::filesystem::remove(change.shadow);
  }
  unsynced_names_.clear();
  for (const auto& [path, state] : files_) LoseBytes(*state, dice);
  files_.clear();
  power_ = true;
  operations_left_ = -1;
}

}  // namespace crm::eventstore
