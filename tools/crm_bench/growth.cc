#include "tools/crm_bench/growth.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::bench {
namespace {

namespace fs = std::filesystem;

// A line of /proc/PID/status that is given in kB.
double ProcessMb(pid_t pid, const std::string& key) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string word; status >> word;) {
    if (word != key) continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1024;
  }
  return 0;
}

struct Weights {
  double log_tables = 0;
  double log_writes = 0;  // write-ahead logs, those kept in the archive included
  double views = 0;
  double others = 0;  // keys, anchor, consumer groups, manifests
};

Weights Weigh(const std::string& data) {
  Weights weights;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data, error)) {
    if (!entry.is_regular_file(error)) continue;
    const auto bytes = static_cast<double>(entry.file_size(error));
    const std::string path = fs::relative(entry.path(), data).string();
    if (absl::StartsWith(path, "views/")) {
      weights.views += bytes;
    } else if (absl::StartsWith(path, "log/") && absl::EndsWith(path, ".sst")) {
      weights.log_tables += bytes;
    } else if (absl::StartsWith(path, "log/") && absl::EndsWith(path, ".log")) {
      weights.log_writes += bytes;
    } else {
      weights.others += bytes;
    }
  }
  return weights;
}

enum class Kind {
  kRate,
  kTime,        // less is better
  kLinearTime,  // may grow as the log does
};
struct Figure {
  const char* name;
  Kind kind;
};

// One a line of the table: against its limit in the same run where it has one, because the machine
// may be another half an hour later.
constexpr Figure kFigures[] = {
    {"commands_vs_echo", Kind::kRate},
    {"one_caller_over_echo_in_fdatasyncs", Kind::kTime},
    {"hot_stream_vs_many", Kind::kRate},
    {"bulk_vs_raw", Kind::kRate},
    {"replay_vs_echo", Kind::kRate},
    {"rebuild_events_per_s", Kind::kRate},
    {"asof_cold_s_per_million", Kind::kTime},
    {"asof_warm_ms", Kind::kLinearTime},
    {"board_vs_echo", Kind::kRate},
    {"dashboard_vs_echo", Kind::kRate},
    {"lag_p99_ms", Kind::kTime},
};

}  // namespace

absl::Status MeasureWeight(Office& office, int rounds, Report& report) {
  report.Ratio("rss_mb", ProcessMb(office.server->pid(), "VmRSS:"));
  report.Measured("rss_peak_mb", ProcessMb(office.server->pid(), "VmHWM:"));
  ASSIGN_OR_RETURN(const int64_t events, HeadPosition(*office.client));
  const auto per_event = [&](double bytes) { return bytes / static_cast<double>(events); };
  const Weights weights = Weigh(absl::StrCat(office.folder, "/data"));
  report.Measured("events", static_cast<double>(events));
  report.Measured("log_table_bytes_per_event", per_event(weights.log_tables));
  report.Measured("write_ahead_bytes_per_event", per_event(weights.log_writes));
  report.Measured("view_bytes_per_event", per_event(weights.views));
  report.Ratio("bytes_per_event",
               per_event(weights.log_tables + weights.log_writes + weights.others));
  std::vector<double> starts;
  for (int round = 0; round < rounds; ++round) {
    ASSIGN_OR_RETURN(const double seconds, ReopenOffice(office));
    starts.push_back(seconds);
    RETURN_IF_ERROR(AwaitViews(*office.client));
  }
  report.Measured("open_slowest_s", *std::max_element(starts.begin(), starts.end()));
  report.Ratio("open_s", Median(starts));
  return absl::OkStatus();
}

void CompareGrowth(const Report& small, const Report& large, double growth, Report& report) {
  double worst = std::numeric_limits<double>::max();
  for (const Figure& figure : kFigures) {
    const double before =
        small.ValueOf(figure.name) * (figure.kind == Kind::kLinearTime ? growth : 1);
    const double after = large.ValueOf(figure.name);
    if (after == 0) continue;  // left out, see --only
    // A caller may be as fast as the echo server, or faster by chance: no time at all.
    constexpr double kNoTime = 1e-3;
    const double ratio = figure.kind == Kind::kRate
                             ? after / before
                             : std::max(before, kNoTime) / std::max(after, kNoTime);
    report.Measured(absl::StrCat("growth_", figure.name), ratio);
    worst = std::min(worst, ratio);
  }
  report.Ratio("growth_min_ratio", worst);
}

}  // namespace crm::bench
