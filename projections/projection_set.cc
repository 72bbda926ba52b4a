#include "projections/projection_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"

namespace crm::projections {
namespace {

absl::Status NoSuchView(absl::string_view view) {
  return WithReason(absl::StatusCode::kNotFound, "VIEW_NOT_FOUND",
                    absl::StrCat("there is no view ", view), {{"view", std::string(view)}});
}

}  // namespace

// One view's thread and the organizations it has work for.
class ProjectionSet::Worker {
 public:
  Worker(ViewDefinition view, eventstore::EventLog& log, KeyRing& keys, ViewStore& store,
         AppliedGate& gate, Projector::Options options)
      : projector_(std::move(view), log, keys, store, gate, std::move(options)) {}

  ~Worker() {
    line_.Close();
    if (thread_.joinable()) thread_.join();
  }

  Projector& projector() { return projector_; }
  WorkLine& line() { return line_; }

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

 private:
  void Run() {
    NameThisThread(projector_.view().name);
    LowerThisThread();
    for (;;) {
      const std::vector<Uuid> round = line_.NextRound();
      if (round.empty()) return;
      bool behind = false;
      for (const Uuid& organization : round) {
        if (line_.closed()) return;
        if (!projector_.Step(organization)) continue;
        line_.Wake(organization);
        behind = true;
      }
      if (!behind) line_.Rest();
    }
  }

  Projector projector_;
  WorkLine line_;
  std::thread thread_;
};

ProjectionSet::ProjectionSet(eventstore::EventLog& log, KeyRing& keys, ViewStore& store,
                             const Clock& clock, const Options& options)
    : log_(log),
      keys_(keys),
      store_(store),
      options_(options),
      as_of_(log, keys, options.as_of_cache_bytes),
      gate_(clock) {}

ProjectionSet::~ProjectionSet() {
  if (listener_.has_value()) log_.Unlisten(*listener_);
  workers_.clear();
}

void ProjectionSet::Add(ViewDefinition view) {
  Projector::Options options;
  options.page = options_.page;
  options.on_purge = [this](const Uuid& organization) { as_of_.Forget(organization); };
  options.on_answers = options_.on_answers;
  workers_.push_back(
      std::make_unique<Worker>(std::move(view), log_, keys_, store_, gate_, std::move(options)));
}

absl::Status ProjectionSet::Start() {
  // Listening first, so that an event which becomes durable meanwhile is not missed.
  listener_ = log_.Listen([this](const Uuid& organization, Position) {
    for (const auto& worker : workers_) worker->line().Wake(organization);
  });
  const std::vector<Uuid> organizations = log_.ListOrganizations();
  const absl::flat_hash_set<Uuid> known(organizations.begin(), organizations.end());
  ASSIGN_OR_RETURN(const std::vector<Generation> stored, store_.ListAllGenerations());
  for (const Generation& generation : stored) {
    const std::optional<Uuid> organization = Uuid::FromBytes(generation.organization());
    const bool alive = organization.has_value() && known.contains(*organization);
    if (alive && Find(generation.view()) != nullptr) continue;
    RETURN_IF_ERROR(store_.Drop(generation));
  }
  for (const auto& worker : workers_) {
    for (const Uuid& organization : organizations) worker->line().Wake(organization);
    worker->Start();
  }
  return absl::OkStatus();
}

ProjectionSet::Worker* ProjectionSet::Find(absl::string_view view) const {
  for (const auto& worker : workers_) {
    if (worker->projector().view().name == view) return worker.get();
  }
  return nullptr;
}

std::vector<std::string> ProjectionSet::Names() const {
  std::vector<std::string> names;
  for (const auto& worker : workers_) names.push_back(worker->projector().view().name);
  return names;
}

std::vector<ProjectionStatus> ProjectionSet::Status() const {
  std::vector<ProjectionStatus> statuses;
  for (const auto& worker : workers_) {
    for (ProjectionStatus& status : worker->projector().Status()) {
      statuses.push_back(std::move(status));
    }
  }
  std::stable_sort(statuses.begin(), statuses.end(),
                   [](const auto& a, const auto& b) { return a.view < b.view; });
  return statuses;
}

absl::StatusOr<ProjectionSet::Worker*> ProjectionSet::FindFor(absl::string_view view,
                                                              const Uuid& organization) const {
  Worker* const worker = Find(view);
  if (worker == nullptr) return NoSuchView(view);
  RETURN_IF_ERROR(log_.GetHead(organization).status());
  return worker;
}

absl::StatusOr<ProjectionStatus> ProjectionSet::Status(absl::string_view view,
                                                       const Uuid& organization) const {
  ASSIGN_OR_RETURN(Worker* const worker, FindFor(view, organization));
  return worker->projector().Status(organization);
}

absl::Status ProjectionSet::Rebuild(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(Worker* const worker, FindFor(view, organization));
  worker->projector().RequestRebuild(organization);
  worker->line().Wake(organization);
  return absl::OkStatus();
}

absl::Status ProjectionSet::Compare(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(Worker* const worker, FindFor(view, organization));
  RETURN_IF_ERROR(worker->projector().RequestComparison(organization));
  worker->line().Wake(organization);
  return absl::OkStatus();
}

absl::Status ProjectionSet::Resume(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(Worker* const worker, FindFor(view, organization));
  worker->projector().RequestResume(organization);
  worker->line().Wake(organization);
  return absl::OkStatus();
}

void ProjectionSet::WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                                absl::Time deadline, AppliedGate::Callback callback) {
  Worker* const worker = Find(view);
  if (worker == nullptr) {
    std::move(callback)(NoSuchView(view));
    return;
  }
  if (gate_.WhenApplied(view, organization, position, deadline, std::move(callback)))
    worker->line().Hurry();
}

absl::StatusOr<std::unique_ptr<ViewSnapshot>> ProjectionSet::Reader(
    absl::string_view view, const Uuid& organization) const {
  if (Find(view) == nullptr) return NoSuchView(view);
  ASSIGN_OR_RETURN(std::unique_ptr<ViewSnapshot> snapshot, store_.Snapshot(view, organization));
  if (snapshot == nullptr) {
    return WithReason(absl::StatusCode::kUnavailable, "VIEW_LAGGING",
                      absl::StrCat("view ", view, " is being built"),
                      {{"view", std::string(view)}, {"position", "0"}});
  }
  return snapshot;
}

absl::Status ProjectionSet::ReadAsOf(absl::string_view view, const Uuid& organization,
                                     const AsOfCut& cut, AsOfCache::Query query) {
  Worker* const worker = Find(view);
  if (worker == nullptr) return NoSuchView(view);
  return as_of_.Read(worker->projector().view(), organization, cut, query);
}

}  // namespace crm::projections
