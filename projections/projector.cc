#include "projections/projector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crash_point.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

std::string PossibleLoss(const Generation& generation, absl::string_view what) {
  return absl::StrCat("possible log loss: view ", generation.view(), " had applied position ",
                      generation.position(), ", but ", what, "; rebuilding");
}

}  // namespace

Projector::Projector(ViewDefinition view, eventstore::EventLog& log, EventDecoder& decoder,
                     ViewStore& store, AppliedGate& gate, Options options)
    : view_(std::move(view)),
      log_(log),
      decoder_(decoder),
      store_(store),
      gate_(gate),
      options_(std::move(options)) {}

bool Projector::Step(const Uuid& organization) {
  const absl::StatusOr<bool> more = StepOrFail(organization);
  if (more.ok()) return *more;
  // The store or the log failed, not an event: forget what is in memory, and take up the stored
  // state when the log next speaks, or on request.
  builds_.erase(organization);
  Update(organization, [&](ProjectionStatus& status) {
    status.state = ProjectionState::kStopped;
    status.problem = std::string(more.status().message());
    status.answers = false;
    if (IsRunning(status.comparison)) {
      status.comparison->state = ComparisonState::kFailed;
      status.comparison->problem = status.problem;
    }
  });
  gate_.Stop(view_.name, organization);
  return false;
}

absl::StatusOr<bool> Projector::StepOrFail(const Uuid& organization) {
  const Requests requests = TakeRequests(organization);
  if (requests.resume) RETURN_IF_ERROR(store_.Recover());
  auto found = builds_.find(organization);
  if (found == builds_.end()) {
    ASSIGN_OR_RETURN(Builds resumed, Resume(organization));
    found = builds_.emplace(organization, std::move(resumed)).first;
  }
  Builds& builds = found->second;
  RETURN_IF_ERROR(TakeUp(requests, organization, builds));
  bool caught_up = true;
  if (builds.serving.has_value() && builds.serving->MayAdvance()) {
    ASSIGN_OR_RETURN(caught_up, Advance(organization, *builds.serving, 0));
  }
  bool built = true;
  if (builds.building.has_value()) {
    ASSIGN_OR_RETURN(built, AdvanceBuilding(organization, builds));
  }
  Publish(organization, builds, caught_up && (built || builds.comparing()));
  return !caught_up || !built;
}

absl::StatusOr<Projector::Builds> Projector::Resume(const Uuid& organization) {
  Builds builds;
  ASSIGN_OR_RETURN(const std::vector<Generation> stored,
                   store_.ListGenerations(view_.name, organization));
  for (const Generation& generation : stored) {
    const bool current = generation.version() == view_.version;
    const bool readable =
        generation.version() >= view_.readable_from && generation.version() <= view_.version;
    std::optional<Track>& place = generation.serving() ? builds.serving : builds.building;
    // What was folded to be compared is worth nothing once the comparison is cut short.
    bool usable = !place.has_value() && !generation.comparing() &&
                  (generation.serving() ? readable : current);
    if (usable) {
      ASSIGN_OR_RETURN(const std::string loss, FindLoss(organization, generation));
      if (!loss.empty()) {
        Warn(organization, loss);
        usable = false;
      }
    }
    if (usable) {
      place = Track{generation, current, {}, nullptr};
    } else {
      RETURN_IF_ERROR(store_.Drop(generation));
    }
  }
  return builds;
}

absl::StatusOr<std::string> Projector::FindLoss(const Uuid& organization,
                                                const Generation& generation) {
  if (generation.position() == 0) return std::string();
  const absl::StatusOr<eventstore::Head> head = log_.GetHead(organization);
  if (absl::IsNotFound(head.status())) return PossibleLoss(generation, "the log has no such log");
  RETURN_IF_ERROR(head.status());
  if (generation.position() > head->durable) {
    return PossibleLoss(generation, absl::StrCat("the log ends at ", head->durable));
  }
  std::string hash;
  const absl::Status read = log_.ReadLog(organization, generation.position(), {.max_events = 1},
                                         [&](const RecordedEvent& event) {
                                           hash = event.hash();
                                           return absl::CancelledError();
                                         });
  if (!read.ok() && !absl::IsCancelled(read)) return read;
  if (hash == generation.hash()) return std::string();
  return PossibleLoss(generation, "the log holds another event there");
}

