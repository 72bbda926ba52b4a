// MemoryStorage: a LogStorage that forgets everything with the process. For tests, scenarios and
// scratch copies; the reference the other engines are compared with.
//
// Thread-safe: one mutex, never held while a visitor runs.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "eventstore/log_storage.h"
#include "eventstore/tail.h"

namespace crm::eventstore {

class MemoryStorage final : public LogStorage {
 public:
  absl::Status Write(const StorageBatch& batch) override;
  absl::StatusOr<std::vector<OrganizationRow>> ReadOrganizations() const override;
  absl::StatusOr<StreamHead> ReadHead(OrganizationOrdinal organization,
                                      const StreamId& stream) const override;
  absl::StatusOr<std::optional<std::string>> ReadRequest(OrganizationOrdinal organization,
                                                         const Uuid& actor,
                                                         const Uuid& request_id) const override;
  absl::Status ReadStream(OrganizationOrdinal organization, const StreamId& stream, Version from,
                          Version to, RecordVisitor visit) const override;
  absl::Status ReadLog(OrganizationOrdinal organization, Position from, Position to,
                       RecordVisitor visit) const override;
  absl::StatusOr<Position> LastPosition(OrganizationOrdinal organization) const override;
  absl::Status VisitVersions(OrganizationOrdinal organization, VersionVisitor visit) const override;
  absl::Status VisitRequests(OrganizationOrdinal organization, RequestVisitor visit) const override;

 private:
  // Nodes never move and records never change, so a visitor may hold one without the lock.
  using Records = std::map<Position, std::string>;

  mutable Mutex mutex_;
  std::map<OrganizationOrdinal, OrganizationRow> organizations_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<OrganizationOrdinal, Records> records_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<StreamAddress, std::vector<Position>> streams_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<RequestAddress, std::string> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::eventstore
