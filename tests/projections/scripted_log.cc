#include "tests/projections/scripted_log.h"

#include "base/hash.h"
#include "base/status_macros.h"

namespace crm::projections::testing {

void ScriptedLog::Add(const Uuid& organization, std::vector<RecordedEvent> commit) {
  Position durable = 0;
  {
    MutexLock lock(mutex_);
    std::vector<RecordedEvent>& log = logs_[organization];
    for (size_t i = 0; i < commit.size(); ++i) {
      RecordedEvent& event = commit[i];
      event.set_position(static_cast<int64_t>(log.size()) + 1);
      event.set_organization(organization.ToBytes());
      event.set_commit_size(static_cast<int32_t>(commit.size()));
      event.set_index_in_commit(static_cast<int32_t>(i));
      event.clear_hash();
      const std::string previous = log.empty() ? std::string() : log.back().hash();
      event.set_hash(std::string(AsView(Sha256(previous, event.SerializeAsString()))));
      log.push_back(event);
    }
    durable = static_cast<Position>(log.size());
  }
  MutexLock lock(listening_);
  for (const auto& [handle, listener] : listeners_) listener(organization, durable);
}

void ScriptedLog::Truncate(const Uuid& organization, Position position) {
  MutexLock lock(mutex_);
  logs_[organization].resize(static_cast<size_t>(position));
}

void ScriptedLog::Forget(const Uuid& organization) {
  MutexLock lock(mutex_);
  logs_.erase(organization);
}

void ScriptedLog::Damage(const Uuid& organization, Position position, const std::string& data) {
  MutexLock lock(mutex_);
  logs_[organization][static_cast<size_t>(position) - 1].set_data(data);
}

absl::Status ScriptedLog::ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                                     Visitor visit) {
  MutexLock lock(mutex_);
  for (const RecordedEvent& event : logs_[organization]) {
    if (event.category() != stream.category || event.stream_id() != stream.id.ToBytes()) continue;
    if (event.version() >= from) RETURN_IF_ERROR(visit(event));
  }
  return absl::OkStatus();
}

absl::Status ScriptedLog::ReadLog(const Uuid& organization, Position from,
                                  const eventstore::ReadLimits& limits, Visitor visit) {
  std::vector<RecordedEvent> page;
  {
    MutexLock lock(mutex_);
    const std::vector<RecordedEvent>& log = logs_[organization];
    for (size_t i = static_cast<size_t>(from) - 1; i < log.size(); ++i) {
      const bool begins_commit = log[i].index_in_commit() == 0;
      if (begins_commit && static_cast<int64_t>(page.size()) >= limits.max_events) break;
      page.push_back(log[i]);
    }
  }
  for (const RecordedEvent& event : page) RETURN_IF_ERROR(visit(event));
  return absl::OkStatus();
}

absl::StatusOr<eventstore::Head> ScriptedLog::GetHead(const Uuid& organization) {
  MutexLock lock(mutex_);
  const auto found = logs_.find(organization);
  if (found == logs_.end()) return absl::NotFoundError("no such organization");
  eventstore::Head head;
  head.sequenced = head.durable = static_cast<Position>(found->second.size());
  return head;
}

std::vector<Uuid> ScriptedLog::ListOrganizations() {
  MutexLock lock(mutex_);
  std::vector<Uuid> organizations;
  for (const auto& [organization, log] : logs_) organizations.push_back(organization);
  return organizations;
}

int64_t ScriptedLog::Listen(Listener listener) {
  MutexLock lock(listening_);
  listeners_.emplace(next_listener_, std::move(listener));
  return next_listener_++;
}

void ScriptedLog::Unlisten(int64_t handle) {
  MutexLock lock(listening_);
  listeners_.erase(handle);
}

void ScriptedLog::Append(eventstore::Commit, Done done) {
  std::move(done)(absl::UnimplementedError("scripted"));
}
void ScriptedLog::AppendExclusively(Build, Done done) {
  std::move(done)(absl::UnimplementedError("scripted"));
}
bool ScriptedLog::JoinRequest(const Uuid&, const eventstore::RequestKey&, Done&) { return false; }
absl::StatusOr<Version> ScriptedLog::GetVersion(const Uuid&, const StreamId&) {
  return absl::UnimplementedError("scripted");
}
void ScriptedLog::WhenDurable(const Uuid&, Position,
                              absl::AnyInvocable<void(absl::Status) &&> ready) {
  std::move(ready)(absl::UnimplementedError("scripted"));
}

}  // namespace crm::projections::testing
