// Growth: what a directory and a process weigh, and how figures of a long log compare with those of
// a short one.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/crm_bench/office.h"
#include "tools/crm_bench/report.h"

namespace crm::bench {

// rss_mb of the server as it is, bytes_per_event of everything in the directory but the views,
// which can be made again; then open_s, the median of `rounds` starts after the server was killed.
absl::Status MeasureWeight(Office& office, int rounds, Report& report);

// growth_min_ratio: the worst of all figures of the table, each `large` over `small`, or the other
// way round for times, so that 1 means unchanged. Every one as growth_{name}. The log is `growth`
// times as long; a question about the past may take as much longer.
void CompareGrowth(const Report& small, const Report& large, double growth, Report& report);

}  // namespace crm::bench
