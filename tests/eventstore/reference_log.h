// ReferenceLog: the event log as its contract reads, with plain maps and one lock, and nothing
// shared with the engines: what they are compared with. It keeps everything in memory, writes at
// once, and knows no hashes.
//
// Include from tests only. Thread-safe; callbacks run on the calling thread, without the lock.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "eventstore/event_log.h"

namespace crm::eventstore {

class ReferenceLog final : public EventLog {
 public:
  void Append(Commit commit, Done done) override;
  void AppendExclusively(Build build, Done done) override;
  bool JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) override;
  absl::Status ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                          Visitor visit) override;
  absl::StatusOr<Version> GetVersion(const Uuid& organization, const StreamId& stream) override;
  absl::Status ReadLog(const Uuid& organization, Position from, const ReadLimits& limits,
                       Visitor visit) override;
  absl::StatusOr<Head> GetHead(const Uuid& organization) override;
  std::vector<Uuid> ListOrganizations() override;
  void WhenDurable(const Uuid& organization, Position position,
                   absl::AnyInvocable<void(absl::Status) &&> ready) override;
  int64_t Listen(Listener listener) override;
  void Unlisten(int64_t handle) override;

 private:
  struct Organization {
    std::vector<RecordedEvent> log;
    std::map<StreamId, Version> versions;
    std::map<std::pair<Uuid, Uuid>, std::pair<Digest, Committed>> requests;  // by actor and id
    int64_t record_time_us = 0;
  };

  absl::StatusOr<Committed> Decide(const Commit& commit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static std::optional<absl::StatusOr<Committed>> FindRequest(const Organization& organization,
                                                              const RequestKey& key);
  static absl::Status CheckExpectations(const Organization& organization, const Commit& commit);
  static Committed Write(Organization& organization, const Commit& commit, int64_t record_time_us);

  Mutex mutex_;
  std::map<Uuid, Organization> organizations_ ABSL_GUARDED_BY(mutex_);
  std::vector<Uuid> created_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
