// What is measured, one function a line of the table in docs/performance.md: each against its limit
// in the same run, the two taking turns, medians of `rounds`.
//
// Figures and ratios go to the report; errors are those of a server that does not answer, refuses,
// or loses what it acknowledged.
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
  Client& synced_echo;  // answers moves only after a sync
  Report& report;
  std::string folder;  // on the disk that is measured
  int rounds = 3;
  absl::Duration slice = absl::Milliseconds(500);  // of each round of each side
};

// commands_vs_echo, hot_stream_vs_many.
absl::Status MeasureCommands(const Bench& bench);
// one_caller_over_echo_in_fdatasyncs.
absl::Status MeasureOneCaller(const Bench& bench);
// board_vs_echo, dashboard_vs_echo.
absl::Status MeasureReports(const Bench& bench);
// bulk_events_per_s, bulk_vs_raw: `events` events. With `as_history` they took effect over years,
// else now.
absl::Status MeasureBulk(const Bench& bench, int64_t events, bool as_history);
// replay_events_per_s, replay_vs_echo: from position 1, at most a million events.
absl::Status MeasureReplay(const Bench& bench);
// rebuild_events_per_s; rebuild_vs_bare when the log has no more than two million
// events.
absl::Status MeasureRebuild(const Bench& bench);
// asof_cold_s_per_million, asof_warm_ms.
absl::Status MeasureAsOf(const Bench& bench);
// lag_p99_ms; how lag recovers from three times that load, at which nothing may be lost.
absl::Status MeasureLag(const Bench& bench);
// Percentiles of each kind of call when all kinds come at a time: closed loops, then open ones.
absl::Status MeasureMixed(const Bench& bench);

}  // namespace crm::bench
