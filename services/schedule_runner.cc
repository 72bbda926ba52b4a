#include "services/schedule_runner.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"
#include "services/await.h"

namespace crm::services {

using domain::Due;
using domain::DueInstant;
using projections::Schedule;

ScheduleRunner::ScheduleRunner(Parts parts)
    : parts_(std::move(parts)), method_("crm.v1.ScheduleService", "RetryDueWork") {}

void ScheduleRunner::Start() {
  listener_ = parts_.log.Listen([this](const Uuid& organization, Position) {
    MutexLock lock(mutex_);
    moved_.insert(organization);
  });
  {
    MutexLock lock(mutex_);
    for (const Uuid& organization : parts_.log.ListOrganizations()) moved_.insert(organization);
  }
  thread_ = std::thread([this] { Loop(); });
}

void ScheduleRunner::Stop() {
  if (!thread_.joinable()) return;
  parts_.log.Unlisten(*listener_);
  {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

bool ScheduleRunner::closed() {
  MutexLock lock(mutex_);
  return closed_;
}

void ScheduleRunner::Loop() {
  NameThisThread("schedule");
  LowerThisThread();
  do {
    for (const Uuid& organization : TakeReady()) {
      const absl::StatusOr<absl::Time> next = Advance(organization);
      if (closed()) return;
      if (next.ok()) {
        next_[organization] = *next;
        problems_.erase(organization);
      } else {
        Complain(organization, next.status());
      }
    }
  } while (Rest());
}

std::vector<Uuid> ScheduleRunner::TakeReady() {
  absl::flat_hash_set<Uuid> ready;
  {
    MutexLock lock(mutex_);
    ready.swap(moved_);
  }
  const absl::Time now = parts_.clock.Now();
  for (const auto& [organization, time] : next_) {
    if (time <= now) ready.insert(organization);
  }
  return {ready.begin(), ready.end()};
}

bool ScheduleRunner::Rest() {
  const absl::Time now = parts_.clock.Now();
  const bool more = std::any_of(next_.begin(), next_.end(),
                                [&](const auto& entry) { return entry.second <= now; });
  MutexLock lock(mutex_);
  if (!more && !closed_) changed_.WaitFor(mutex_, absl::ToChronoMilliseconds(kTick));
  return !closed_;
}

absl::StatusOr<absl::Time> ScheduleRunner::Advance(const Uuid& organization) {
  ASSIGN_OR_RETURN(const eventstore::Head head, parts_.log.GetHead(organization));
  ASSIGN_OR_RETURN(const auto view,
                   AwaitRows(parts_.projections, parts_.clock, Schedule::kName, organization,
                             head.durable, [this] { return closed(); }));
  ASSIGN_OR_RETURN(const Schedule::Turn turn, Schedule::FirstTurn(view->rows()));
  // What the log holds has happened, however the clock was set since.
  if (turn.time > std::max(parts_.clock.Now(), head.record_time)) return turn.time;
  for (const DueInstant& instant : turn.work)
    RETURN_IF_ERROR(Perform(organization, instant, head.durable));
  return turn.time;
}

absl::Status ScheduleRunner::Perform(const Uuid& organization, const DueInstant& instant,
                                     Position known) {
  if (closed()) return absl::UnavailableError("the server stops");
  Call call;
  call.method = &method_;
  // Not before what the log holds, as for any other caller.
  call.now = std::max(parts_.clock.Now(), parts_.authorizer.streams().LastRecordTime(organization));
  ASSIGN_OR_RETURN(call.actor, parts_.authorizer.SystemActor(domain::OrganizationId(organization)));
  const absl::StatusOr<bool> done = Try(call, instant);
  if (done.ok() && *done) return absl::OkStatus();
  return Note(call, instant, known, done.status());
}

absl::StatusOr<bool> ScheduleRunner::Try(const Call& call, const DueInstant& instant) const {
  const auto work =
      std::find_if(parts_.work.begin(), parts_.work.end(),
                   [&](const ScheduledWork& candidate) { return candidate.rule == instant.rule; });
  if (work == parts_.work.end()) return absl::InternalError("nobody does the work of this rule");
  return work->perform(call, instant);
}

absl::Status ScheduleRunner::Note(const Call& call, const DueInstant& instant, Position known,
                                  const absl::Status& outcome) {
  LogStreams streams(parts_.authorizer.streams(), call.organization().uuid());
  ASSIGN_OR_RETURN(const domain::Ref<Due> due,
                   domain::Lookup(streams).Find<Due>(domain::DueOf(instant)));
  if (outcome.ok()) return Append(call, due, domain::NothingLeft(instant, known));
  std::string reason = ReasonOf(outcome);
  if (reason.empty()) reason = absl::StatusCodeToString(outcome.code());
  log::Warning(
      "what was due could not be done",
      {{"rule", instant.rule}, {"record", domain::RecordNameOf(instant)}, {"reason", reason}});
  return Append(call, due, domain::FailedAgain(due.state(), instant, reason, call.now));
}

template <class E>
absl::Status ScheduleRunner::Append(const Call& call, const domain::Ref<Due>& due, const E& event) {
  const Uuid organization = call.organization().uuid();
  const StreamId stream = domain::StreamOf(due.id);
  ASSIGN_OR_RETURN(NewEvent stored, domain::EncodeEvent(event, organization, stream,
                                                        due.head.version + 1, parts_.keys));
  eventstore::Commit commit;
  commit.organization = organization;
  commit.now = call.now;
  commit.streams.push_back({stream, due.head.version, {std::move(stored)}, true});
  const absl::Status appended = Await([&](auto done) {
    parts_.log.Append(std::move(commit), [done](absl::StatusOr<eventstore::Committed> committed) {
      done(committed.status());
    });
  });
  // Somebody retried it or gave it up meanwhile: that counts.
  return absl::IsAborted(appended) ? absl::OkStatus() : appended;
}

void ScheduleRunner::Complain(const Uuid& organization, const absl::Status& status) {
  std::string& problem = problems_[organization];
  if (problem != status.message()) {
    problem = std::string(status.message());
    log::Error("a schedule cannot go on",
               {{"organization", organization.ToString()}, {"problem", problem}});
  }
  // Again at the next tick.
  next_.erase(organization);
  MutexLock lock(mutex_);
  moved_.insert(organization);
}

}  // namespace crm::services
