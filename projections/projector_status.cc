// What a projector is asked by operators, and says about itself: to them (Status) and to those who
// wait (the gate).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/reason.h"
#include "projections/projector.h"

namespace crm::projections {

absl::string_view NameOf(ProjectionState state) {
  switch (state) {
    case ProjectionState::kCatchingUp:
      return "catching_up";
    case ProjectionState::kLive:
      return "live";
    case ProjectionState::kRebuilding:
      return "rebuilding";
    case ProjectionState::kStopped:
      return "stopped";
  }
  return "unknown";
}

ProjectionStatus& Projector::StatusFor(const Uuid& organization) {
  ProjectionStatus& status = statuses_[organization];
  status.view = view_.name;
  status.version = view_.version;
  status.organization = organization;
  return status;
}

void Projector::Warn(const Uuid& organization, const std::string& warning) {
  MutexLock lock(mutex_);
  StatusFor(organization).warning = warning;
}

void Projector::Report(const Uuid& organization, bool cut_over, ComparisonReport report) {
  for (const RowDifference& difference : report.found.first) {
    report.differences.push_back({difference.kind, static_cast<uint8_t>(difference.row_key[0]),
                                  view_.key_text(difference.row_key)});
  }
  const auto write = report.state == ComparisonState::kDifferent ? log::Error : log::Info;
  write(cut_over ? "rows of a view were checked before they take over" : "rows of a view compared",
        {{"view", view_.name},
         {"organization", organization.ToString()},
         {"position", report.position},
         {"rows", report.found.rows},
         {"differing", report.found.differing},
         {"missing", report.found.missing},
         {"extra", report.found.extra},
         {"problem", report.problem}});
  MutexLock lock(mutex_);
  ProjectionStatus& status = StatusFor(organization);
  (cut_over ? status.cut_over : status.comparison) = std::move(report);
}

void Projector::Publish(const Uuid& organization, const Builds& builds, bool caught_up) {
  const auto problem_of = [](const std::optional<Track>& track) {
    return track.has_value() ? track->problem : std::string();
  };
  std::string problem = problem_of(builds.serving);
  if (problem.empty() && !builds.comparing()) problem = problem_of(builds.building);
  const bool stopped = !problem.empty();
  // A rebuild that fails does not stop what serves, as long as that goes on.
  const bool answers = !stopped || (builds.serving.has_value() && builds.serving->MayAdvance());
  // First: whoever reads in the status that the view goes on is answered.
  if (!answers) {
    gate_.Stop(view_.name, organization);
  } else if (builds.serving.has_value()) {
    gate_.Advance(view_.name, organization, builds.serving->generation.position());
  }
  Update(organization, [&](ProjectionStatus& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    status.position = builds.serving.has_value() ? builds.serving->generation.position() : 0;
    status.rebuild_position.reset();
    const bool building = builds.building.has_value() && !builds.comparing();
    if (building) status.rebuild_position = builds.building->reached();
    // One asked for during this step begins with the next.
    const auto requests = requests_.find(organization);
    if (requests != requests_.end() && requests->second.rebuild) status.rebuild_position = 0;
    if (builds.comparing() && IsRunning(status.comparison)) {
      status.comparison->position = builds.building->reached();
    }
    if (stopped) {
      status.state = ProjectionState::kStopped;
    } else if (status.rebuild_position.has_value()) {
      status.state =
          builds.serving.has_value() ? ProjectionState::kRebuilding : ProjectionState::kCatchingUp;
    } else {
      status.state = caught_up ? ProjectionState::kLive : ProjectionState::kCatchingUp;
    }
    status.problem = std::move(problem);
    status.answers = answers;
  });
}

void Projector::Update(const Uuid& organization,
                       absl::FunctionRef<void(ProjectionStatus&)> change) {
  ProjectionStatus now;
  {
    MutexLock lock(mutex_);
    ProjectionStatus& status = StatusFor(organization);
    const bool answered = status.answers;
    change(status);
    if (status.answers == answered) return;
    now = status;
  }
  if (now.answers) {
    log::Info("a view goes on", {{"view", now.view}, {"organization", organization.ToString()}});
  } else {
    log::Error(
        "a view has stopped",
        {{"view", now.view}, {"organization", organization.ToString()}, {"problem", now.problem}});
  }
  if (options_.on_answers) options_.on_answers(now);
}

std::vector<ProjectionStatus> Projector::Status() const {
  std::vector<ProjectionStatus> statuses;
  {
    MutexLock lock(mutex_);
    for (const auto& [organization, status] : statuses_) statuses.push_back(status);
  }
  std::sort(statuses.begin(), statuses.end(),
            [](const auto& a, const auto& b) { return a.organization < b.organization; });
  for (ProjectionStatus& status : statuses) AddHead(status);
  return statuses;
}

ProjectionStatus Projector::Status(const Uuid& organization) {
  ProjectionStatus status;
  {
    MutexLock lock(mutex_);
    status = StatusFor(organization);
  }
  AddHead(status);
  return status;
}

void Projector::AddHead(ProjectionStatus& status) const {
  const absl::StatusOr<eventstore::Head> head = log_.GetHead(status.organization);
  if (head.ok()) status.head = head->durable;
  status.lag = std::max<Position>(0, status.head - status.position);
}

Projector::Requests Projector::TakeRequests(const Uuid& organization) {
  MutexLock lock(mutex_);
  const auto found = requests_.find(organization);
  if (found == requests_.end()) return {};
  const Requests requests = found->second;
  requests_.erase(found);
  return requests;
}

void Projector::RequestRebuild(const Uuid& organization) {
  MutexLock lock(mutex_);
  requests_[organization].rebuild = true;
  // At once, so that whoever asked does not take what serves for what was built.
  ProjectionStatus& status = StatusFor(organization);
  if (status.position == 0 || status.state == ProjectionState::kStopped) return;
  status.state = ProjectionState::kRebuilding;
  status.rebuild_position = 0;
}

void Projector::RequestResume(const Uuid& organization) {
  MutexLock lock(mutex_);
  requests_[organization].resume = true;
}

absl::Status Projector::RequestComparison(const Uuid& organization) {
  MutexLock lock(mutex_);
  ProjectionStatus& status = StatusFor(organization);
  if (requests_[organization].rebuild || status.rebuild_position.has_value()) {
    return WithReason(
        absl::StatusCode::kFailedPrecondition, "VIEW_REBUILDING",
        absl::StrCat("view ", view_.name, " is being built again, and compared when that is done"),
        {{"view", view_.name}});
  }
  if (status.position == 0) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "NOTHING_SERVES",
                      absl::StrCat("view ", view_.name, " has no rows yet to compare"),
                      {{"view", view_.name}});
  }
  requests_[organization].comparison = true;
  // At once, so that whoever asked does not take the last one's result for its own.
  if (!IsRunning(status.comparison)) status.comparison = ComparisonReport();
  return absl::OkStatus();
}

}  // namespace crm::projections
