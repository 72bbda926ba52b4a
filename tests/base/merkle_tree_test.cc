// The tree against the RFC's own recursive definition, written down once more and naively: every
// leaf of every small size, random larger ones, and what a changed proof proves (nothing).
#include "base/merkle_tree.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace crm {
namespace {

using Leaves = std::vector<Digest>;

Leaves MakeLeaves(int64_t count) {
  Leaves leaves;
  for (int64_t i = 0; i < count; ++i) leaves.push_back(MerkleLeafHash(absl::StrCat("entry ", i)));
  return leaves;
}

// MTH of RFC 9162, section 2.1.1.
Digest NaiveRoot(const Leaves& leaves, size_t begin, size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves[begin];
  size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return MerkleNodeHash(NaiveRoot(leaves, begin, begin + split),
                        NaiveRoot(leaves, begin + split, end));
}

Leaves HashesOf(const Leaves& leaves, const std::vector<LeafRange>& ranges) {
  Leaves hashes;
  for (const LeafRange& range : ranges) {
    hashes.push_back(
        NaiveRoot(leaves, static_cast<size_t>(range.begin), static_cast<size_t>(range.end)));
  }
  return hashes;
}

// The trees of the first Certificate Transparency implementations' tests, which everybody's agree
// with: entries "", 00, 10, 2021, 3031, 40414243, 5051525354555657, 606162...6f.
TEST(MerkleTreeTest, AgreesWithTheKnownTree) {
  MerkleHasher hasher;
  EXPECT_EQ(absl::BytesToHexString(AsView(hasher.Root())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  std::string last;
  for (int i = 0; i < 16; ++i) last.push_back(static_cast<char>(0x60 + i));
  const std::vector<std::string> entries = {"",     std::string(1, '\0'), "\x10", "\x20\x21", "01",
                                            "@ABC", "PQRSTUVW",           last};
  for (const std::string& entry : entries) hasher.AddLeaf(MerkleLeafHash(entry));
  EXPECT_EQ(absl::BytesToHexString(AsView(hasher.Root())),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTreeTest, FoldsToTheDefinition) {
  const Leaves leaves = MakeLeaves(70);
  MerkleHasher hasher;
  for (size_t size = 0; size <= leaves.size(); ++size) {
    EXPECT_EQ(hasher.Root(), NaiveRoot(leaves, 0, size)) << size;
    if (size < leaves.size()) hasher.AddLeaf(leaves[size]);
  }
}

TEST(MerkleTreeTest, RememberedSubtreesStandForTheirLeaves) {
  const Leaves leaves = MakeLeaves(37);
  MerkleHasher hasher;
  hasher.AddSubtree(4, NaiveRoot(leaves, 0, 16));
  hasher.AddSubtree(4, NaiveRoot(leaves, 16, 32));
  for (size_t i = 32; i < leaves.size(); ++i) hasher.AddLeaf(leaves[i]);
  EXPECT_EQ(hasher.Root(), NaiveRoot(leaves, 0, leaves.size()));
}

// Seen to fail with sides swapped in RootOfAuditPath, and without its check of `last`.
TEST(MerkleTreeTest, EveryLeafLeadsToTheRootAndNoOtherDoes) {
  const Leaves leaves = MakeLeaves(33);
  for (int64_t size = 1; size <= 33; ++size) {
    const Digest root = NaiveRoot(leaves, 0, static_cast<size_t>(size));
    for (int64_t leaf = 0; leaf < size; ++leaf) {
      Leaves path = HashesOf(leaves, AuditPathRanges(leaf, size));
      const Digest& hash = leaves[static_cast<size_t>(leaf)];
      ASSERT_EQ(RootOfAuditPath(hash, leaf, size, path), root) << leaf << " of " << size;
      for (int64_t other = 0; other < size; ++other) {
        if (other == leaf) continue;
        EXPECT_NE(RootOfAuditPath(hash, other, size, path), root);
      }
      EXPECT_NE(RootOfAuditPath(leaves[static_cast<size_t>((leaf + 1) % 33)], leaf, size, path),
                root);
      if (!path.empty()) {
        Leaves shorter(path.begin(), path.end() - 1);
        EXPECT_EQ(RootOfAuditPath(hash, leaf, size, shorter), std::nullopt);
      }
      path.push_back(root);
      EXPECT_EQ(RootOfAuditPath(hash, leaf, size, path), std::nullopt);
    }
  }
}

// Seen to fail when IsConsistent took every earlier tree for a complete one.
TEST(MerkleTreeTest, ALogContinuesItsBeginnings) {
  const Leaves leaves = MakeLeaves(33);
  for (int64_t second = 1; second <= 33; ++second) {
    const Digest second_root = NaiveRoot(leaves, 0, static_cast<size_t>(second));
    for (int64_t first = 1; first <= second; ++first) {
      const Digest first_root = NaiveRoot(leaves, 0, static_cast<size_t>(first));
      Leaves path = HashesOf(leaves, ConsistencyRanges(first, second));
      ASSERT_TRUE(IsConsistent(first, first_root, second, second_root, path))
          << first << " in " << second;
      EXPECT_FALSE(IsConsistent(first, Sha256("other"), second, second_root, path));
      EXPECT_FALSE(IsConsistent(first, first_root, second, Sha256("other"), path));
      for (Digest& node : path) {
        node[7] ^= 1;
        EXPECT_FALSE(IsConsistent(first, first_root, second, second_root, path));
        node[7] ^= 1;
      }
      path.push_back(first_root);
      EXPECT_FALSE(IsConsistent(first, first_root, second, second_root, path));
    }
  }
  EXPECT_FALSE(IsConsistent(0, Sha256(""), 1, leaves[0], {}));
  EXPECT_FALSE(IsConsistent(2, leaves[0], 1, leaves[0], {}));
}

TEST(MerkleTreeTest, RangesBeginWhereRememberedSubtreesFit) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2000; ++i) {
    const auto size = static_cast<int64_t>(random() % 1'000'000'000) + 1;
    const auto leaf = static_cast<int64_t>(random() % static_cast<uint64_t>(size));
    int64_t covered = 1;
    std::vector<LeafRange> ranges = AuditPathRanges(leaf, size);
    for (const LeafRange& range : ranges) covered += range.end - range.begin;
    EXPECT_EQ(covered, size) << "an audit path is everything but its leaf";
    const std::vector<LeafRange> more = ConsistencyRanges(leaf + 1, size);
    ranges.insert(ranges.end(), more.begin(), more.end());
    for (const LeafRange& range : ranges) {
      int64_t power = 1;
      while (power < range.end - range.begin) power *= 2;
      EXPECT_EQ(range.begin % power, 0) << range.begin << " to " << range.end;
    }
  }
}

}  // namespace
}  // namespace crm
