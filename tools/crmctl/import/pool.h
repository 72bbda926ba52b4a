// Many rows at a time: one reader, `jobs` workers, a short queue between them, so that a file of
// any size is imported in little memory. Blocks; call it from one thread.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/import/row_runner.h"

namespace crm::ctl {

// Runs every remaining row of `reader` and returns when all are done. Stops early, with the first
// reason, when a row says that going on is pointless or `interrupted` does. `tick` is called now
// and then by the calling thread.
absl::Status RunRows(CsvReader& reader, RowRunner& runner, int jobs,
                     const std::function<bool()>& interrupted, const std::function<void()>& tick);

}  // namespace crm::ctl
