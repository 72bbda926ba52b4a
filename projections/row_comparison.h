// RowComparison: walks the rows of two generations of a view, in the order of their keys and a few
// at a time, and says where they differ. Memory is bounded by what it reports; both sides stay as
// they were when it began.
//
// Threading: belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "projections/stored_rows.h"

namespace crm::projections {

enum class RowDifferenceKind {
  kDiffering,  // both have the row, with other content
  kMissing,    // folded, and not in use
  kExtra,      // in use, and not folded
};

struct RowDifference {
  RowDifferenceKind kind = RowDifferenceKind::kDiffering;
  std::string row_key;  // as stored: begins with the table's number, may hold personal data
};

struct RowDifferences {
  int64_t rows = 0;  // folded
  int64_t differing = 0;
  int64_t missing = 0;
  int64_t extra = 0;
  std::vector<RowDifference> first;  // at most kMaxShown, in the order of keys
  // SHA-256 chained over the folded rows; zero when there are none.
  Digest digest{};

  static constexpr size_t kMaxShown = 10;
  int64_t total() const { return differing + missing + extra; }
};

class RowComparison {
 public:
  // Compares what `folded` holds, which the log gives, with what is `in_use`; without that the rows
  // are only read back. The view store behind `store` must outlive it.
  RowComparison(std::unique_ptr<const FrozenStore> store, const Generation& folded,
                const std::optional<Generation>& in_use);

  // Walks `rows` rows further; returns whether that was the end. DATA_LOSS or UNAVAILABLE: the
  // store's, as for a file that is damaged.
  absl::StatusOr<bool> Advance(int64_t rows);

  const RowDifferences& found() const { return found_; }

 private:
  void Note(RowDifferenceKind kind, absl::string_view row_key);
  // Takes one row, or one of each when both have it.
  void CompareNext();
  void AddToDigest();

  const std::unique_ptr<const FrozenStore> store_;
  const std::unique_ptr<RowCursor> folded_;
  const std::unique_ptr<RowCursor> in_use_;  // null: only read back
  std::string digested_;                     // its memory is used again for each row
  RowDifferences found_;
};

}  // namespace crm::projections
