#include "domain/reconciliation/comparisons.h"

#include <algorithm>

namespace crm::domain {

void Comparisons::Compare(absl::string_view check, const StreamId& subject, absl::string_view what,
                          int64_t expected, int64_t found) {
  auto place = std::find_if(checks_.begin(), checks_.end(),
                            [&](const CheckedInvariant& known) { return known.check == check; });
  if (place == checks_.end()) place = checks_.insert(checks_.end(), {std::string(check), 0, 0});
  ++place->compared;
  if (expected == found) return;
  ++place->differing;
  if (differences_.size() == kMaxDifferences) return;
  differences_.push_back({std::string(check), subject, std::string(what), expected, found});
}

}  // namespace crm::domain
