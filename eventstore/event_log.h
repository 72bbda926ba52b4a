// The event log: append-only streams of opaque events, totally ordered and gapless per
// organization.
//
// Words. A *stream* is the history of one aggregate; its events have dense *versions* from 1. All
// streams of an organization share one log; its events have gapless *positions* from 1. A *commit*
// is everything one command decided: it is written whole or not at all, and readers never see part
// of it. An event is *sequenced* once it has its position, and *durable* once the batch that holds
// it is synced.
//
// The log stores bytes with a type name and knows no event (that is domain/event_codec.h).
//
// Errors carry a reason (base/reason.h); the ones named below are part of the contract.
//
// Threading: every method may be called from any thread. Callbacks (Done, listeners) run on the
// calling thread, or on the one that writes: the log's own, or that of anybody who appends. They
// must be short and must not call back into Append on the same stack.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/hash.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "crm/log/v1/log.pb.h"

namespace crm::eventstore {

using log::v1::RecordedEvent;
using log::v1::RequestRecord;

struct StreamAppend {
  StreamId stream;
  Version expected = 0;  // exact; 0 means "must not exist"
  std::vector<NewEvent> events;
  // Bookkeeping streams (claims, rosters, series) take record time as their effective time.
  bool bookkeeping = false;
  // Of these events, when it is not the commit's: a correction is true when what it corrects was.
  std::optional<absl::Time> effective_time = std::nullopt;
};

struct StreamExpectation {
  StreamId stream;
  Version version = 0;
};

// Identifies a command for idempotency. Unique per organization and actor.
struct RequestKey {
  Uuid actor;
  Uuid request_id;
  Digest digest{};
};

struct Commit {
  Uuid organization;
  // Written streams; the first is the command's own. A stream without events is only checked, and
  // kept in the request record: a command that decided nothing is recorded too. No stream appears
  // twice.
  std::vector<StreamAppend> streams;
  std::vector<StreamExpectation> unchanged;  // read while deciding; checked together with `streams`
  std::optional<RequestKey> request;
  Uuid actor;
  Uuid correlation_id;
  Uuid causation_id;
  absl::Time now;  // the command's one clock reading; the sequencer may raise it
  // Of every stream that says nothing else; absent: record time.
  std::optional<absl::Time> effective_time;
  bool create_organization = false;  // the organization must not exist yet
};

struct Committed {
  RequestRecord record;  // as the request index keeps it, also when the commit carried no request
  absl::Time record_time;
  bool replayed = false;  // the same request was already recorded; nothing was written now
};

struct Head {
  Position sequenced = 0;
  Position durable = 0;
  Digest hash{};  // of the last durable event; zero for an empty log
  absl::Time record_time = absl::InfinitePast();  // of the last sequenced commit
};

// A page ends before the commit that would exceed max_events and after the one that reaches
// max_bytes, but always holds at least one whole commit.
struct ReadLimits {
  int64_t max_events = 512;
  int64_t max_bytes = 4 << 20;
  // Others read the same soon, as all views do: what is read is kept for them for a while.
  bool shared = false;
};

class EventLog {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<Committed>) &&>;
  // Builds a commit while no other commit can be sequenced.
  using Build = absl::AnyInvocable<absl::StatusOr<Commit>() &&>;
  // Called with each event in order; a non-OK status stops the read and is returned from it.
  using Visitor = absl::FunctionRef<absl::Status(const RecordedEvent&)>;
  using Listener = std::function<void(const Uuid& organization, Position durable)>;

  virtual ~EventLog() = default;

  // Sequences the commit before it returns, may write it too, and calls `done` exactly once: after
  // the sync with the outcome, or with
  //   ABORTED             STREAM_CHANGED: an expectation no longer holds (metadata stream,
  //                       expected_version, actual_version),
  //   INVALID_ARGUMENT    REQUEST_ID_REUSED: the request id is known with another digest;
  //                       COMMIT_TOO_LARGE (limits.h); COMMIT_MALFORMED;
  //                       EFFECTIVE_TIME_IN_FUTURE: one is later than the record time,
  //   NOT_FOUND           ORGANIZATION_NOT_FOUND,
  //   ALREADY_EXISTS      ORGANIZATION_EXISTS, with create_organization,
  //   RESOURCE_EXHAUSTED  LOG_OVERLOADED: too much waits for the disk,
  //   UNAVAILABLE         LOG_STOPPED: the outcome is unknown, and the same request id makes a
  //                       retry safe.
  // After any other error than the last nothing was written. A known request with the same digest
  // yields its first outcome again with `replayed`; one that is in flight waits for it.
  virtual void Append(Commit commit, Done done) = 0;

  // Like Append, with `build` run inside the sequencer's exclusive section: its commit cannot
  // conflict. For commands that lost the race several times. `build` may read the log but not
  // append to it.
  virtual void AppendExclusively(Build build, Done done) = 0;

  // Whether the request is known, in flight or durable. When it is, takes `done` and calls it as
  // Append would for a repetition: once the first one is durable, `replayed`, or with
  // REQUEST_ID_REUSED; also with LOG_STOPPED or storage's error when that is all there is to say.
  // When it is not (as when the organization does not exist), `done` is left as it is.
  virtual bool JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) = 0;

  // Calls `visit` with the events of a stream from version `from` (>= 1) on, sequenced ones
  // included, in order. A stream that does not exist has no events. DATA_LOSS RECORD_UNREADABLE
  // names position and stream; UNAVAILABLE once the log stopped, as its tail is unsure.
  virtual absl::Status ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                                  Visitor visit) = 0;

  // The version a stream has reached, sequenced events included; 0 when it does not exist.
  virtual absl::StatusOr<Version> GetVersion(const Uuid& organization, const StreamId& stream) = 0;

  // Calls `visit` with durable events from position `from` (>= 1) on, in order, until a limit is
  // reached; ends only between commits. NOT_FOUND when the organization does not exist; DATA_LOSS
  // RECORD_UNREADABLE names the position of a hole or an unreadable record.
  virtual absl::Status ReadLog(const Uuid& organization, Position from, const ReadLimits& limits,
                               Visitor visit) = 0;

  // NOT_FOUND when the organization does not exist.
  virtual absl::StatusOr<Head> GetHead(const Uuid& organization) = 0;

  // All organizations whose creation is durable, in creation order.
  virtual std::vector<Uuid> ListOrganizations() = 0;

  // Runs `ready` once every event up to `position` is durable (at once when it already is), with
  // NOT_FOUND when the organization does not exist and UNAVAILABLE when the log stopped or closed
  // before. A position that is not sequenced yet is waited for.
  virtual void WhenDurable(const Uuid& organization, Position position,
                           absl::AnyInvocable<void(absl::Status) &&> ready) = 0;

  // Calls `listener` after each sync, once for every organization that advanced or was created.
  // Returns a handle for Unlisten, which returns only when no call is running. A listener must call
  // neither.
  virtual int64_t Listen(Listener listener) = 0;
  virtual void Unlisten(int64_t handle) = 0;
};

}  // namespace crm::eventstore
