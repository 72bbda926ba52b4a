// RecordCache: decoded records of those parts of the logs that several readers walk through at
// about the same time, as all views do: each record is read and decoded once for all of them.
//
// Records lie in blocks of adjacent positions. The block at the end of a log is filled further as
// records become durable; what is in a block never changes. Blocks used longest ago are forgotten.
//
// Thread-safe. Blocks handed out stay good while they are held.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "base/stream.h"
#include "crm/log/v1/log.pb.h"
#include "eventstore/log_storage.h"
#include "eventstore/lru_cache.h"

namespace crm::eventstore {

class RecordCache {
 public:
  struct Record {
    log::v1::RecordedEvent event;
    int64_t bytes = 0;  // as stored
  };
  // Adjacent records, and what keeps them alive.
  struct Run {
    std::shared_ptr<const void> owner;
    absl::Span<const Record> records;
  };
  // Reads and decodes the durable records from <= position <= to, in order and without a hole.
  using Fetch = absl::FunctionRef<absl::Status(Position from, Position to,
                                               absl::FunctionRef<void(Record)> take)>;

  explicit RecordCache(size_t max_blocks) : blocks_(max_blocks) {}

  // The records from `from` to the end of their block, but not beyond `last`; at least one, as
  // from <= last. Fetches what nobody has read yet; others that want it meanwhile wait for it.
  absl::StatusOr<Run> Read(OrganizationOrdinal organization, Position from, Position last,
                           Fetch fetch);

 private:
  static constexpr Position kBlockRecords = 256;
  struct Block {
    Mutex mutex;
    Position filled ABSL_GUARDED_BY(mutex) = 0;  // that many are there and do not change any more
    std::array<Record, kBlockRecords> records;
  };
  using Key = std::pair<OrganizationOrdinal, Position>;  // and the block's number

  std::shared_ptr<Block> FindOrMake(const Key& key);

  Mutex mutex_;
  LruCache<Key, std::shared_ptr<Block>> blocks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
