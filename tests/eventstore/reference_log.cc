#include "tests/eventstore/reference_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::eventstore {
namespace {

absl::Status NoOrganization() {
  return WithReason(absl::StatusCode::kNotFound, "ORGANIZATION_NOT_FOUND", "no such organization");
}

bool IsOf(const RecordedEvent& event, const StreamId& stream) {
  return event.category() == stream.category && event.stream_id() == stream.id.ToBytes();
}

absl::Status CheckVersion(Version actual, Version expected) {
  if (actual == expected) return absl::OkStatus();
  return WithReason(
      absl::StatusCode::kAborted, "STREAM_CHANGED", "the stream is elsewhere",
      {{"expected_version", absl::StrCat(expected)}, {"actual_version", absl::StrCat(actual)}});
}

Version VersionIn(const std::map<StreamId, Version>& versions, const StreamId& stream) {
  const auto found = versions.find(stream);
  return found == versions.end() ? 0 : found->second;
}

}  // namespace

void ReferenceLog::Append(Commit commit, Done done) {
  absl::StatusOr<Committed> outcome = absl::UnknownError("");
  {
    MutexLock lock(mutex_);
    outcome = Decide(commit);
  }
  std::move(done)(std::move(outcome));
}

void ReferenceLog::AppendExclusively(Build build, Done done) {
  // One caller at a time is all there is here, as the model calls it.
  absl::StatusOr<Commit> commit = std::move(build)();
  if (!commit.ok()) return std::move(done)(commit.status());
  Append(*std::move(commit), std::move(done));
}

absl::StatusOr<Committed> ReferenceLog::Decide(const Commit& commit) {
  const auto found = organizations_.find(commit.organization);
  const bool exists = found != organizations_.end();
  if (exists && commit.request.has_value()) {
    if (auto known = FindRequest(found->second, *commit.request)) return *known;
  }
  if (exists && commit.create_organization) {
    return WithReason(absl::StatusCode::kAlreadyExists, "ORGANIZATION_EXISTS", "exists");
  }
  if (!exists && !commit.create_organization) return NoOrganization();
  Organization fresh;
  Organization& organization = exists ? found->second : fresh;
  RETURN_IF_ERROR(CheckExpectations(organization, commit));
  const int64_t record_time_us =
      std::max(absl::ToUnixMicros(commit.now), organization.record_time_us + 1);
  absl::Time latest = commit.effective_time.value_or(absl::InfinitePast());
  for (const StreamAppend& append : commit.streams)
    latest = std::max(latest, append.effective_time.value_or(latest));
  if (latest != absl::InfinitePast() && absl::ToUnixMicros(latest) > record_time_us) {
    return WithReason(absl::StatusCode::kInvalidArgument, "EFFECTIVE_TIME_IN_FUTURE", "later");
  }
  Committed committed = Write(organization, commit, record_time_us);
  if (!exists) {
    created_.push_back(commit.organization);
    organizations_.emplace(commit.organization, std::move(fresh));
  }
  return committed;
}

std::optional<absl::StatusOr<Committed>> ReferenceLog::FindRequest(const Organization& organization,
                                                                   const RequestKey& key) {
  const auto found = organization.requests.find({key.actor, key.request_id});
  if (found == organization.requests.end()) return std::nullopt;
  const auto& [digest, committed] = found->second;
  if (digest != key.digest) {
    return WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED", "another input");
  }
  Committed again = committed;
  again.replayed = true;
  return again;
}

absl::Status ReferenceLog::CheckExpectations(const Organization& organization,
                                             const Commit& commit) {
  for (const StreamAppend& append : commit.streams) {
    RETURN_IF_ERROR(CheckVersion(VersionIn(organization.versions, append.stream), append.expected));
  }
  for (const StreamExpectation& read : commit.unchanged) {
    RETURN_IF_ERROR(CheckVersion(VersionIn(organization.versions, read.stream), read.version));
  }
  return absl::OkStatus();
}