Projector::OpenRows& Projector::Open(Track& track) {
  if (track.open == nullptr) {
    track.open =
        std::make_unique<OpenRows>(store_.Rows(track.generation), track.generation.position());
  }
  return *track.open;
}

absl::Status Projector::ApplyPage(const Uuid& organization, Position until, OpenRows& open,
                                  PageEnd& end) {
  bool ended = false;
  const absl::Status read =
      log_.ReadLog(organization, open.applied + 1, options_.page, [&](const RecordedEvent& event) {
        if (event.position() != open.applied + 1) {
          return absl::DataLossError(
              absl::StrCat("the log has a hole before position ", event.position()));
        }
        if (event.index_in_commit() == 0) end.commit_start = event.position();
        ended = event.position() == until;
        if (ended) return absl::CancelledError();
        end.applied = view_.ApplyIfHeard(event, decoder_, open.rows);
        ended = !end.applied.ok();
        if (ended) return absl::CancelledError();
        open.applied = event.position();
        open.hash = event.hash();
        return absl::OkStatus();
      });
  return ended ? absl::OkStatus() : read;
}

absl::StatusOr<bool> Projector::Advance(const Uuid& organization, Track& track, Position until) {
  PageEnd end;
  RETURN_IF_ERROR(ApplyPage(organization, until, Open(track), end));
  if (!end.applied.ok()) {
    track.problem = std::string(end.applied.message());
    RETURN_IF_ERROR(CommitBefore(organization, track, end.commit_start));
    return true;
  }
  ASSIGN_OR_RETURN(const eventstore::Head head, log_.GetHead(organization));
  const bool caught_up = track.reached() >= head.durable;
  const bool serving = track.generation.serving();
  const int64_t held = track.reached() - track.generation.position();
  const int64_t may_hold = serving ? options_.max_held_behind : options_.max_held_events;
  if ((serving && caught_up) || held >= may_hold) RETURN_IF_ERROR(Commit(organization, track));
  track.open->rows.CountChanges();
  RETURN_IF_ERROR(BoundRows());
  return caught_up;
}

absl::Status Projector::Commit(const Uuid& organization, Track& track) {
  if (track.reached() == track.generation.position()) return absl::OkStatus();
  ViewTransaction& rows = track.open->rows;
  Generation advanced = track.generation;
  advanced.set_position(track.open->applied);
  advanced.set_hash(track.open->hash);
  CrashPoint("view_commit_before");
  RETURN_IF_ERROR(store_.Commit(advanced, rows));
  CrashPoint("view_commit_after");
  track.generation = std::move(advanced);
  if (!rows.purges().empty() && options_.on_purge) options_.on_purge(organization);
  rows.Settle();
  return absl::OkStatus();
}

absl::Status Projector::CommitBefore(const Uuid& organization, Track& track, Position poisoned) {
  // What was applied of the poisoned commit must not stay.
  track.open.reset();
  while (track.reached() + 1 < poisoned) {
    PageEnd end;
    RETURN_IF_ERROR(ApplyPage(organization, poisoned, Open(track), end));
    RETURN_IF_ERROR(end.applied);
    if (track.reached() == track.generation.position()) {
      return absl::DataLossError(
          absl::StrCat("the log gives nothing after position ", track.reached()));
    }
    RETURN_IF_ERROR(Commit(organization, track));
  }
  track.open.reset();
  return absl::OkStatus();
}

absl::Status Projector::BoundRows() {
  const auto for_each_open = [this](auto visit) {
    for (auto& [organization, builds] : builds_) {
      for (std::optional<Track>* track : {&builds.serving, &builds.building}) {
        if (!track->has_value() || (*track)->open == nullptr) continue;
        RETURN_IF_ERROR(visit(organization, **track));
      }
    }
    return absl::OkStatus();
  };
  int64_t bytes = 0;
  RETURN_IF_ERROR(for_each_open([&](const Uuid&, const Track& track) {
    bytes += track.open->rows.memory_bytes();
    return absl::OkStatus();
  }));
  if (bytes <= options_.max_row_bytes) return absl::OkStatus();
  // All at once: what is in use is decoded again at the price of a read each.
  return for_each_open([this](const Uuid& organization, Track& track) {
    RETURN_IF_ERROR(Commit(organization, track));
    track.open.reset();
    return absl::OkStatus();
  });
}

}  // namespace crm::projections
