// Eraser: destroys the keys of persons whose erasure is recorded, and makes the process forget what
// it had read with them. The event comes first, the key goes after it is durable: a crash between
// the two is made good at the next start, because the list of erased persons is a view and
// destroying a destroyed key changes nothing.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/uuid.h"
#include "eventstore/event_log.h"
#include "projections/projection_set.h"
#include "services/stream_cache.h"
#include "services/worker_pool.h"

namespace crm::services {

class Eraser {
 public:
  struct Parts {
    eventstore::EventLog& log;
    KeyRing& keys;
    StreamCache& streams;
    projections::ProjectionSet& projections;
    WorkerPool& workers;
    const Clock& clock;
  };
  explicit Eraser(Parts parts) : parts_(parts) {}

  // Destroys the keys of every person of the organization whose erasure is recorded up to
  // `position`, then runs `done`. UNAVAILABLE when the view of erasures does not get there.
  void EraseUpTo(const Uuid& organization, Position position,
                 absl::AnyInvocable<void(absl::Status) &&> done);

  // The same, and runs `done` only when no view shows the persons any more. UNAVAILABLE when one
  // does not get there: the keys are gone all the same, and asking again looks again.
  void EraseEverywhere(const Uuid& organization, Position position,
                       absl::AnyInvocable<void(absl::Status) &&> done);

  // At start: makes good what a crash left undone, for every organization, one after the other.
  void Resume();

 private:
  absl::Status EraseListed(const Uuid& organization);
  void ResumeFrom(std::shared_ptr<const std::vector<Uuid>> organizations, size_t next);
  // Waits for one view after the other.
  void WhenViewsFollow(const Uuid& organization, Position position, std::vector<std::string> views,
                       absl::AnyInvocable<void(absl::Status) &&> done);

  Parts parts_;
};

}  // namespace crm::services
