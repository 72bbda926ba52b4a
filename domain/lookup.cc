#include "domain/lookup.h"

#include "absl/strings/str_cat.h"
#include "base/reason.h"

namespace crm::domain {

absl::Status ReferenceNotFound(const std::string& name) {
  return WithReason(absl::StatusCode::kNotFound, "REFERENCE_NOT_FOUND",
                    absl::StrCat(name, " does not exist"), {{"resource", name}});
}

}  // namespace crm::domain
