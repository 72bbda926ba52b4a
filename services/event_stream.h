// EventStream: one SubscribeEvents call. First the events that exist, then live ones; events are
// packed many to a message; while nothing matches, checkpoints go out by time. Back-pressure is
// gRPC's: the next page is read only when the last message has been taken. Reading happens on a
// worker pool, never in a reaction; a stream has at most one turn there at a time, so a pool whose
// queue has room for as many as there are seats never refuses one.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/key_ring.h"
#include "crm/v1/event_service.pb.h"
#include "eventstore/subscription_hub.h"
#include "services/call.h"
#include "services/drain_signal.h"
#include "services/stream_seats.h"
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

struct EventStreamParts {
  eventstore::SubscriptionHub& hub;
  KeyRing& keys;
  WorkerPool& workers;
  DrainSignal& drain;
  const Clock& clock;
  StreamSeats& seats;
};

// Starts the stream; it deletes itself when gRPC is done with it. A status that is not OK ends it
// as soon as what it rests on is durable.
grpc::ServerWriteReactor<v1::SubscribeEventsResponse>* StartEventStream(
    const EventStreamParts& parts, grpc::CallbackServerContext* context,
    const absl::Status& admitted, const Basis& basis, const Call& call,
    const v1::SubscribeEventsRequest& request);

}  // namespace crm::services
