// FaultyDisk: a file system for tests. Files are real, but what would survive a power cut is kept
// account of: bytes that were not synced and names that were not synced in their folder are lost,
// kept in part, or torn by sectors of 512 bytes, as the dice say. Operations can be made to fail,
// and room to run out. Nothing waits for a real disk.
//
//   FaultyDisk disk;
//   auto env = ::rocksdb::NewCompositeEnv(disk.shared());   // or OwnDisk below
//   disk.CutPowerAfter(100); ... close everything ...; disk.RestorePower(dice);
//
// Not modelled: folders themselves, file times, and what a real file system promises beyond POSIX.
// Thread-safe.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace crm::eventstore {

using Dice = std::mt19937_64;

// Below 2^64 / `sides`, near enough to uniform for dice.
inline uint64_t Roll(Dice& dice, uint64_t sides) { return dice() % sides; }

// kRemove: a file that is not needed any more is deleted, or moved to an archive.
enum class DiskOperation { kWrite, kSync, kRead, kRemove };

class FaultyDisk final : public ::rocksdb::FileSystemWrapper {
 public:
  FaultyDisk() : ::rocksdb::FileSystemWrapper(::rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "crm.FaultyDisk"; }

  // The `nth` operation from now (1: the next) on files whose path holds `path` fails with an I/O
  // error; with `for_ever` all later ones too. Replaces an earlier order.
  void Fail(DiskOperation operation, const std::string& path, int nth, bool for_ever);
  void StopFailing() { Fail(DiskOperation::kWrite, "", 0, false); }
  // Whether the order above has struck.
  bool HasFailed();
  // Writes beyond this many more bytes find the disk full; negative: there is room again.
  void SetRoom(int64_t bytes);

  // After `operations` more that change something, the power is off: everything fails and nothing
  // has an effect. 0: now.
  void CutPowerAfter(int64_t operations);
  bool HasPower();
  // The power is back and the files are as after a cut. Whatever was open must be closed before.
  void RestorePower(Dice& dice);

  using IOStatus = ::rocksdb::IOStatus;
  using IOOptions = ::rocksdb::IOOptions;
  using FileOptions = ::rocksdb::FileOptions;
  using Debug = ::rocksdb::IODebugContext;
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<::rocksdb::FSSequentialFile>* file,
                             Debug* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<::rocksdb::FSRandomAccessFile>* file,
                               Debug* debug) override;
  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<::rocksdb::FSWritableFile>* file, Debug* debug) override;
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<::rocksdb::FSRandomRWFile>* file, Debug* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<::rocksdb::FSDirectory>* directory, Debug* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options, Debug* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      Debug* debug) override;

  // For the files that the disk hands out.
  struct Overwrite {
    uint64_t offset = 0;
    std::string before;       // the bytes that were there
    uint64_t file_bytes = 0;  // the file's size before
  };
  struct FileState {
    std::string path;
    uint64_t bytes = 0;
    uint64_t synced = 0;
    std::vector<Overwrite> overwrites;  // not synced
  };
  // What every operation asks first.
  IOStatus Enter(DiskOperation operation, const std::string& path, uint64_t bytes = 0)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  IOStatus EnterReading(const std::string& path);
  Mutex& mutex() ABSL_LOCK_RETURNED(mutex_) { return mutex_; }
  void SyncFolder(const std::string& folder) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

 private:
  // A change of names that its folder has not synced.
  struct NameChange {
    std::string from;    // empty: `to` was made
    std::string to;      // empty: `from` was deleted
    std::string shadow;  // where a file lies that was deleted or replaced; empty: none
    std::shared_ptr<FileState> replaced;
  };

  std::shared_ptr<FileState> StateOf(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string MakeShadow(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Undo(const NameChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LoseBytes(FileState& state, Dice& dice) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  bool power_ ABSL_GUARDED_BY(mutex_) = true;
  int64_t operations_left_ ABSL_GUARDED_BY(mutex_) = -1;  // negative: no end
  int64_t room_ ABSL_GUARDED_BY(mutex_) = -1;             // negative: no end
  DiskOperation failing_ ABSL_GUARDED_BY(mutex_) = DiskOperation::kWrite;
  std::string failing_path_ ABSL_GUARDED_BY(mutex_);
  int failing_in_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: never
  bool failing_for_ever_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_failed_ ABSL_GUARDED_BY(mutex_) = false;
  int shadows_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::shared_ptr<FileState>> files_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<NameChange>> unsynced_names_ ABSL_GUARDED_BY(mutex_);
};

// A disk with the environment that RocksDB wants. The environment must outlive what is opened.
struct OwnDisk {
  std::shared_ptr<FaultyDisk> disk = std::make_shared<FaultyDisk>();
  std::unique_ptr<::rocksdb::Env> env = ::rocksdb::NewCompositeEnv(disk);
};

}  // namespace crm::eventstore
