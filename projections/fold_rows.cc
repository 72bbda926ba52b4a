#include "projections/fold_rows.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace crm::projections {

FoldRows::FoldRows(ViewStore& store, absl::string_view view, const Uuid& organization,
                   int64_t max_bytes)
    : store_(store),
      // No view has a name like this, see ProjectionSet::Start.
      view_(absl::StrCat("fold of ", view)),
      organization_(organization),
      max_bytes_(max_bytes) {
  rows_.emplace();
}

FoldRows::~FoldRows() {
  if (!stored()) return;
  const absl::Status dropped = store_.Drop(generation_);
  if (dropped.ok()) return;
  log::Warning("rows of a past state stay in the view store until the next start",
               {{"problem", dropped.message()}});
}

absl::Status FoldRows::Bound() {
  rows_->CountChanges();
  if (rows_->memory_bytes() <= max_bytes_) return absl::OkStatus();
  loose_ = true;
  return Store();
}

absl::Status FoldRows::Settle() {
  if (!stored()) {
    rows_->Settle();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Store());
  if (loose_) RETURN_IF_ERROR(store_.Compact(generation_));
  loose_ = false;
  return absl::OkStatus();
}

absl::Status FoldRows::Store() {
  if (!stored()) {
    // A fold that never serves has no checkpoint and no version: nobody takes it up again.
    ASSIGN_OR_RETURN(generation_, store_.CreateGeneration(view_, 0, organization_));
    stored_.emplace(store_.Rows(generation_));
    rows_->Settle();  // what came and went meanwhile never goes there
    rows_->ChangeAll();
  }
  if (rows_->has_changes()) RETURN_IF_ERROR(store_.Commit(generation_, *rows_));
  rows_.emplace(&*stored_);
  return absl::OkStatus();
}

}  // namespace crm::projections
