// ProjectionSet: all views of the process, kept up to date while it lives. The views are dealt out
// to worker threads, which the log wakes; the views of a thread go through the log side by side, so
// that an event is read and decoded once for all of them. Organizations with work take turns, a
// page a view, so a rebuild of a large one does not hold up the others. Views give way to commands:
// their threads are less urgent, and what becomes durable within some milliseconds is applied at
// one go.
//
//   ProjectionSet views(log, keys, store, clock, {});
//   views.Add<TeamDashboard>();  ...  views.Start();
//
// A query waits with WhenApplied (holding no thread), then reads with Reader.
//
// Threading: Add and Start on one thread before anything else; all else from any thread.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "projections/applied_gate.h"
#include "projections/as_of.h"
#include "projections/projector.h"
#include "projections/view.h"
#include "projections/view_store.h"
#include "projections/work_line.h"

namespace crm::projections {

class ProjectionSet {
 public:
  struct Options {
    eventstore::ReadLimits page = kProjectionPage;
    // At most one a view is used; 0: as many as there are processors.
    int threads = 0;
    AsOfCache::Options as_of = {};
    // Called when a view stops answering for an organization, and when it goes on; on the view's
    // thread.
    std::function<void(const ProjectionStatus&)> on_answers = {};
  };

  // Everything handed in must outlive it.
  ProjectionSet(eventstore::EventLog& log, KeyRing& keys, ViewStore& store, const Clock& clock,
                const Options& options);
  // Stops the workers; those who wait are answered UNAVAILABLE.
  ~ProjectionSet();
  ProjectionSet(const ProjectionSet&) = delete;
  ProjectionSet& operator=(const ProjectionSet&) = delete;

  template <View V>
  void Add() {
    Add(DefinitionOf<V>());
  }
  void Add(ViewDefinition view);

  // Drops what the store holds of views and organizations that are no more, and starts the workers.
  absl::Status Start();

  // Names of all views, in the order they were added.
  std::vector<std::string> Names() const;

  // Every view of every organization, in order of view and organization.
  std::vector<ProjectionStatus> Status() const;

  // Of one view for one organization. NOT_FOUND: no such view or organization.
  absl::StatusOr<ProjectionStatus> Status(absl::string_view view, const Uuid& organization) const;

  // Builds the view anew beside what serves, then swaps. NOT_FOUND: no such view or organization.
  absl::Status Rebuild(absl::string_view view, const Uuid& organization);

  // See Projector::RequestComparison and RequestResume; NOT_FOUND: no such view or organization.
  absl::Status Compare(absl::string_view view, const Uuid& organization);
  absl::Status Resume(absl::string_view view, const Uuid& organization);

  // See AppliedGate::WhenApplied; NOT_FOUND for an unknown view.
  void WhenApplied(absl::string_view view, const Uuid& organization, Position position,
                   absl::Time deadline, AppliedGate::Callback callback);

  // The view's rows and their position. UNAVAILABLE VIEW_LAGGING while its first build runs.
  absl::StatusOr<std::unique_ptr<ViewSnapshot>> Reader(absl::string_view view,
                                                       const Uuid& organization) const;

  // The view as of a cut, see AsOfCache::Read; NOT_FOUND for an unknown view.
  absl::Status ReadAsOf(absl::string_view view, const Uuid& organization, const AsOfCut& cut,
                        AsOfCache::Query query);

  // To be called once a person's key is destroyed: as-of scratches may still hold what it sealed.
  void ForgetScratches(const Uuid& organization) { as_of_.Forget(organization); }

 private:
  class Worker;
  // A view and the thread that keeps it up to date.
  struct Seat {
    std::unique_ptr<Projector> projector;
    Worker* worker;
  };

  const Seat* Find(absl::string_view view) const;
  absl::StatusOr<const Seat*> FindFor(absl::string_view view, const Uuid& organization) const;

  eventstore::EventLog& log_;
  KeyRing& keys_;
  ViewStore& store_;
  const Options options_;
  AsOfCache as_of_;
  AppliedGate gate_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Seat> seats_;  // in the order they were added
  std::optional<int64_t> listener_;
};

}  // namespace crm::projections
