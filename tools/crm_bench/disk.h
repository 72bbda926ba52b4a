// What the disk allows: the time of one fdatasync after a small append, the least a durable commit
// can take.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace crm::bench {

// Median of `rounds`, in microseconds, on the file system of `folder`.
absl::StatusOr<int64_t> MeasureFdatasyncUs(const std::string& folder, int rounds);

}  // namespace crm::bench
