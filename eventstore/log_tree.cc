#include "eventstore/log_tree.h"

#include <algorithm>

#include "base/status_macros.h"
#include "eventstore/chain_walk.h"

namespace crm::eventstore {
namespace {

constexpr int kSubtreeLevel = 12;
constexpr int64_t kSubtreeLeaves = int64_t{1} << kSubtreeLevel;

}  // namespace

absl::StatusOr<std::vector<Digest>> LogTree::HashRanges(const OrganizationRow& row,
                                                        const std::vector<LeafRange>& ranges) {
  int64_t end = 0;
  for (const LeafRange& range : ranges) end = std::max(end, range.end);
  ASSIGN_OR_RETURN(const std::vector<Digest> roots,
                   RootsOf(row, static_cast<size_t>(end / kSubtreeLeaves)));
  std::vector<Digest> hashes;
  for (const LeafRange& range : ranges) {
    ASSIGN_OR_RETURN(hashes.emplace_back(), HashRange(row, roots, range));
  }
  return hashes;
}

LogTree::Subtrees& LogTree::SubtreesOf(OrganizationOrdinal organization) {
  MutexLock lock(mutex_);
  std::unique_ptr<Subtrees>& subtrees = subtrees_[organization];
  if (subtrees == nullptr) subtrees = std::make_unique<Subtrees>();
  return *subtrees;
}

absl::StatusOr<std::vector<Digest>> LogTree::RootsOf(const OrganizationRow& row, size_t count) {
  Subtrees& subtrees = SubtreesOf(row.ordinal);
  MutexLock lock(subtrees.mutex);
  while (subtrees.roots.size() < count) {
    const auto begin = static_cast<int64_t>(subtrees.roots.size()) * kSubtreeLeaves;
    MerkleHasher hasher;
    RETURN_IF_ERROR(WalkChain(storage_, row, begin + 1, begin + kSubtreeLeaves,
                              [&](Position, const Digest& hash, absl::string_view) {
                                hasher.AddLeaf(MerkleLeafHash(AsView(hash)));
                                return absl::OkStatus();
                              }));
    subtrees.roots.push_back(hasher.Root());
  }
  return subtrees.roots;
}

absl::StatusOr<Digest> LogTree::HashRange(const OrganizationRow& row,
                                          const std::vector<Digest>& roots, LeafRange range) const {
  MerkleHasher hasher;
  int64_t leaf = range.begin;
  while (leaf < range.end) {
    const int64_t subtree = leaf / kSubtreeLeaves;
    const int64_t end = std::min(range.end, (subtree + 1) * kSubtreeLeaves);
    if (end - leaf == kSubtreeLeaves) {
      hasher.AddSubtree(kSubtreeLevel, roots[static_cast<size_t>(subtree)]);
    } else {
      RETURN_IF_ERROR(WalkChain(storage_, row, leaf + 1, end,
                                [&](Position, const Digest& hash, absl::string_view) {
                                  hasher.AddLeaf(MerkleLeafHash(AsView(hash)));
                                  return absl::OkStatus();
                                }));
    }
    leaf = end;
  }
  return hasher.Root();
}

}  // namespace crm::eventstore
