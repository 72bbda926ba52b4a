#include "eventstore/memory/memory_storage.h"

#include <algorithm>

#include "base/status_macros.h"

namespace crm::eventstore {

absl::Status MemoryStorage::Write(const StorageBatch& batch) {
  MutexLock lock(mutex_);
  for (const CommitRows* commit : batch.commits) {
    Records& records = records_[commit->organization];
    for (const EventRow& event : commit->events) {
      records.emplace_hint(records.end(), event.position, event.record);
      streams_[{commit->organization, commit->heads[event.stream].stream}].push_back(
          event.position);
    }
    if (const auto& request = commit->request)
      requests_[{commit->organization, request->actor, request->request_id}] = request->record;
  }
  for (const OrganizationRow& row : batch.organizations) organizations_[row.ordinal] = row;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OrganizationRow>> MemoryStorage::ReadOrganizations() const {
  MutexLock lock(mutex_);
  std::vector<OrganizationRow> rows;
  for (const auto& [ordinal, row] : organizations_) rows.push_back(row);
  return rows;
}

absl::StatusOr<StreamHead> MemoryStorage::ReadHead(OrganizationOrdinal organization,
                                                   const StreamId& stream) const {
  MutexLock lock(mutex_);
  const auto found = streams_.find(StreamAddress{organization, stream});
  if (found == streams_.end()) return StreamHead{};
  return StreamHead{static_cast<Version>(found->second.size()), found->second.back()};
}

absl::StatusOr<std::optional<std::string>> MemoryStorage::ReadRequest(
    OrganizationOrdinal organization, const Uuid& actor, const Uuid& request_id) const {
  MutexLock lock(mutex_);
  const auto found = requests_.find(RequestAddress{organization, actor, request_id});
  if (found == requests_.end()) return std::nullopt;
  return found->second;
}

absl::Status MemoryStorage::ReadStream(OrganizationOrdinal organization, const StreamId& stream,
                                       Version from, Version to, RecordVisitor visit) const {
  std::vector<std::pair<Position, const std::string*>> found;
  {
    MutexLock lock(mutex_);
    const auto positions = streams_.find(StreamAddress{organization, stream});
    if (positions == streams_.end()) return absl::OkStatus();
    const Records& records = records_.find(organization)->second;
    const Version last = std::min(to, static_cast<Version>(positions->second.size()));
    for (Version version = from; version <= last; ++version) {
      const Position position = positions->second[static_cast<size_t>(version - 1)];
      found.emplace_back(position, &records.find(position)->second);
    }
  }
  for (const auto& [position, record] : found) RETURN_IF_ERROR(visit(position, *record));
  return absl::OkStatus();
}

absl::Status MemoryStorage::ReadLog(OrganizationOrdinal organization, Position from, Position to,
                                    RecordVisitor visit) const {
  for (Position position = from; position <= to; ++position) {
    const std::string* record = nullptr;
    {
      MutexLock lock(mutex_);
      const auto records = records_.find(organization);
      if (records == records_.end()) return absl::OkStatus();
      const auto found = records->second.lower_bound(position);
      if (found == records->second.end() || found->first > to) return absl::OkStatus();
      position = found->first;
      record = &found->second;
    }
    RETURN_IF_ERROR(visit(position, *record));
  }
  return absl::OkStatus();
}

absl::StatusOr<Position> MemoryStorage::LastPosition(OrganizationOrdinal organization) const {
  MutexLock lock(mutex_);
  const auto found = records_.find(organization);
  return found == records_.end() || found->second.empty() ? 0 : found->second.rbegin()->first;
}

absl::Status MemoryStorage::VisitVersions(OrganizationOrdinal organization,
                                          VersionVisitor visit) const {
  std::vector<std::pair<StreamId, std::vector<Position>>> streams;
  {
    MutexLock lock(mutex_);
    for (const auto& [address, positions] : streams_)
      if (address.organization == organization) streams.emplace_back(address.stream, positions);
  }
  for (const auto& [stream, positions] : streams) {
    for (size_t i = 0; i < positions.size(); ++i)
      RETURN_IF_ERROR(visit(stream, static_cast<Version>(i + 1), positions[i]));
  }
  return absl::OkStatus();
}

absl::Status MemoryStorage::VisitRequests(OrganizationOrdinal organization,
                                          RequestVisitor visit) const {
  std::vector<RequestRow> rows;
  {
    MutexLock lock(mutex_);
    for (const auto& [address, record] : requests_)
      if (address.organization == organization)
        rows.push_back({address.actor, address.request_id, record});
  }
  for (const RequestRow& row : rows) RETURN_IF_ERROR(visit(row));
  return absl::OkStatus();
}

}  // namespace crm::eventstore
