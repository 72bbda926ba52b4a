#include "services/bulk.h"

namespace crm::services {

absl::Status CheckSelection(bool has_names, bool has_filter, bool has_action) {
  if (!has_action) {
    return WithReason(absl::StatusCode::kInvalidArgument, "ACTION_REQUIRED", "say what to do");
  }
  if (has_names == has_filter) {
    return WithReason(absl::StatusCode::kInvalidArgument, "SELECTION_AMBIGUOUS",
                      "give either names or a filter");
  }
  return absl::OkStatus();
}

absl::Status BulkTooLarge() {
  return WithReason(absl::StatusCode::kInvalidArgument, "BULK_TOO_LARGE",
                    absl::StrCat("more than ", kMaxBulkItems, " records match"),
                    {{"maximum", absl::StrCat(kMaxBulkItems)}});
}

absl::Status BulkEmpty() {
  return WithReason(absl::StatusCode::kInvalidArgument, "SELECTION_EMPTY", "no record matches");
}

}  // namespace crm::services
