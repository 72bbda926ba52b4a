// AnchorFiles: the two files that hold the anchor, written in turn and in place, so that a writing
// that is cut short leaves the other one. Each is padded to 4096 bytes, so its size seldom changes
// and fdatasync has nothing but the bytes to write.
//
//   anchor/0, anchor/1   EncodeAnchor's bytes, then zeros
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventstore/anchor.h"

namespace rocksdb {
class Env;
}

namespace crm::eventstore {

class AnchorFiles {
 public:
  struct Found {
    std::optional<Anchor> anchor;  // the later one of those that can be read
    size_t slot = 0;               // where it lies
    int damaged = 0;               // files that are there and cannot be read
    int missing = 0;
  };

  // What lies in the folder. UNAVAILABLE STORAGE_FAILED when the disk refuses to say.
  static absl::StatusOr<Found> Read(const std::string& folder, ::rocksdb::Env& env);

  // Opens both files for writing, making them when they are missing. Only Write changes what they
  // hold.
  static absl::StatusOr<std::unique_ptr<AnchorFiles>> Open(const std::string& folder,
                                                           ::rocksdb::Env& env);
  ~AnchorFiles();

  // Writes into the file that was written longer ago (the damaged one first) under the next
  // generation, which `anchor` gets; durable when it returns.
  absl::Status Write(Anchor& anchor);

 private:
  struct Slot;
  AnchorFiles();

  std::unique_ptr<Slot> slots_[2];
  uint64_t generation_ = 0;
  size_t next_ = 0;  // slot to write
};

}  // namespace crm::eventstore
