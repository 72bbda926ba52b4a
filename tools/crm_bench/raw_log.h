// The limit of bulk writing: RocksDB alone, records of the same size in synced batches of 128.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace crm::bench {

// Records a second, written for `duration` into a new database under `folder`, which is removed.
absl::StatusOr<double> MeasureRawLog(const std::string& folder, size_t record_bytes,
                                     absl::Duration duration);

}  // namespace crm::bench
