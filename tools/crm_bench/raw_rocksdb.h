// The limits of writing: RocksDB alone, without anything that knows what is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace crm::bench {

// Records of a size in synced batches of 128: records a second, written for `duration` into a new
// database under `folder`, which is removed.
absl::StatusOr<double> MeasureRawLog(const std::string& folder, size_t record_bytes,
                                     absl::Duration duration);

struct BareRows {
  int64_t rows = 0;
  double bytes = 0;    // of keys and values
  double seconds = 0;  // to write them, the median of `rounds`
};
// The rows that the database in `views` holds - a server may have it open - read into memory and
// written as they are `rounds` times, in batches without syncs as views do it, into a new database
// under `folder`, which is removed.
absl::StatusOr<BareRows> MeasureBareRows(const std::string& views, const std::string& folder,
                                         int rounds);

}  // namespace crm::bench
