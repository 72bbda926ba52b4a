// What is measured, one function a line of the table in docs/performance.md: each against its limit
// in the same run, the two taking turns, medians of `rounds`.
//
// Figures and ratios go to the report; errors are those of a server that does not answer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/crm_bench/office.h"
#include "tools/crm_bench/report.h"

namespace crm::bench {

struct Bench {
  Office& office;
  Client& crmd;
  Client& echo;
  Report& report;
  std::string folder;  // on the disk that is measured
  int rounds = 3;
  absl::Duration slice = absl::Milliseconds(800);  // of each round of each side
};

// commands_vs_echo, hot_stream_vs_many.
absl::Status MeasureCommands(const Bench& bench);
// one_caller_over_echo_in_fdatasyncs.
absl::Status MeasureOneCaller(const Bench& bench);
// board_vs_echo, dashboard_vs_echo.
absl::Status MeasureReports(const Bench& bench);
// bulk_events_per_s, bulk_vs_raw; fills the history the following ones read.
absl::Status MeasureBulk(const Bench& bench, int64_t events);
// replay_events_per_s, replay_vs_echo.
absl::Status MeasureReplay(const Bench& bench);
// rebuild_events_per_s.
absl::Status MeasureRebuild(const Bench& bench);
// asof_cold_s_per_million, asof_warm_ms.
absl::Status MeasureAsOf(const Bench& bench);
// lag_p99_ms.
absl::Status MeasureLag(const Bench& bench);

}  // namespace crm::bench
