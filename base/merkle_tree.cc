#include "base/merkle_tree.h"

#include <algorithm>
#include <array>

namespace crm {
namespace {

// The largest power of two below `size` (size >= 2): where a tree divides.
int64_t SplitOf(int64_t size) {
  int64_t split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

bool IsOdd(int64_t number) { return (number & 1) != 0; }

void AddAuditPath(int64_t leaf, LeafRange tree, std::vector<LeafRange>& path) {
  const int64_t size = tree.end - tree.begin;
  if (size == 1) return;
  const int64_t middle = tree.begin + SplitOf(size);
  if (leaf < middle) {
    AddAuditPath(leaf, {tree.begin, middle}, path);
    path.push_back({middle, tree.end});
  } else {
    AddAuditPath(leaf, {middle, tree.end}, path);
    path.push_back({tree.begin, middle});
  }
}

// SUBPROOF of the RFC; `known` while the earlier tree's root is a node on the way.
void AddConsistency(int64_t first, LeafRange tree, bool known, std::vector<LeafRange>& path) {
  if (first == tree.end) {
    if (!known) path.push_back(tree);
    return;
  }
  const int64_t middle = tree.begin + SplitOf(tree.end - tree.begin);
  if (first <= middle) {
    AddConsistency(first, {tree.begin, middle}, known, path);
    path.push_back({middle, tree.end});
  } else {
    AddConsistency(first, {middle, tree.end}, false, path);
    path.push_back({tree.begin, middle});
  }
}

}  // namespace

Digest MerkleLeafHash(absl::string_view entry) { return Sha256(absl::string_view("\0", 1), entry); }

Digest MerkleNodeHash(const Digest& left, const Digest& right) {
  std::array<char, 1 + sizeof(Digest)> prefixed;
  prefixed[0] = 1;
  std::copy(left.begin(), left.end(), prefixed.begin() + 1);
  return Sha256({prefixed.data(), prefixed.size()}, AsView(right));
}

std::vector<LeafRange> AuditPathRanges(int64_t leaf, int64_t size) {
  std::vector<LeafRange> path;
  AddAuditPath(leaf, {0, size}, path);
  return path;
}

std::vector<LeafRange> ConsistencyRanges(int64_t first, int64_t second) {
  std::vector<LeafRange> path;
  AddConsistency(first, {0, second}, true, path);
  return path;
}

void MerkleHasher::AddSubtree(int level, const Digest& root) {
  Subtree added{level, root};
  while (!subtrees_.empty() && subtrees_.back().level == added.level) {
    added = {added.level + 1, MerkleNodeHash(subtrees_.back().root, added.root)};
    subtrees_.pop_back();
  }
  subtrees_.push_back(added);
}

Digest MerkleHasher::Root() const {
  if (subtrees_.empty()) return Sha256("");
  Digest root = subtrees_.back().root;
  for (auto it = subtrees_.rbegin() + 1; it != subtrees_.rend(); ++it)
    root = MerkleNodeHash(it->root, root);
  return root;
}

std::optional<Digest> RootOfAuditPath(const Digest& leaf_hash, int64_t leaf, int64_t size,
                                      absl::Span<const Digest> path) {
  if (leaf < 0 || leaf >= size) return std::nullopt;
  int64_t node = leaf;
  int64_t last = size - 1;  // the rightmost node of the same height
  Digest root = leaf_hash;
  for (const Digest& sibling : path) {
    if (last == 0) return std::nullopt;
    if (IsOdd(node) || node == last) {
      root = MerkleNodeHash(sibling, root);
      while (!IsOdd(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      root = MerkleNodeHash(root, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return root;
}

bool IsConsistent(int64_t first, const Digest& first_root, int64_t second,
                  const Digest& second_root, absl::Span<const Digest> path) {
  if (first < 1 || first > second) return false;
  if (first == second) return path.empty() && first_root == second_root;
  int64_t node = first - 1;
  int64_t last = second - 1;
  while (IsOdd(node)) {
    node >>= 1;
    last >>= 1;
  }
  // A complete earlier tree is a node of the later one, and is not repeated in the path.
  const bool complete = node == 0;
  if (!complete && path.empty()) return false;
  Digest first_hash = complete ? first_root : path.front();
  Digest second_hash = first_hash;
  for (const Digest& sibling : complete ? path : path.subspan(1)) {
    if (last == 0) return false;
    if (IsOdd(node) || node == last) {
      first_hash = MerkleNodeHash(sibling, first_hash);
      second_hash = MerkleNodeHash(sibling, second_hash);
      while (!IsOdd(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      second_hash = MerkleNodeHash(second_hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && first_hash == first_root && second_hash == second_root;
}

}  // namespace crm
