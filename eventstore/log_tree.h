// LogTree: the Merkle tree (base/merkle_tree.h) over the chain hashes of each organization's log;
// leaf i is the hash of position i + 1. Nothing of it is stored: hashes are folded from the records
// when somebody asks, and the chain is recomputed on the way, so no hash of a damaged log is ever
// handed out. Roots of complete subtrees of 4,096 leaves are kept in memory (8 bytes for 1,000
// events), so only the first question reads the whole log (measured in docs/adr/0019).
//
// Thread-safe. The first question of an organization makes others of the same one wait.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/merkle_tree.h"
#include "base/mutex.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

class LogTree {
 public:
  // `storage` must outlive the tree.
  explicit LogTree(const LogStorage& storage) : storage_(storage) {}

  // The hash of each range, which all lie within the organization's log and begin as
  // AuditPathRanges and ConsistencyRanges make them. DATA_LOSS CHAIN_BROKEN when the log is
  // damaged.
  absl::StatusOr<std::vector<Digest>> HashRanges(const OrganizationRow& row,
                                                 const std::vector<LeafRange>& ranges);

 private:
  struct Subtrees {
    Mutex mutex;
    std::vector<Digest> roots ABSL_GUARDED_BY(mutex);  // of leaves 0 to 4,095, and so on
  };

  Subtrees& SubtreesOf(OrganizationOrdinal organization);
  // The roots of the first `count` subtrees at least.
  absl::StatusOr<std::vector<Digest>> RootsOf(const OrganizationRow& row, size_t count);
  absl::StatusOr<Digest> HashRange(const OrganizationRow& row, const std::vector<Digest>& roots,
                                   LeafRange range) const;

  const LogStorage& storage_;
  Mutex mutex_;
  absl::flat_hash_map<OrganizationOrdinal, std::unique_ptr<Subtrees>> subtrees_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
