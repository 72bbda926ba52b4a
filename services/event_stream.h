// EventStream: one SubscribeEvents call. First the events that exist, then live ones; events are
// packed many to a message; while nothing matches, checkpoints go out by time. Back-pressure is
// gRPC's: the next page is read only when the last message has been taken. Reading happens on the
// worker pool, never in a reaction.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/mutex.h"
#include "crm/v1/event_service.pb.h"
#include "eventstore/subscription_hub.h"
#include "services/call.h"
#include "services/worker_pool.h"

namespace crm::services {

// What an event of the API filter must be, taken apart and checked once.
class EventMatcher {
 public:
  // INVALID_ARGUMENT for a record or member that is no name.
  static absl::StatusOr<EventMatcher> Create(const v1::EventFilter& filter);
  bool Matches(const log::v1::RecordedEvent& event) const;

 private:
  std::vector<std::string> categories_;
  std::vector<std::string> types_;
  std::optional<StreamId> stream_;
  std::optional<std::string> actor_;
};

// Tells streams that the server drains: they end with UNAVAILABLE and the position to go on from.
class StreamRegistry {
 public:
  class Stream {
   public:
    virtual ~Stream() = default;
    virtual void Drain() = 0;
  };
  explicit StreamRegistry(int max_streams) : max_streams_(max_streams) {}

  // False when there are too many.
  bool Add(Stream* stream);
  void Remove(Stream* stream);
  // Ends every stream, now and from now on.
  void DrainAll();

 private:
  const int max_streams_;
  Mutex mutex_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

struct EventStreamParts {
  eventstore::SubscriptionHub& hub;
  KeyRing& keys;
  WorkerPool& workers;
  StreamRegistry& streams;
  const Clock& clock;
};

// Starts the stream; it deletes itself when gRPC is done with it. A status that is not OK ends it
// at once.
grpc::ServerWriteReactor<v1::SubscribeEventsResponse>* StartEventStream(
    const EventStreamParts& parts, absl::Status admitted, const Call& call,
    const v1::SubscribeEventsRequest& request);

}  // namespace crm::services
