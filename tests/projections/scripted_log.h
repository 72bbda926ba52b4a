// ScriptedLog: an EventLog that a test writes by hand, events and all, and may damage: what the
// real engines refuse. It chains hashes as they do.
//
// Include from tests only. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "eventstore/event_log.h"

namespace crm::projections::testing {

using eventstore::RecordedEvent;

class ScriptedLog final : public eventstore::EventLog {
 public:
  // Adds one commit: fills position, organization, hash and the place in the commit, and tells
  // listeners. Streams, versions, types, data and times are the caller's.
  void Add(const Uuid& organization, std::vector<RecordedEvent> commit);
  // Forgets everything after `position`, as a restored backup would.
  void Truncate(const Uuid& organization, Position position);
  void Forget(const Uuid& organization);
  // Puts other bytes in the place of an event's.
  void Damage(const Uuid& organization, Position position, const std::string& data);

  absl::Status ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                          Visitor visit) override;
  absl::Status ReadLog(const Uuid& organization, Position from,
                       const eventstore::ReadLimits& limits, Visitor visit) override;
  absl::StatusOr<eventstore::Head> GetHead(const Uuid& organization) override;
  std::vector<Uuid> ListOrganizations() override;
  int64_t Listen(Listener listener) override;
  void Unlisten(int64_t handle) override;

  // Not scripted: UNIMPLEMENTED.
  void Append(eventstore::Commit commit, Done done) override;
  void AppendExclusively(Build build, Done done) override;
  bool JoinRequest(const Uuid& organization, const eventstore::RequestKey& key,
                   Done& done) override;
  absl::StatusOr<Version> GetVersion(const Uuid& organization, const StreamId& stream) override;
  void WhenDurable(const Uuid& organization, Position position,
                   absl::AnyInvocable<void(absl::Status) &&> ready) override;

 private:
  Mutex mutex_;
  std::map<Uuid, std::vector<RecordedEvent>> logs_ ABSL_GUARDED_BY(mutex_);
  Mutex listening_;  // held while listeners run, so that Unlisten waits for them
  std::map<int64_t, Listener> listeners_ ABSL_GUARDED_BY(listening_);
  int64_t next_listener_ ABSL_GUARDED_BY(listening_) = 1;
};

}  // namespace crm::projections::testing
