// FoldRows: the rows of a fold that never serves, as a past state of a view. They live decoded in
// memory while they are few. Beyond a bound they go to the view store, and whoever reads them
// notices nothing; they leave it, and its files, when this ends. What a crash leaves there is
// dropped at the next start, being of a view that nobody has.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/uuid.h"
#include "projections/stored_rows.h"
#include "projections/view_store.h"
#include "projections/view_transaction.h"

namespace crm::projections {

class FoldRows {
 public:
  // `store` must outlive it.
  FoldRows(ViewStore& store, absl::string_view view, const Uuid& organization, int64_t max_bytes);
  ~FoldRows();
  FoldRows(const FoldRows&) = delete;
  FoldRows& operator=(const FoldRows&) = delete;

  // What Apply works on and queries read; another one after each Bound and Settle.
  ViewTransaction& rows() { return *rows_; }

  // To be called between events, often enough: holds the bound. Errors are the store's, after which
  // the rows are of no use.
  absl::Status Bound();
  // To be called after the last event, for now.
  absl::Status Settle();

  int64_t memory_bytes() const { return rows_->memory_bytes(); }
  bool stored() const { return stored_.has_value(); }

 private:
  // Moves all rows to the store.
  absl::Status Store();

  ViewStore& store_;
  const std::string view_;
  const Uuid organization_;
  const int64_t max_bytes_;
  Generation generation_;  // meaningful once stored
  std::optional<StoredRows> stored_;
  bool loose_ = false;                   // much was stored since the rows were compacted
  std::optional<ViewTransaction> rows_;  // over stored_, if anything is
};

}  // namespace crm::projections
