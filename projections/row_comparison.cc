#include "projections/row_comparison.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "projections/key_codec.h"

namespace crm::projections {

RowComparison::RowComparison(std::unique_ptr<const FrozenStore> store, const Generation& folded,
                             const std::optional<Generation>& in_use)
    : store_(std::move(store)),
      folded_(store_->Rows(folded).NewCursor({})),
      in_use_(in_use.has_value() ? store_->Rows(*in_use).NewCursor({}) : nullptr) {}

absl::StatusOr<bool> RowComparison::Advance(int64_t rows) {
  const auto more = [this] { return folded_->Valid() || (in_use_ != nullptr && in_use_->Valid()); };
  for (; rows > 0 && more(); --rows) CompareNext();
  // An iterator that failed looks like one at its end.
  RETURN_IF_ERROR(folded_->status());
  if (in_use_ != nullptr) RETURN_IF_ERROR(in_use_->status());
  return !more();
}

void RowComparison::CompareNext() {
  if (in_use_ == nullptr) {
    AddToDigest();
    return folded_->Next();
  }
  int order = folded_->Valid() ? -1 : 1;
  if (folded_->Valid() && in_use_->Valid()) order = folded_->key().compare(in_use_->key());
  if (order < 0) Note(RowDifferenceKind::kMissing, folded_->key());
  if (order > 0) Note(RowDifferenceKind::kExtra, in_use_->key());
  if (order == 0 && folded_->encoded_row() != in_use_->encoded_row()) {
    Note(RowDifferenceKind::kDiffering, folded_->key());
  }
  if (order <= 0) {
    AddToDigest();
    folded_->Next();
  }
  if (order >= 0) in_use_->Next();
}

void RowComparison::AddToDigest() {
  ++found_.rows;
  digested_.clear();
  KeyField<uint32_t>::Append(digested_, static_cast<uint32_t>(folded_->key().size()));
  absl::StrAppend(&digested_, folded_->key(), folded_->encoded_row());
  found_.digest = Sha256(AsView(found_.digest), digested_);
}

void RowComparison::Note(RowDifferenceKind kind, absl::string_view row_key) {
  int64_t& count = kind == RowDifferenceKind::kMissing ? found_.missing
                   : kind == RowDifferenceKind::kExtra ? found_.extra
                                                       : found_.differing;
  ++count;
  if (found_.first.size() < RowDifferences::kMaxShown) {
    found_.first.push_back({kind, std::string(row_key)});
  }
}

}  // namespace crm::projections
