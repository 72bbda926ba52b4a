// Places at which a test may end the process as kill -9 would, to see what the next start makes of
// it (docs/adr/0024-crash-points.md).
//
//   CrashPoint("view_commit_before");
//
//   CRM_CRASH_AT=view_commit_before:3 crmd ...    ends the third time it comes by
//
// Nothing at all unless the build wants them: CMake gives CRM_CRASH_POINTS, 0 or 1, to the layers
// that have some. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm {

inline constexpr bool kHasCrashPoints = CRM_CRASH_POINTS != 0;

// Arms one point, as `name` or `name:count` says. INVALID_ARGUMENT when it says something else, and
// FAILED_PRECONDITION when this build has no crash points. Before any thread may come by one.
absl::Status ArmCrashPoint(absl::string_view setting);

// Ends the process when the point is armed and due.
void ReachCrashPoint(absl::string_view name);

inline void CrashPoint(absl::string_view name) {
  if constexpr (kHasCrashPoints) ReachCrashPoint(name);
}

}  // namespace crm
