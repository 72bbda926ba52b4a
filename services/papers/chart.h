// Charts: what is to be seen, as small structs, and the pictures of them. They know no report: what
// binds one to a chart is in report_charts.h. Colours are those of Okabe and Ito, which people tell
// apart who do not see red and green; lines differ in their marks besides.
//
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/papers/picture.h"

namespace crm::services::papers {

// What every chart is headed with.
struct Heading {
  std::string title;
  std::string subtitle;  // period, whose
  std::string note;      // below; empty: none
};

// Stages from the top down.
struct FunnelStage {
  std::string name;
  int64_t count = 0;                 // entries
  std::optional<int32_t> onward_bp;  // part that went on; nullopt: not known
  bool won = false;
};

struct FunnelChart {
  Heading heading;
  std::vector<FunnelStage> stages;
};

// Bars side by side.
struct Bar {
  std::string name;      // "Week 10"
  std::string sub_name;  // "from 2 Mar"
  int64_t count = 0;
};

struct BarChart {
  Heading heading;
  std::string axis_title;
  std::vector<Bar> bars;
};

// Lines over periods.
struct Series {
  std::string name;
  std::vector<std::optional<int64_t>> values;  // one a period; nullopt: none
  bool planned = false;                        // a target: dashed, without marks
};

struct TrendChart {
  Heading heading;
  std::string currency_code;  // values are its minor units; empty: counts
  std::vector<std::string> periods;
  std::vector<Series> series;  // at most six are told apart
};

// What was reached day by day.
struct GoalStep {
  absl::CivilDay day;
  int64_t sum = 0;  // reached by the end of the day
};

struct GoalChart {
  Heading heading;
  std::string currency_code;  // amounts are its minor units; empty: counts
  absl::CivilDay first;
  absl::CivilDay last;   // inclusive
  absl::CivilDay today;  // the curve ends here, or with the period
  int64_t target = 0;
  bool at_most = false;           // the target is a limit
  std::vector<GoalStep> steps;    // in order of days
  int64_t before_first_step = 0;  // reached by then
};

Picture Draw(const FunnelChart& chart);
Picture Draw(const BarChart& chart);
Picture Draw(const TrendChart& chart);
Picture Draw(const GoalChart& chart);

}  // namespace crm::services::papers
