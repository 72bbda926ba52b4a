// Projector: keeps one view up to date for every organization, one page of whole commits at a
// time. Rows and checkpoint commit together, so replay is harmless. What serves commits each page
// that ends at the head. What is behind, or being built, holds its changes for several pages, so
// that a row is written once for all of them; a stop in between loses them, and they are folded
// again.
//
// Per organization there is the generation that *serves* and, during a rebuild, one that is being
// *built* beside it. A new version, a rebuild on request and a checkpoint that does not fit the log
// all build from position 1; when the build has caught up it serves and the old one is dropped. A
// generation of another version answers meanwhile but stands still (its Apply is gone), unless the
// queries cannot read it.
//
// Nothing is swapped unseen (ADR 0023). Rows of the same version are compared at a position both
// have applied; the new ones serve in any case, and what differed is reported. Rows of a new
// version are read back. A comparison on request is a build that never serves.
//
// An event that cannot be decoded or applied, or whose type this program does not know, stops the
// view for that organization before the commit that holds it; nothing is skipped, and queries are
// refused rather than answered from rows that fall behind. A restart, RequestResume or a rebuild
// tries again.
//
// Threading: Step runs on one thread at a time, the decoder's (see ProjectionSet); all else may be
// called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "eventstore/event_log.h"
#include "projections/applied_gate.h"
#include "projections/projection_status.h"
#include "projections/row_comparison.h"
#include "projections/view.h"
#include "projections/view_store.h"

namespace crm::projections {

// What a step applies.
inline constexpr eventstore::ReadLimits kProjectionPage{
    .max_events = 4096, .max_bytes = 4 << 20, .shared = true};

class Projector {
 public:
  struct Options {
    eventstore::ReadLimits page = kProjectionPage;
    // Events whose changes are held at most while a generation is built.
    int64_t max_held_events = 65'536;
    // The same of one that serves and is behind: queries see it advance in such steps.
    int64_t max_held_behind = 16'384;
    // Memory for decoded rows, changes that are held included, over all organizations.
    int64_t max_row_bytes = int64_t{16} << 20;
    int64_t rows_compared_per_step = 4096;
    // Called after a person's rows were purged, on the stepping thread.
    std::function<void(const Uuid& organization)> on_purge = {};
    // Called when ProjectionStatus::answers changes, on the stepping thread.
    std::function<void(const ProjectionStatus&)> on_answers = {};
  };

  // Everything handed in must outlive it.
  Projector(ViewDefinition view, eventstore::EventLog& log, EventDecoder& decoder, ViewStore& store,
            AppliedGate& gate, Options options);

  const ViewDefinition& view() const { return view_; }

  // Does one page of work for an organization; returns whether there is more to do now. Problems
  // end up in the status, not here.
  bool Step(const Uuid& organization);

  // The next Step begins to build anew beside what serves.
  void RequestRebuild(const Uuid& organization);
  // The next Step begins to compare what serves with what the log gives; joins a comparison that
  // runs. FAILED_PRECONDITION VIEW_REBUILDING while a rebuild runs or is asked for, NOTHING_SERVES
  // before the first build has caught up.
  absl::Status RequestComparison(const Uuid& organization);
  // The next Step tries again where the view stopped, from what is stored.
  void RequestResume(const Uuid& organization);

  // By organization.
  std::vector<ProjectionStatus> Status() const;
  ProjectionStatus Status(const Uuid& organization);

 private:
  // The rows of a generation, and those used lately decoded: nobody else writes them.
  struct OpenRows {
    OpenRows(StoredRows beneath, Position from) : stored(std::move(beneath)), applied(from) {}

    const StoredRows stored;
    ViewTransaction rows{&stored};
    Position applied;  // beyond the generation's position: changes are held
    std::string hash;  // of the last event applied; empty when there was none
  };
  struct Track {
    Generation generation;
    bool current = false;                      // built by this version, so its Apply is here
    std::string problem;                       // why it stopped; empty: it did not
    std::unique_ptr<OpenRows> open = nullptr;  // null: nothing is decoded

