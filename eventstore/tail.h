// Tail: the part of the log that is sequenced and not yet durable. It answers what storage cannot
// answer yet: the events of a stream, its head, the requests in flight.
//
// Not thread-safe: the sequencer guards it with the mutex that guards what is visible to readers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "base/uuid.h"
#include "eventstore/event_log.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

// Where an organization's log ends.
struct LogEnd {
  Position position = 0;
  Digest hash{};  // of the event at `position`; zero for an empty log
  int64_t record_time_us = std::numeric_limits<int64_t>::min();
};

// A stream among all organizations.
struct StreamAddress {
  OrganizationOrdinal organization = 0;
  StreamId stream;

  friend bool operator==(const StreamAddress&, const StreamAddress&) = default;
  template <class H>
  friend H AbslHashValue(H h, const StreamAddress& address) {
    return H::combine(std::move(h), address.organization, address.stream);
  }
};

// A request among all organizations.
struct RequestAddress {
  OrganizationOrdinal organization = 0;
  Uuid actor;
  Uuid request_id;

  friend bool operator==(const RequestAddress&, const RequestAddress&) = default;
  template <class H>
  friend H AbslHashValue(H h, const RequestAddress& address) {
    return H::combine(std::move(h), address.organization, address.actor, address.request_id);
  }
};

// A repeat of a request in flight: answered when the first one is.
struct DuplicateCaller {
  Digest digest;
  EventLog::Done done;
};

// A sequenced commit on its way to the disk. `rows` never changes once it is in the tail.
struct PendingCommit {
  CommitRows rows;
  Uuid organization;
  LogEnd end;  // of the organization's log after this commit
  bool creates_organization = false;
  int64_t bytes = 0;
  std::optional<RequestAddress> request;
  Committed outcome;
  EventLog::Done done;
  std::vector<DuplicateCaller> duplicates;

  // True when the organization's row must be written with it.
  bool MovesEnd() const { return creates_organization || !rows.events.empty(); }
};

// Adjacent events of one stream in a pending commit.
struct PendingEvents {
  std::shared_ptr<const PendingCommit> commit;
  size_t begin = 0;  // into commit->rows.events
  size_t end = 0;

  Version first_version() const { return commit->rows.events[begin].version; }
};

class Tail {
 public:
  void Add(std::shared_ptr<PendingCommit> commit);

  // Forgets a commit that became durable. Commits leave in the order they came.
  void Remove(const PendingCommit& commit);

  // Forgets every request: nobody can join them any more.
  void DropRequests() { requests_.clear(); }

  // The events of a stream that are not durable, in order.
  std::vector<PendingEvents> EventsOf(const StreamAddress& address) const;

  // The stream's head when the tail holds events of it.
  std::optional<StreamHead> HeadOf(const StreamAddress& address) const;

  // The commit in flight for a request, or nullptr.
  PendingCommit* FindRequest(const RequestAddress& address) const;

 private:
  absl::flat_hash_map<StreamAddress, absl::InlinedVector<PendingEvents, 1>> streams_;
  absl::flat_hash_map<RequestAddress, std::shared_ptr<PendingCommit>> requests_;
};

}  // namespace crm::eventstore
