// Projector: keeps one view up to date for every organization, one page of whole commits at a
// time. Rows and checkpoint commit together, so replay is harmless.
//
// Per organization there is the generation that *serves* and, during a rebuild, one that is being
// *built* beside it. A new version, a rebuild on request and a checkpoint that does not fit the log
// all build from position 1; when the build has caught up it serves and the old one is dropped. A
// generation of another version answers meanwhile but stands still (its Apply is gone), unless the
// queries cannot read it.
//
// An event that cannot be decoded or applied, or whose type this program does not know, stops the
// view for that organization before the commit that holds it; nothing is skipped, and queries are
// refused rather than answered from rows that fall behind. A restart or a rebuild tries again.
//
// Threading: Step runs on one thread at a time (ProjectionSet gives each projector its own);
// RequestRebuild and Status may be called from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "projections/applied_gate.h"
#include "projections/view.h"
#include "projections/view_store.h"

namespace crm::projections {

enum class ProjectionState {
  kCatchingUp,  // behind the log
  kLive,        // caught up when it last looked
  kRebuilding,  // a generation is being built
  kStopped,     // `problem` says why
};

// "catching_up", "live", "rebuilding", "stopped".
absl::string_view NameOf(ProjectionState state);

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
};

class Projector {
 public:
  struct Options {
    eventstore::ReadLimits page{.max_events = 2048, .max_bytes = 4 << 20, .shared = true};
    // Called after a person's rows were purged, on the stepping thread.
    std::function<void(const Uuid& organization)> on_purge = {};
    // Called when ProjectionStatus::answers changes, on the stepping thread.
    std::function<void(const ProjectionStatus&)> on_answers = {};
  };

  // Everything handed in must outlive it.
  Projector(ViewDefinition view, eventstore::EventLog& log, KeyRing& keys, ViewStore& store,
            AppliedGate& gate, Options options);

  const ViewDefinition& view() const { return view_; }

  // Does one page of work for an organization; returns whether there is more to do now. Problems
  // end up in the status, not here.
  bool Step(const Uuid& organization);

  // The next Step begins to build anew beside what serves.
  void RequestRebuild(const Uuid& organization);

  std::vector<ProjectionStatus> Status() const;

 private:
  // The rows of a generation, and those used lately decoded: nobody else writes them.
  struct OpenRows {
    explicit OpenRows(StoredRows beneath) : stored(std::move(beneath)) {}

    const StoredRows stored;
    ViewTransaction rows{&stored};
  };
  struct Track {
    Generation generation;
    bool current = false;                      // built by this version, so its Apply is here
    std::string problem;                       // why it stopped; empty: it did not
    std::unique_ptr<OpenRows> open = nullptr;  // null: nothing is decoded

    bool MayAdvance() const { return current && problem.empty(); }
  };
  struct Builds {
    std::optional<Track> serving;
    std::optional<Track> building;
  };
  struct Page {
    Position last = 0;  // applied
    std::string hash;
    Position commit_start = 0;  // of the commit last looked at
    absl::Status applied;       // of the event that ended the page early
  };

  absl::StatusOr<bool> StepOrFail(const Uuid& organization);
  // What the store holds, without the generations that cannot be used any more.
  absl::StatusOr<Builds> Resume(const Uuid& organization);
  // Empty when the generation's checkpoint lies in the log; else how it does not.
  absl::StatusOr<std::string> FindLoss(const Uuid& organization, const Generation& generation);
  absl::Status BeginBuild(const Uuid& organization, Builds& builds);
  absl::Status SwapIn(Builds& builds);
  // Applies and commits one page; returns whether nothing is left to do. A poisoned event stops the
  // track after everything before its commit is committed.
  absl::StatusOr<bool> Advance(const Uuid& organization, Track& track);
  // Applies a page of events that follow `from`, ending before position `until` (0: no such end).
  // Errors are the log's; those of the view are in the page.
  absl::Status ApplyPage(const Uuid& organization, const Generation& from, Position until,
                         ViewTransaction& rows, Page& page);
  absl::Status Commit(const Uuid& organization, Track& track, const Page& page,
                      const ViewTransaction& rows);
  // Keeps the decoded rows of all tracks together within their bound.
  void BoundRows();
  bool TakeRebuildRequest(const Uuid& organization);
  ProjectionStatus& StatusFor(const Uuid& organization) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Warn(const Uuid& organization, const std::string& warning);
  void Publish(const Uuid& organization, const Builds& builds, bool caught_up);
  // Lets `change` write the status, and tells when with that the view stops or goes on.
  void Update(const Uuid& organization, absl::FunctionRef<void(ProjectionStatus&)> change);

  const ViewDefinition view_;
  eventstore::EventLog& log_;
  KeyRing& keys_;
  ViewStore& store_;
  AppliedGate& gate_;
  const Options options_;

  absl::flat_hash_map<Uuid, Builds> builds_;  // the stepping thread's own

  mutable Mutex mutex_;
  absl::flat_hash_map<Uuid, ProjectionStatus> statuses_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Uuid> rebuilds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::projections