    bool MayAdvance() const { return current && problem.empty(); }
    // What its rows reflect, held changes included.
    Position reached() const { return open == nullptr ? generation.position() : open->applied; }
  };
  // The look at the rows that are built before they take over or are dropped.
  struct Check {
    Position not_before = 0;  // compare at this position or later
    bool second = false;      // the first look found differences
    bool done = false;
    std::unique_ptr<RowComparison> walk;  // under way
    Position position = 0;                // of its rows
    bool other_history = false;           // what serves had applied another event there
  };
  struct Builds {
    std::optional<Track> serving;
    std::optional<Track> building;
    Check check;  // of `building`

    bool comparing() const { return building.has_value() && building->generation.comparing(); }
    bool same_version() const { return serving.has_value() && serving->current; }
  };
  struct Requests {
    bool rebuild = false;
    bool comparison = false;
    bool resume = false;
  };
  struct PageEnd {
    Position commit_start = 0;  // of the commit last looked at
    absl::Status applied;       // of the event that ended the page early
  };

  absl::StatusOr<bool> StepOrFail(const Uuid& organization);
  // What the store holds, without the generations that cannot be used any more.
  absl::StatusOr<Builds> Resume(const Uuid& organization);
  // Empty when the generation's checkpoint lies in the log; else how it does not.
  absl::StatusOr<std::string> FindLoss(const Uuid& organization, const Generation& generation);
  absl::Status TakeUp(const Requests& requests, const Uuid& organization, Builds& builds);
  // Drops what is being built, if anything is, and begins anew.
  absl::Status BeginBuild(const Uuid& organization, Builds& builds, bool comparing);
  absl::Status DropBuild(Builds& builds);
  // One page for what is being built, a piece of its check, and what follows from that; returns
  // whether nothing is left to do.
  absl::StatusOr<bool> AdvanceBuilding(const Uuid& organization, Builds& builds);
  absl::Status AdvanceCheck(const Uuid& organization, Builds& builds, bool arrived);
  absl::Status ConcludeCheck(const Uuid& organization, Builds& builds);
  absl::Status FailComparison(const Uuid& organization, Builds& builds, std::string problem);
  // What is built serves; false when it does not fit the log, and is begun anew.
  absl::StatusOr<bool> SwapIn(const Uuid& organization, Builds& builds);
  // Applies one page that ends before position `until` (0: no such end), and commits it unless it
  // may be held; returns whether the log has no more. A poisoned event stops the track after
  // everything before its commit is committed.
  absl::StatusOr<bool> Advance(const Uuid& organization, Track& track, Position until);
  OpenRows& Open(Track& track);
  // Applies a page of events to the rows, ending before position `until` (0: no such end). Errors
  // are the log's; those of the view are in `end`.
  absl::Status ApplyPage(const Uuid& organization, Position until, OpenRows& open, PageEnd& end);
  // Writes what is not written yet, if anything is not.
  absl::Status Commit(const Uuid& organization, Track& track);
  // Drops what is not written, and applies and commits it again up to this position, exclusive.
  absl::Status CommitBefore(const Uuid& organization, Track& track, Position poisoned);
  // Keeps the decoded rows of all tracks together within their bound.
  absl::Status BoundRows();
  Requests TakeRequests(const Uuid& organization);
  ProjectionStatus& StatusFor(const Uuid& organization) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddHead(ProjectionStatus& status) const;
  void Warn(const Uuid& organization, const std::string& warning);
  // Writes down how a comparison stands or came out; one with differences is logged too.
  void Report(const Uuid& organization, bool cut_over, ComparisonReport report);
  void Publish(const Uuid& organization, const Builds& builds, bool caught_up);
  // Lets `change` write the status, and tells when with that the view stops or goes on.
  void Update(const Uuid& organization, absl::FunctionRef<void(ProjectionStatus&)> change);

  const ViewDefinition view_;
  eventstore::EventLog& log_;
  EventDecoder& decoder_;
  ViewStore& store_;
  AppliedGate& gate_;
  const Options options_;

  absl::flat_hash_map<Uuid, Builds> builds_;  // the stepping thread's own

  mutable Mutex mutex_;
  absl::flat_hash_map<Uuid, ProjectionStatus> statuses_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Uuid, Requests> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::projections
