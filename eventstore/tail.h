// Tail: the end of the log, in memory: what is sequenced and not yet durable, and what became so
// last. It answers what storage cannot answer yet - the events of a stream, its head, the requests
// in flight - and saves a look at storage to whoever reads what was just written, as every command
// does that is answered from its own events.
//
// Not thread-safe: the sequencer guards it with the mutex that guards what is visible to readers.
#pragma once

#include <cstdint>
#include <deque>
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
  Version last_version() const { return commit->rows.events[end - 1].version; }
};

class Tail {
 public:
  explicit Tail(int64_t recent_bytes) : recent_bytes_(recent_bytes) {}

  void Add(std::shared_ptr<PendingCommit> commit);

  // A commit became durable, in the order they came: its request is storage's to know now, its
  // events stay until `recent_bytes` of younger ones are durable too.
  void Settle(std::shared_ptr<const PendingCommit> commit);

  // Forgets every request: nobody can join them any more.
  void DropRequests() { requests_.clear(); }

  // The events of a stream that are here, in order, from the one on that holds version `from`: the
  // last ones it has.
  std::vector<PendingEvents> EventsOf(const StreamAddress& address, Version from) const;

  // The stream's head when the tail holds events of it.
  std::optional<StreamHead> HeadOf(const StreamAddress& address) const;

  // The commit in flight for a request, or nullptr.
  PendingCommit* FindRequest(const RequestAddress& address) const;

 private:
  // Of one stream. What is dropped leaves the vector some at a time: a hot stream has thousands.
  struct Stream {
    absl::InlinedVector<PendingEvents, 1> events;
    size_t dropped = 0;  // of those, at the beginning
  };

  void Drop(const PendingCommit& commit);

  const int64_t recent_bytes_;
  absl::flat_hash_map<StreamAddress, Stream> streams_;
  absl::flat_hash_map<RequestAddress, std::shared_ptr<PendingCommit>> requests_;
  std::deque<std::shared_ptr<const PendingCommit>> settled_;  // oldest first
  int64_t settled_bytes_ = 0;
};

}  // namespace crm::eventstore