Committed ReferenceLog::Write(Organization& organization, const Commit& commit,
                              int64_t record_time_us) {
  Committed committed;
  const auto head = static_cast<Position>(organization.log.size());
  size_t size = 0;
  for (const StreamAppend& append : commit.streams) size += append.events.size();
  for (const StreamAppend& append : commit.streams) {
    for (const NewEvent& event : append.events) {
      RecordedEvent recorded;
      recorded.set_organization(commit.organization.ToBytes());
      recorded.set_position(static_cast<Position>(organization.log.size()) + 1);
      recorded.set_category(append.stream.category);
      recorded.set_stream_id(append.stream.id.ToBytes());
      recorded.set_version(++organization.versions[append.stream]);
      if (!commit.actor.IsNil()) recorded.set_actor(commit.actor.ToBytes());
      recorded.set_type(event.type);
      recorded.set_data(event.data);
      recorded.set_record_time_us(record_time_us);
      const std::optional<absl::Time> dated =
          append.effective_time.has_value() ? append.effective_time : commit.effective_time;
      const bool own_time = append.bookkeeping || !dated.has_value();
      recorded.set_effective_time_us(own_time ? record_time_us : absl::ToUnixMicros(*dated));
      recorded.set_commit_size(static_cast<int32_t>(size));
      recorded.set_index_in_commit(static_cast<int32_t>(organization.log.size()) -
                                   static_cast<int32_t>(head));
      organization.log.push_back(std::move(recorded));
    }
    log::v1::StreamVersion& reached = *committed.record.add_streams();
    reached.set_category(append.stream.category);
    reached.set_stream_id(append.stream.id.ToBytes());
    reached.set_version(VersionIn(organization.versions, append.stream));
  }
  const auto last = static_cast<Position>(organization.log.size());
  committed.record.set_first_position(size > 0 ? head + 1 : head);
  committed.record.set_last_position(last);
  committed.record.set_record_time_us(record_time_us);
  committed.record_time = absl::FromUnixMicros(record_time_us);
  if (size > 0) organization.record_time_us = record_time_us;
  if (const auto& request = commit.request) {
    committed.record.set_digest(std::string(AsView(request->digest)));
    organization.requests[{request->actor, request->request_id}] = {request->digest, committed};
  }
  return committed;
}

bool ReferenceLog::JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) {
  std::optional<absl::StatusOr<Committed>> known;
  {
    MutexLock lock(mutex_);
    const auto found = organizations_.find(organization);
    if (found != organizations_.end()) known = FindRequest(found->second, key);
  }
  if (known.has_value()) std::move(done)(*std::move(known));
  return known.has_value();
}

absl::Status ReferenceLog::ReadStream(const Uuid& organization, const StreamId& stream,
                                      Version from, Visitor visit) {
  std::vector<RecordedEvent> events;
  {
    MutexLock lock(mutex_);
    const auto found = organizations_.find(organization);
    if (found == organizations_.end()) return absl::OkStatus();
    for (const RecordedEvent& event : found->second.log) {
      if (IsOf(event, stream) && event.version() >= from) events.push_back(event);
    }
  }
  for (const RecordedEvent& event : events) RETURN_IF_ERROR(visit(event));
  return absl::OkStatus();
}

absl::Status ReferenceLog::ReadLog(const Uuid& organization, Position from,
                                   const ReadLimits& limits, Visitor visit) {
  std::vector<RecordedEvent> page;
  {
    MutexLock lock(mutex_);
    const auto found = organizations_.find(organization);
    if (found == organizations_.end()) return NoOrganization();
    const std::vector<RecordedEvent>& log = found->second.log;
    for (size_t i = static_cast<size_t>(from) - 1; i < log.size();) {
      // Whole commits, but for the first, which may have begun before.
      const auto rest = static_cast<size_t>(log[i].commit_size() - log[i].index_in_commit());
      if (!page.empty() && static_cast<int64_t>(page.size() + rest) > limits.max_events) break;
      page.insert(page.end(), log.begin() + static_cast<int64_t>(i),
                  log.begin() + static_cast<int64_t>(i + rest));
      i += rest;
    }
  }
  for (const RecordedEvent& event : page) RETURN_IF_ERROR(visit(event));
  return absl::OkStatus();
}

absl::StatusOr<Head> ReferenceLog::GetHead(const Uuid& organization) {
  MutexLock lock(mutex_);
  const auto found = organizations_.find(organization);
  if (found == organizations_.end()) return NoOrganization();
  Head head;
  head.sequenced = head.durable = static_cast<Position>(found->second.log.size());
  return head;
}

std::vector<Uuid> ReferenceLog::ListOrganizations() {
  MutexLock lock(mutex_);
  return created_;
}

void ReferenceLog::WhenDurable(const Uuid& organization, Position position,
                               absl::AnyInvocable<void(absl::Status) &&> ready) {
  const absl::StatusOr<Head> head = GetHead(organization);
  const bool there = head.ok() && head->durable >= position;
  std::move(ready)(!head.ok() ? head.status()
                   : there    ? absl::OkStatus()
                              : absl::UnavailableError("nobody else writes here"));
}

int64_t ReferenceLog::Listen(Listener) { return 1; }
void ReferenceLog::Unlisten(int64_t) {}

absl::StatusOr<Version> ReferenceLog::GetVersion(const Uuid& organization, const StreamId& stream) {
  MutexLock lock(mutex_);
  const auto found = organizations_.find(organization);
  return found == organizations_.end() ? 0 : VersionIn(found->second.versions, stream);
}

}  // namespace crm::eventstore
