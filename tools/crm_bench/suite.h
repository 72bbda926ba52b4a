// Suite: everything that is measured, in order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/crm_bench/report.h"

namespace crm::bench {

struct SuiteOptions {
  std::string crmd;               // the server
  std::string self;               // this program, which is the echo server too
  std::string folder;             // empty, on the disk that is measured
  std::string peers;              // folder of the scripts; empty: they are left out
  int64_t events = 0;             // of the history that all figures are measured on
  int64_t growth_events = 0;      // of the history that they are measured on again; 0: not
  std::vector<std::string> only;  // of MeasureNames(); empty: all
  int opportunities = 0;
  int rounds = 0;
  absl::Duration slice;
};

struct SuiteReports {
  Report& report;
  Report& large;  // the same figures after growth
};

// What can be measured apart from the rest. The history is written in bulk in any case.
std::vector<std::string> MeasureNames();

absl::Status RunSuite(const SuiteOptions& options, const SuiteReports& reports);

}  // namespace crm::bench
