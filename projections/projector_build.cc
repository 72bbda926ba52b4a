// Building beside what serves: for a rebuild, which takes over in the end, and for a comparison on
// request, which is dropped. Either way the rows are checked first (ADR 0023).
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crash_point.h"
#include "base/status_macros.h"
#include "projections/projector.h"

namespace crm::projections {

absl::Status Projector::TakeUp(const Requests& requests, const Uuid& organization, Builds& builds) {
  if (requests.resume) {
    if (builds.serving.has_value()) builds.serving->problem.clear();
    if (builds.building.has_value()) builds.building->problem.clear();
  }
  if (requests.rebuild || (!builds.building.has_value() && !builds.same_version())) {
    if (requests.comparison || builds.comparing()) {
      RETURN_IF_ERROR(FailComparison(organization, builds, "a rebuild took its place"));
    }
    return BeginBuild(organization, builds, false);
  }
  if (!requests.comparison || builds.comparing()) return absl::OkStatus();
  if (builds.building.has_value()) {
    return FailComparison(organization, builds, "the view is being built again");
  }
  return BeginBuild(organization, builds, true);
}

absl::Status Projector::BeginBuild(const Uuid& organization, Builds& builds, bool comparing) {
  if (builds.building.has_value()) RETURN_IF_ERROR(DropBuild(builds));
  ASSIGN_OR_RETURN(Generation generation,
                   store_.CreateGeneration(view_.name, view_.version, organization, comparing));
  builds.building = Track{std::move(generation), true, {}, nullptr};
  return absl::OkStatus();
}

absl::Status Projector::DropBuild(Builds& builds) {
  builds.check = Check();
  const Generation generation = std::move(builds.building->generation);
  builds.building.reset();
  return store_.Drop(generation);
}

absl::StatusOr<bool> Projector::AdvanceBuilding(const Uuid& organization, Builds& builds) {
  Track& building = *builds.building;
  if (!building.MayAdvance()) return true;
  // Rows are compared at a position that both have applied: until then the build does not overtake.
  Position until = 0;
  if (builds.same_version() && !builds.check.done) {
    until = builds.serving->generation.position() + 1;
  }
  bool at_head = false;
  if (until == 0 || building.reached() + 1 < until) {
    ASSIGN_OR_RETURN(at_head, Advance(organization, building, until));
  }
  if (!building.MayAdvance()) {
    if (!builds.comparing()) return true;
    RETURN_IF_ERROR(FailComparison(organization, builds, building.problem));
    return true;
  }
  // Whoever keeps pace with what goes on serving is as good as it; else only the head will do.
  // A check is made where what serves stands, even if it has stopped there.
  const bool keeps_pace =
      builds.same_version() && (builds.serving->MayAdvance() || !builds.check.done);
  const Position needed = builds.serving.has_value() ? builds.serving->generation.position() : 0;
  const bool arrived = (keeps_pace || at_head) && building.reached() >= needed;
  if (arrived) RETURN_IF_ERROR(Commit(organization, building));
  if (builds.serving.has_value() && !builds.check.done) {
    RETURN_IF_ERROR(AdvanceCheck(organization, builds, arrived));
    if (!builds.building.has_value()) return true;  // it was for the comparison alone
    return at_head && !arrived;                     // else the check goes on, or what follows it
  }
  if (!arrived) return at_head;
  return SwapIn(organization, builds);
}

absl::Status Projector::AdvanceCheck(const Uuid& organization, Builds& builds, bool arrived) {
  Check& check = builds.check;
  const Generation& built = builds.building->generation;
  if (check.walk == nullptr) {
    const bool late_enough = built.position() >= check.not_before || !builds.serving->MayAdvance();
    if (!arrived || !late_enough) return absl::OkStatus();
    std::optional<Generation> in_use;
    if (builds.same_version()) in_use = builds.serving->generation;
    check.walk = std::make_unique<RowComparison>(store_.Freeze(), built, in_use);
    check.position = built.position();
    check.other_history = in_use.has_value() && in_use->hash() != built.hash();
  }
  ASSIGN_OR_RETURN(const bool ended, check.walk->Advance(options_.rows_compared_per_step));
  return ended ? ConcludeCheck(organization, builds) : absl::OkStatus();
}

absl::Status Projector::ConcludeCheck(const Uuid& organization, Builds& builds) {
  Check& check = builds.check;
  ComparisonReport report;
  report.position = check.position;
  report.found = check.walk->found();
  const bool differs = check.other_history || report.found.total() > 0;
  if (differs && !check.second && builds.serving->MayAdvance()) {
    // An erasure first records, then destroys the key. What was folded again in between knows no
    // name any more, and what serves knows it until it meets the record: look again from there on.
    ASSIGN_OR_RETURN(const eventstore::Head head, log_.GetHead(organization));
    check = Check();
    check.second = true;
    check.not_before = head.durable;
    return absl::OkStatus();
  }
  report.state = !builds.same_version() ? ComparisonState::kReadBack
                 : differs              ? ComparisonState::kDifferent
                                        : ComparisonState::kEqual;
  if (check.other_history) {
    report.problem = "the rows in use come from a log that held another event at this position";
  }
  const bool comparing = builds.comparing();
  Report(organization, !comparing, std::move(report));
  check.walk.reset();
  check.done = true;
  return comparing ? DropBuild(builds) : absl::OkStatus();
}

absl::Status Projector::FailComparison(const Uuid& organization, Builds& builds,
                                       std::string problem) {
  ComparisonReport report;
  report.state = ComparisonState::kFailed;
  if (builds.comparing()) report.position = builds.building->generation.position();
  report.problem = std::move(problem);
  Report(organization, false, std::move(report));
  return builds.comparing() ? DropBuild(builds) : absl::OkStatus();
}

absl::StatusOr<bool> Projector::SwapIn(const Uuid& organization, Builds& builds) {
  ASSIGN_OR_RETURN(const std::string loss, FindLoss(organization, builds.building->generation));
  if (!loss.empty()) {
    Warn(organization, loss);
    RETURN_IF_ERROR(BeginBuild(organization, builds, false));
    return false;
  }
  std::optional<Generation> old;
  if (builds.serving.has_value()) old = builds.serving->generation;
  CrashPoint("view_cut_over_before");
  RETURN_IF_ERROR(store_.Swap(builds.building->generation, old));
  CrashPoint("view_cut_over_after");
  builds.serving = std::exchange(builds.building, std::nullopt);
  builds.serving->generation.set_serving(true);
  builds.check = Check();
  return true;
}

}  // namespace crm::projections
