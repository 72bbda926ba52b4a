#include "projections/projection_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"

namespace crm::projections {
namespace {

// Of one page, so that every view of a thread finds what the first one decoded.
constexpr size_t kRememberedEvents = kProjectionPage.max_events;

absl::Status NoSuchView(absl::string_view view) {
  return WithReason(absl::StatusCode::kNotFound, "VIEW_NOT_FOUND",
                    absl::StrCat("there is no view ", view), {{"view", std::string(view)}});
}

}  // namespace

// A thread, the views that it keeps up to date, and the organizations it has work for.
class ProjectionSet::Worker {
 public:
  explicit Worker(KeyRing& keys) : decoder_(keys, kRememberedEvents) {}

  ~Worker() {
    line_.Close();
    if (thread_.joinable()) thread_.join();
  }

  EventDecoder& decoder() { return decoder_; }
  WorkLine& line() { return line_; }
  // Whoever asked waits: no rest before it.
  void Urge(const Uuid& organization) {
    line_.Wake(organization);
    line_.Hurry();
  }
  void Take(Projector& projector) { projectors_.push_back(&projector); }

  void Start() {
    if (projectors_.empty()) return;
    thread_ = std::thread([this] { Run(); });
  }

 private:
  void Run() {
    NameThisThread("views");
    LowerThisThread();
    for (;;) {
      const std::vector<Uuid> round = line_.NextRound();
      if (round.empty()) return;
      bool behind = false;
      for (const Uuid& organization : round) {
        if (!Step(organization)) continue;
        line_.Wake(organization);
        behind = true;
      }
      if (behind) continue;
      decoder_.Forget();
      line_.Rest();
    }
  }

  // Whether there is more to do now.
  bool Step(const Uuid& organization) {
    bool more = false;
    for (Projector* projector : projectors_) {
      if (line_.closed()) return false;
      if (projector->Step(organization)) more = true;
    }
    return more;
  }

  EventDecoder decoder_;
  std::vector<Projector*> projectors_;
  WorkLine line_;
  std::thread thread_;
};

ProjectionSet::ProjectionSet(eventstore::EventLog& log, KeyRing& keys, ViewStore& store,
                             const Clock& clock, const Options& options)
    : log_(log),
      keys_(keys),
      store_(store),
      options_(options),
      as_of_(log, keys, store, options.as_of),
      gate_(clock) {
  const int threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  for (int i = 0; i < std::max(1, threads); ++i) workers_.push_back(std::make_unique<Worker>(keys));
}

ProjectionSet::~ProjectionSet() {
  if (listener_.has_value()) log_.Unlisten(*listener_);
  workers_.clear();
}

void ProjectionSet::Add(ViewDefinition view) {
  Projector::Options options;
  options.page = options_.page;
  options.on_purge = [this](const Uuid& organization) { as_of_.Forget(organization); };
  options.on_answers = options_.on_answers;
  Worker& worker = *workers_[seats_.size() % workers_.size()];
  seats_.push_back({std::make_unique<Projector>(std::move(view), log_, worker.decoder(), store_,
                                                gate_, std::move(options)),
                    &worker});
  worker.Take(*seats_.back().projector);
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

const ProjectionSet::Seat* ProjectionSet::Find(absl::string_view view) const {
  for (const Seat& seat : seats_) {
    if (seat.projector->view().name == view) return &seat;
  }
  return nullptr;
}

std::vector<std::string> ProjectionSet::Names() const {
  std::vector<std::string> names;
  for (const Seat& seat : seats_) names.push_back(seat.projector->view().name);
  return names;
}

std::vector<ProjectionStatus> ProjectionSet::Status() const {
  std::vector<ProjectionStatus> statuses;
  for (const Seat& seat : seats_) {
    for (ProjectionStatus& status : seat.projector->Status()) {
      statuses.push_back(std::move(status));
    }
  }
  std::stable_sort(statuses.begin(), statuses.end(),
                   [](const auto& a, const auto& b) { return a.view < b.view; });
  return statuses;
}

absl::StatusOr<const ProjectionSet::Seat*> ProjectionSet::FindFor(absl::string_view view,
                                                                  const Uuid& organization) const {
  const Seat* const seat = Find(view);
  if (seat == nullptr) return NoSuchView(view);
  RETURN_IF_ERROR(log_.GetHead(organization).status());
  return seat;
}

absl::StatusOr<ProjectionStatus> ProjectionSet::Status(absl::string_view view,
                                                       const Uuid& organization) const {
  ASSIGN_OR_RETURN(const Seat* const seat, FindFor(view, organization));
  return seat->projector->Status(organization);
}

absl::Status ProjectionSet::Rebuild(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(const Seat* const seat, FindFor(view, organization));
  seat->projector->RequestRebuild(organization);
  seat->worker->Urge(organization);
  return absl::OkStatus();
}

absl::Status ProjectionSet::Compare(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(const Seat* const seat, FindFor(view, organization));
  RETURN_IF_ERROR(seat->projector->RequestComparison(organization));
  seat->worker->Urge(organization);
  return absl::OkStatus();
}

absl::Status ProjectionSet::Resume(absl::string_view view, const Uuid& organization) {
  ASSIGN_OR_RETURN(const Seat* const seat, FindFor(view, organization));
  seat->projector->RequestResume(organization);
  seat->worker->Urge(organization);
  return absl::OkStatus();
}

void ProjectionSet::WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                                absl::Time deadline, AppliedGate::Callback callback) {
  const Seat* const seat = Find(view);
  if (seat == nullptr) {
    std::move(callback)(NoSuchView(view));
    return;
  }
  if (gate_.WhenApplied(view, organization, position, deadline, std::move(callback)))
    seat->worker->line().Hurry();
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
  const Seat* const seat = Find(view);
  if (seat == nullptr) return NoSuchView(view);
  return as_of_.Read(seat->projector->view(), organization, cut, query);
}

}  // namespace crm::projections
