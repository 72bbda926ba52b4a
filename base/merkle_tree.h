// The Merkle tree of RFC 9162 (section 2.1): what its hashes are, which subtrees a proof names, and
// how a proof is checked. Leaves are hashes already (MerkleLeafHash), because whoever keeps
// millions of them keeps nothing else.
//
// Trees are not stored: a proof is a list of leaf ranges, and each range's hash is folded from its
// leaves, or from complete subtrees that somebody remembers, by MerkleHasher.
//
// Pure functions, thread-safe; a MerkleHasher is not.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/hash.h"

namespace crm {

// SHA-256(0x00 || entry) and SHA-256(0x01 || left || right).
Digest MerkleLeafHash(absl::string_view entry);
Digest MerkleNodeHash(const Digest& left, const Digest& right);

// Leaves begin <= i < end, counted from 0.
struct LeafRange {
  int64_t begin = 0;
  int64_t end = 0;

  friend bool operator==(const LeafRange&, const LeafRange&) = default;
};

// The subtrees whose hashes lead from leaf `leaf` to the root of a tree of `size` leaves, in the
// order of the proof (0 <= leaf < size). Each begins at a multiple of the next power of two not
// below its size.
std::vector<LeafRange> AuditPathRanges(int64_t leaf, int64_t size);

// The subtrees whose hashes prove that a tree of `second` leaves begins with one of `first`
// (1 <= first <= second), in the order of the proof; none when the two are equal.
std::vector<LeafRange> ConsistencyRanges(int64_t first, int64_t second);

// Folds leaves, from left to right, into the hash of their tree.
class MerkleHasher {
 public:
  void AddLeaf(const Digest& leaf_hash) { AddSubtree(0, leaf_hash); }
  // A complete subtree of 2^level leaves; what was added before must be a multiple of as many.
  void AddSubtree(int level, const Digest& root);
  // Of everything added; SHA-256 of nothing for an empty tree.
  Digest Root() const;

 private:
  struct Subtree {
    int level;
    Digest root;
  };
  std::vector<Subtree> subtrees_;  // complete ones, each smaller than the one before it
};

// The root to which an audit path leads; nullopt when it cannot be the path of this leaf in a tree
// of this size.
std::optional<Digest> RootOfAuditPath(const Digest& leaf_hash, int64_t leaf, int64_t size,
                                      absl::Span<const Digest> path);

// Whether the path proves that the tree of `second` leaves begins with that of `first`.
bool IsConsistent(int64_t first, const Digest& first_root, int64_t second,
                  const Digest& second_root, absl::Span<const Digest> path);

}  // namespace crm
