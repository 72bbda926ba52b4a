// What projections say about themselves to operators. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "projections/row_comparison.h"

namespace crm::projections {

enum class ProjectionState {
  kCatchingUp,  // behind the log
  kLive,        // caught up when it last looked
  kRebuilding,  // a generation is being built
  kStopped,     // `problem` says why
};

// "catching_up", "live", "rebuilding", "stopped".
absl::string_view NameOf(ProjectionState state);

enum class ComparisonState {
  kRunning,
  kEqual,
  kDifferent,
  kReadBack,  // nothing to compare with: the rows were read back, and their checkpoint fits the log
  kFailed,    // `problem` says why
};

// Rows in use against rows folded again: on request, or when a rebuild takes over.
struct ComparisonReport {
  struct Difference {
    RowDifferenceKind kind = RowDifferenceKind::kDiffering;
    int table = 0;
    std::string key;  // as KeyText renders it
  };

  ComparisonState state = ComparisonState::kRunning;
  Position position = 0;                // of both; while it runs, how far the log is folded
  RowDifferences found;                 // empty while it runs
  std::vector<Difference> differences;  // found.first, readable
  std::string problem;
};

inline bool IsRunning(const std::optional<ComparisonReport>& report) {
  return report.has_value() && report->state == ComparisonState::kRunning;
}

struct ProjectionStatus {
  std::string view;
  int version = 0;
  Uuid organization;
  ProjectionState state = ProjectionState::kCatchingUp;
  Position position = 0;  // that serves; 0 when nothing serves
  Position head = 0;      // last durable position of the log
  Position lag = 0;       // head - position
  std::optional<Position> rebuild_position;
  std::string problem;  // why it stopped
  bool answers = true;  // false: what serves cannot go on, and queries get VIEW_STOPPED
  std::string warning;  // possible loss of the log, found when this process looked first
  // Since this process began.
  std::optional<ComparisonReport> comparison;  // the last that was asked for
  std::optional<ComparisonReport> cut_over;    // of the last rebuild
};

}  // namespace crm::projections
