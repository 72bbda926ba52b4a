// Report: what was measured, for people as it comes and for programs at the end.
//
// Not thread-safe.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/crm_bench/load.h"

namespace crm::bench {

class Report {
 public:
  // Lines go to `lines` as figures come, each after `prefix`; null: none are printed. It must
  // outlive the report.
  explicit Report(std::ostream* lines, std::string prefix = "")
      : lines_(lines), prefix_(std::move(prefix)) {}

  // A figure, with its unit in its name: "echo_calls_per_s".
  void Measured(const std::string& name, double value);
  // A figure of the table in docs/performance.md.
  void Ratio(const std::string& name, double value);
  // {name}_p50_us, {name}_p99_us, {name}_p999_us of sorted values.
  void Percentiles(const std::string& name, const std::vector<int64_t>& sorted_us);
  // The same of all the calls of several slices.
  void Latencies(const std::string& name, const std::vector<LoadResult>& slices);

  // As measured; 0 when it was not.
  double ValueOf(const std::string& name) const;

  // The whole report as one object.
  nlohmann::json ToJson() const;

 private:
  void Print(absl::string_view kind, const std::string& name, double value) const;

  std::ostream* const lines_;
  const std::string prefix_;
  std::map<std::string, double> measured_;
  std::map<std::string, double> ratios_;
};

// The middle one; the lower of the two middle ones when their number is even.
double Median(std::vector<double> values);

}  // namespace crm::bench
