#include "projections/projection_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

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
    {
      MutexLock lock(mutex_);
      closing_ = true;
      work_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

  Projector& projector() { return projector_; }

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

  // Puts the organization in line, unless it stands there already.
  void Wake(const Uuid& organization) {
    MutexLock lock(mutex_);
    if (!queued_.insert(organization).second) return;
    queue_.push_back(organization);
    work_.NotifyAll();
  }

 private:
  void Run() {
    for (;;) {
      Uuid organization;
      {
        MutexLock lock(mutex_);
        while (queue_.empty() && !closing_) work_.Wait(mutex_);
        if (closing_) return;
        organization = queue_.front();
        queue_.pop_front();
        // Out of line before the step: an event that becomes durable during it queues again.
        queued_.erase(organization);
      }
      if (projector_.Step(organization)) Wake(organization);
    }
  }

  Projector projector_;
  Mutex mutex_;
  CondVar work_;
  std::deque<Uuid> queue_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Uuid> queued_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
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
    for (const auto& worker : workers_) worker->Wake(organization);
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
    for (const Uuid& organization : organizations) worker->Wake(organization);
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

absl::Status ProjectionSet::Rebuild(absl::string_view view, const Uuid& organization) {
  Worker* const worker = Find(view);
  if (worker == nullptr) return NoSuchView(view);
  RETURN_IF_ERROR(log_.GetHead(organization).status());
  worker->projector().RequestRebuild(organization);
  worker->Wake(organization);
  return absl::OkStatus();
}

void ProjectionSet::WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                                absl::Time deadline, AppliedGate::Callback callback) {
  if (Find(view) == nullptr) {
    std::move(callback)(NoSuchView(view));
    return;
  }
  gate_.WhenApplied(view, organization, position, deadline, std::move(callback));
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
