// Rules about text that several aggregates share. Pure and thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "domain/rejection.h"

namespace crm::domain {

// What people see must have a name: INVALID_ARGUMENT DISPLAY_NAME_REQUIRED when it is blank.
inline absl::Status RequireDisplayName(absl::string_view display_name) {
  if (!absl::StripAsciiWhitespace(display_name).empty()) return absl::OkStatus();
  return Invalid("DISPLAY_NAME_REQUIRED", "display_name must not be blank",
                 {{"field", "display_name"}});
}

}  // namespace crm::domain
