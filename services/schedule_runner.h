// ScheduleRunner: does what is due by the clock. Per organization it takes what stands first in the
// view `schedule`, once the view has applied everything there is, and performs what is due in order
// of instant, rule and record. What fails is noted in a stream of its own (domain/schedule/due.h)
// and stands aside until it is tried again; the next goes on. Nothing else is remembered: after a
// crash, a restart or a month of sleep the same rows are found, and what was done is known by its
// request id.
//
// The clock is looked at every kTick, and only says what is due: tests own it. Organizations take
// turns, an instant each.
//
// One thread of its own; Start and Stop on one thread.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "domain/schedule/due.h"
#include "eventstore/event_log.h"
#include "projections/projection_set.h"
#include "projections/schedule.h"
#include "services/authorizer.h"
#include "services/schedule_work.h"

namespace crm::services {

class ScheduleRunner {
 public:
  static constexpr absl::Duration kTick = absl::Milliseconds(200);

  struct Parts {
    eventstore::EventLog& log;
    KeyRing& keys;
    const Authorizer& authorizer;
    projections::ProjectionSet& projections;
    const Clock& clock;
    std::vector<ScheduledWork> work;
  };
  explicit ScheduleRunner(Parts parts);
  ~ScheduleRunner() { Stop(); }
  ScheduleRunner(const ScheduleRunner&) = delete;
  ScheduleRunner& operator=(const ScheduleRunner&) = delete;

  void Start();
  // Ends after the command under way.
  void Stop();

 private:
  void Loop();
  // Organizations whose log moved on, or whose time has come.
  std::vector<Uuid> TakeReady();
  // False once closed.
  bool Rest();
  bool closed();

  // Does what is due at the first instant; the instant the organization waits for then.
  absl::StatusOr<absl::Time> Advance(const Uuid& organization);
  // The view has applied everything up to `known`.
  absl::Status Perform(const Uuid& organization, const domain::DueInstant& instant, Position known);
  absl::StatusOr<bool> Try(const Call& call, const domain::DueInstant& instant) const;
  // Notes what an attempt came to that recorded nothing.
  absl::Status Note(const Call& call, const domain::DueInstant& instant, Position known,
                    const absl::Status& outcome);
  template <class E>
  absl::Status Append(const Call& call, const domain::Ref<domain::Due>& due, const E& event);
  // Says once what keeps an organization's schedule from going on.
  void Complain(const Uuid& organization, const absl::Status& status);

  Parts parts_;
  const Method method_;
  std::optional<int64_t> listener_;
  std::thread thread_;
  // The thread's own.
  absl::flat_hash_map<Uuid, absl::Time> next_;
  absl::flat_hash_map<Uuid, std::string> problems_;

  Mutex mutex_;
  CondVar changed_;
  absl::flat_hash_set<Uuid> moved_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace crm::services
