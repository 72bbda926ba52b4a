// Calls one by one: commands and reports against the echo server.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/crm_bench/calls.h"
#include "tools/crm_bench/disk.h"
#include "tools/crm_bench/measures.h"

namespace crm::bench {
namespace {

// A slice in which no call may fail.
absl::StatusOr<LoadResult> Slice(const Bench& bench, int in_flight, const StartCall& start) {
  LoadResult result = RunClosedLoop({.in_flight = in_flight, .duration = bench.slice}, start);
  if (result.failures == 0 && result.calls > 0) return result;
  return absl::InternalError(absl::StrCat(result.failures, " calls failed"));
}

// The same with commands: each must have left an event, or what was measured is something else.
absl::StatusOr<LoadResult> CommandSlice(const Bench& bench, int in_flight, const StartCall& start) {
  ASSIGN_OR_RETURN(const int64_t before, HeadPosition(bench.crmd));
  ASSIGN_OR_RETURN(LoadResult result, Slice(bench, in_flight, start));
  ASSIGN_OR_RETURN(const int64_t after, HeadPosition(bench.crmd));
  // On one stream, some overtake each other and find that they change nothing.
  if (after - before >= result.answered * 95 / 100) return result;
  return absl::InternalError(
      absl::StrCat(result.answered, " commands left ", after - before, " events"));
}

absl::Status MeasureReport(const Bench& bench, const std::string& name, const StartCall& echo,
                           const StartCall& crmd) {
  std::vector<double> limits, rates, ratios;
  std::vector<LoadResult> slices;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const LoadResult limit, Slice(bench, kManyInFlight, echo));
    ASSIGN_OR_RETURN(slices.emplace_back(), Slice(bench, kManyInFlight, crmd));
    limits.push_back(limit.PerSecond());
    rates.push_back(slices.back().PerSecond());
    ratios.push_back(rates.back() / limits.back());
  }
  bench.report.Measured(absl::StrCat("echo_", name, "_calls_per_s"), Median(limits));
  bench.report.Measured(absl::StrCat(name, "_calls_per_s"), Median(rates));
  bench.report.Latencies(name, slices);
  bench.report.Ratio(absl::StrCat(name, "_vs_echo"), Median(ratios));
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureCommands(const Bench& bench) {
  std::vector<double> limits, synced_limits, rates, ratios, hot_rates, hot_ratios;
  std::vector<LoadResult> echo_slices, slices, hot_slices;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(echo_slices.emplace_back(),
                     Slice(bench, kManyInFlight, EchoMoves(bench.office, bench.echo)));
    ASSIGN_OR_RETURN(const LoadResult synced,
                     Slice(bench, kManyInFlight, EchoMoves(bench.office, bench.synced_echo)));
    ASSIGN_OR_RETURN(slices.emplace_back(),
                     CommandSlice(bench, kManyInFlight, Moves(bench.office, bench.crmd)));
    ASSIGN_OR_RETURN(hot_slices.emplace_back(),
                     CommandSlice(bench, kManyInFlight, HotMoves(bench.office, bench.crmd)));
    limits.push_back(echo_slices.back().PerSecond());
    synced_limits.push_back(synced.PerSecond());
    rates.push_back(slices.back().PerSecond());
    hot_rates.push_back(hot_slices.back().PerSecond());
    ratios.push_back(rates.back() / limits.back());
    hot_ratios.push_back(hot_rates.back() / rates.back());
  }
  bench.report.Measured("echo_calls_per_s", Median(limits));
  bench.report.Latencies("echo", echo_slices);
  bench.report.Measured("synced_echo_calls_per_s", Median(synced_limits));
  bench.report.Measured("commands_per_s", Median(rates));
  bench.report.Latencies("commands", slices);
  bench.report.Measured("hot_stream_commands_per_s", Median(hot_rates));
  bench.report.Latencies("hot_stream", hot_slices);
  bench.report.Ratio("commands_vs_echo", Median(ratios));
  bench.report.Ratio("hot_stream_vs_many", Median(hot_ratios));
  return absl::OkStatus();
}

absl::Status MeasureOneCaller(const Bench& bench) {
  std::vector<double> syncs, limits, synced_limits, times, over;
  for (int round = 0; round < bench.rounds; ++round) {
    ASSIGN_OR_RETURN(const int64_t sync_us, MeasureFdatasyncUs(bench.folder, 300));
    ASSIGN_OR_RETURN(const LoadResult echo, Slice(bench, 1, EchoMoves(bench.office, bench.echo)));
    ASSIGN_OR_RETURN(const LoadResult synced,
                     Slice(bench, 1, EchoMoves(bench.office, bench.synced_echo)));
    ASSIGN_OR_RETURN(const LoadResult crmd,
                     CommandSlice(bench, 1, Moves(bench.office, bench.crmd)));
    syncs.push_back(static_cast<double>(std::max<int64_t>(sync_us, 1)));
    limits.push_back(static_cast<double>(Percentile(echo.latencies_us, 50)));
    synced_limits.push_back(static_cast<double>(Percentile(synced.latencies_us, 50)));
    times.push_back(static_cast<double>(Percentile(crmd.latencies_us, 50)));
    over.push_back((times.back() - limits.back()) / syncs.back());
  }
  bench.report.Measured("fdatasync_us", Median(syncs));
  bench.report.Measured("echo_one_caller_p50_us", Median(limits));
  bench.report.Measured("synced_echo_one_caller_p50_us", Median(synced_limits));
  bench.report.Measured("one_caller_p50_us", Median(times));
  bench.report.Ratio("one_caller_over_echo_in_fdatasyncs", Median(over));
  return absl::OkStatus();
}

absl::Status MeasureReports(const Bench& bench) {
  const Office& office = bench.office;
  RETURN_IF_ERROR(
      MeasureReport(bench, "board", Boards(office, bench.echo), Boards(office, bench.crmd)));
  return MeasureReport(bench, "dashboard", Dashboards(office, bench.echo),
                       Dashboards(office, bench.crmd));
}

}  // namespace crm::bench
