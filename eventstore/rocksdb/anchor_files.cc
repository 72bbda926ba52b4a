#include "eventstore/rocksdb/anchor_files.h"

#include <rocksdb/env.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {
namespace {

constexpr size_t kSlots = 2;
constexpr size_t kPageBytes = 4096;
// More than any anchor: a million organizations.
constexpr uint64_t kMaxFileBytes = uint64_t{64} << 20;

std::string PathOf(const std::string& folder, size_t slot) {
  return absl::StrCat(folder, "/", slot);
}

absl::Status Doing(const ::rocksdb::Status& status, absl::string_view what,
                   const std::string& path) {
  return FromRocksDb(status, absl::StrCat(what, " ", path));
}

// Makes an empty file whose name survives a power cut.
absl::Status Make(const std::string& folder, const std::string& path, ::rocksdb::Env& env) {
  std::unique_ptr<::rocksdb::WritableFile> file;
  RETURN_IF_ERROR(Doing(env.NewWritableFile(path, &file, ::rocksdb::EnvOptions()), "making", path));
  RETURN_IF_ERROR(Doing(file->Fsync(), "syncing", path));
  RETURN_IF_ERROR(Doing(file->Close(), "closing", path));
  std::unique_ptr<::rocksdb::Directory> directory;
  RETURN_IF_ERROR(Doing(env.NewDirectory(folder, &directory), "opening", folder));
  return Doing(directory->Fsync(), "syncing", folder);
}

}  // namespace

struct AnchorFiles::Slot {
  std::string path;
  std::unique_ptr<::rocksdb::RandomRWFile> file;
};

AnchorFiles::AnchorFiles() = default;
AnchorFiles::~AnchorFiles() = default;

absl::StatusOr<AnchorFiles::Found> AnchorFiles::Read(const std::string& folder,
                                                     ::rocksdb::Env& env) {
  Found found;
  for (size_t slot = 0; slot < kSlots; ++slot) {
    const std::string path = PathOf(folder, slot);
    if (env.FileExists(path).IsNotFound()) {
      ++found.missing;
      continue;
    }
    uint64_t bytes = 0;
    RETURN_IF_ERROR(Doing(env.GetFileSize(path, &bytes), "reading", path));
    std::string content;
    if (bytes <= kMaxFileBytes) {
      RETURN_IF_ERROR(Doing(::rocksdb::ReadFileToString(&env, path, &content), "reading", path));
    }
    std::optional<Anchor> anchor = ParseAnchor(content);
    if (!anchor) ++found.damaged;
    if (anchor && (!found.anchor || found.anchor->generation < anchor->generation)) {
      found.anchor = std::move(anchor);
      found.slot = slot;
    }
  }
  return found;
}

absl::StatusOr<std::unique_ptr<AnchorFiles>> AnchorFiles::Open(const std::string& folder,
                                                               ::rocksdb::Env& env) {
  RETURN_IF_ERROR(Doing(env.CreateDirIfMissing(folder), "making", folder));
  ASSIGN_OR_RETURN(const Found found, Read(folder, env));
  std::unique_ptr<AnchorFiles> files(new AnchorFiles());
  if (found.anchor) {
    files->generation_ = found.anchor->generation;
    files->next_ = 1 - found.slot;
  }
  for (size_t slot = 0; slot < kSlots; ++slot) {
    const std::string path = PathOf(folder, slot);
    if (env.FileExists(path).IsNotFound()) RETURN_IF_ERROR(Make(folder, path, env));
    auto opened = std::make_unique<Slot>();
    opened->path = path;
    RETURN_IF_ERROR(
        Doing(env.NewRandomRWFile(path, &opened->file, ::rocksdb::EnvOptions()), "opening", path));
    files->slots_[slot] = std::move(opened);
  }
  return files;
}

absl::Status AnchorFiles::Write(Anchor& anchor) {
  anchor.generation = generation_ + 1;
  std::string bytes = EncodeAnchor(anchor);
  bytes.resize((bytes.size() + kPageBytes - 1) / kPageBytes * kPageBytes);
  Slot& slot = *slots_[next_];
  RETURN_IF_ERROR(Doing(slot.file->Write(0, bytes), "writing", slot.path));
  RETURN_IF_ERROR(Doing(slot.file->Sync(), "syncing", slot.path));
  generation_ = anchor.generation;
  next_ = 1 - next_;
  return absl::OkStatus();
}

}  // namespace crm::eventstore
