// The way of a commit through the log: sequencing, the queue, the writer thread. Reading is in
// sequencer_read.cc.
#include "eventstore/sequencer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/crash_point.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/this_thread.h"
#include "eventstore/commit_check.h"
#include "eventstore/commit_encoder.h"
#include "eventstore/hash_chain.h"
#include "eventstore/log_verifier.h"
#include "eventstore/record.h"
#include "eventstore/request_record.h"

namespace crm::eventstore {
namespace {

absl::Status StoppedStatus() {
  return WithReason(absl::StatusCode::kUnavailable, "LOG_STOPPED",
                    "the event log stopped; whether the commit was recorded is unknown, and "
                    "repeating the same request is safe");
}

absl::Status ConflictOn(const StreamId& stream, Version expected, Version actual) {
  return WithReason(absl::StatusCode::kAborted, "STREAM_CHANGED",
                    absl::StrCat("stream ", StreamName(stream), " is at version ", actual,
                                 " and not at ", expected),
                    {{"stream", StreamName(stream)},
                     {"expected_version", absl::StrCat(expected)},
                     {"actual_version", absl::StrCat(actual)}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<SequencedLog>> SequencedLog::Open(LogStorage& storage,
                                                                 SequencedLogOptions options) {
  RETURN_IF_ERROR(VerifyOrganizations(storage));
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage.ReadOrganizations());
  for (const OrganizationRow& row : rows) RETURN_IF_ERROR(VerifyLogEnd(storage, row));
  return std::unique_ptr<SequencedLog>(new SequencedLog(storage, std::move(options), rows));
}

SequencedLog::SequencedLog(LogStorage& storage, SequencedLogOptions options,
                           const std::vector<OrganizationRow>& rows)
    : storage_(storage),
      options_(std::move(options)),
      heads_(options_.max_cached_heads),
      records_(kMaxCachedBlocks),
      tail_(kRecentBytes) {
  {
    MutexLock lock(state_mutex_);
    for (const OrganizationRow& row : rows) {
      Organization& organization = AddOrganization(row.id);
      organization.durable = LogEnd{row.position, row.hash, row.record_time_us};
      organization.sequenced = organization.durable;
      organization.durable_exists = true;
    }
  }
  writer_ = std::thread([this] { WriteLoop(); });
}

SequencedLog::~SequencedLog() {
  {
    MutexLock lock(state_mutex_);
    closing_ = true;
    work_.NotifyOne();
  }
  writer_.join();
  std::vector<Ready> waiters;
  {
    MutexLock lock(state_mutex_);
    waiters = TakeAllWaiters();
  }
  for (Ready& ready : waiters) std::move(ready)(StoppedStatus());
}

void SequencedLog::Append(Commit commit, Done done) {
  if (absl::Status status = CheckCommit(commit); !status.ok())
    return std::move(done)(std::move(status));
  std::optional<Outcome> answer;
  {
    MutexLock lock(sequence_mutex_);
    answer = Sequence(std::move(commit), done);
  }
  if (answer) return std::move(done)(*std::move(answer));
  WriteOrLeaveIt();
}

void SequencedLog::AppendExclusively(Build build, Done done) {
  std::optional<Outcome> answer;
  {
    MutexLock lock(sequence_mutex_);
    absl::StatusOr<Commit> commit = std::move(build)();
    if (commit.ok()) {
      if (absl::Status status = CheckCommit(*commit); !status.ok()) commit = std::move(status);
    }
    answer = commit.ok() ? Sequence(*std::move(commit), done) : Outcome(commit.status());
  }
  if (answer) return std::move(done)(*std::move(answer));
  WriteOrLeaveIt();
}

std::optional<SequencedLog::Outcome> SequencedLog::Sequence(Commit commit, Done& done) {
  const absl::StatusOr<Place> place = Locate(commit.organization);
  if (!place.ok()) return place.status();
  if (commit.request && place->exists) {
    std::optional<Outcome> answer;
    if (JoinKnownRequest(*place, *commit.request, done, answer)) return answer;
  }
  absl::Status status = CheckExistence(commit, *place);
  if (status.ok()) status = CheckExpectations(commit, place->ordinal);
  if (status.ok()) status = CheckRoom(CommitBytes(commit));
  if (!status.ok()) return status;
  absl::StatusOr<std::shared_ptr<PendingCommit>> pending =
      EncodeCommit(std::move(commit), place->ordinal, place->end);
  if (!pending.ok()) return pending.status();
  if (status = Publish(*std::move(pending), done); !status.ok()) return status;
  return std::nullopt;
}

absl::StatusOr<SequencedLog::Place> SequencedLog::Locate(const Uuid& organization) {
  MutexLock lock(state_mutex_);
  RETURN_IF_ERROR(stopped_);
  const Organization* found = Find(organization);
  if (found == nullptr)
    return Place{static_cast<OrganizationOrdinal>(organizations_.size() + 1), LogEnd{}, false};
  return Place{found->ordinal, found->sequenced, true};
}

bool SequencedLog::JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) {
  const absl::StatusOr<Place> place = Locate(organization);
  if (place.ok() && !place->exists) return false;
  std::optional<Outcome> answer;
  if (!place.ok()) {
    answer = place.status();
  } else if (!JoinKnownRequest(*place, key, done, answer)) {
    return false;
  }
  if (answer) std::move(done)(*std::move(answer));
  return true;
}

bool SequencedLog::JoinKnownRequest(const Place& place, const RequestKey& key, Done& done,
                                    std::optional<Outcome>& answer) {
  {
    MutexLock lock(state_mutex_);
    PendingCommit* first = tail_.FindRequest({place.ordinal, key.actor, key.request_id});
    if (first != nullptr) {
      // Also with another digest: no answer may show what is not durable yet.
      first->duplicates.push_back({key.digest, std::move(done)});
      return true;
    }
  }
  absl::StatusOr<std::optional<std::string>> row =
      storage_.ReadRequest(place.ordinal, key.actor, key.request_id);
  if (!row.ok()) {
    answer = row.status();
    return true;
  }
  if (!row->has_value()) return false;
  absl::StatusOr<RequestRecord> record = ParseRequestRecord(**row, key);
  if (record.ok() && options_.requests.IsExpired(*record)) return false;
  answer = record.ok() ? ReplayOf(*record, key) : Outcome(record.status());
  return true;
}

absl::Status SequencedLog::CheckExistence(const Commit& commit, const Place& place) {
  const ReasonMetadata metadata = {{"organization", commit.organization.ToString()}};
  if (commit.create_organization && place.exists) {
    return WithReason(absl::StatusCode::kAlreadyExists, "ORGANIZATION_EXISTS",
                      "the organization exists already", metadata);
  }
  if (!commit.create_organization && !place.exists) {
    return WithReason(absl::StatusCode::kNotFound, "ORGANIZATION_NOT_FOUND",
                      "there is no such organization", metadata);
  }
  return absl::OkStatus();
}

absl::Status SequencedLog::CheckExpectations(const Commit& commit, OrganizationOrdinal ordinal) {
  for (const StreamAppend& append : commit.streams)
    RETURN_IF_ERROR(CheckVersion({ordinal, append.stream}, append.expected));
  for (const StreamExpectation& expectation : commit.unchanged)
    RETURN_IF_ERROR(CheckVersion({ordinal, expectation.stream}, expectation.version));
  return absl::OkStatus();
}

absl::Status SequencedLog::CheckVersion(const StreamAddress& address, Version expected) {
  ASSIGN_OR_RETURN(const StreamHead head, HeadOf(address));
  if (head.version == expected) return absl::OkStatus();
  return ConflictOn(address.stream, expected, head.version);
}

absl::StatusOr<StreamHead> SequencedLog::HeadOf(const StreamAddress& address) {
  HeadCache::Ticket ticket = 0;
  if (const std::optional<StreamHead> head = heads_.Find(address, ticket)) return *head;
  {
    MutexLock lock(state_mutex_);
    if (const std::optional<StreamHead> head = tail_.HeadOf(address)) return *head;
  }
  // A commit leaves the tail only after storage has it, so what is not there is here.
  ASSIGN_OR_RETURN(const StreamHead head, storage_.ReadHead(address.organization, address.stream));
  heads_.Offer(address, head, ticket);
  return head;
}

absl::Status SequencedLog::CheckRoom(int64_t bytes) {
  MutexLock lock(state_mutex_);
  if (queued_bytes_ == 0 || queued_bytes_ + bytes <= options_.max_queued_bytes)
    return absl::OkStatus();
  return WithReason(absl::StatusCode::kResourceExhausted, "LOG_OVERLOADED",
                    "too much waits for the disk; nothing was recorded, try again later");
}

absl::Status SequencedLog::Publish(std::shared_ptr<PendingCommit> commit, Done& done) {
  MutexLock lock(state_mutex_);
  RETURN_IF_ERROR(stopped_);
  // Under the lock: whoever sees a head finds the events up to it in the tail or in storage.
  for (const HeadRow& row : commit->rows.heads)
    heads_.Put({commit->rows.organization, row.stream}, row.head);
  Organization* organization = Find(commit->organization);
  if (organization == nullptr) organization = &AddOrganization(commit->organization);
  organization->sequenced = commit->end;
  commit->done = std::move(done);
  tail_.Add(commit);
  queued_bytes_ += commit->bytes;
  queue_.push_back(std::move(commit));
  return absl::OkStatus();
}

void SequencedLog::WriteOrLeaveIt() {
  Batch batch;
  {
    MutexLock lock(state_mutex_);
    // Whoever writes looks into the queue again.
    if (writing_ || queue_.empty()) return;
    if (quick_ && options_.quick_write > absl::ZeroDuration()) {
      writing_ = true;
      batch.swap(queue_);
    }
  }
  if (!batch.empty() && !Write(std::move(batch))) return;
  work_.NotifyOne();
}

void SequencedLog::WriteLoop() {
  NameThisThread("log writer");
  for (;;) {
    Batch batch;
    {
      MutexLock lock(state_mutex_);
      while ((queue_.empty() || writing_) && !closing_) work_.Wait(state_mutex_);
      if (queue_.empty()) return;
      writing_ = true;
      batch.swap(queue_);
    }
    Write(std::move(batch));
  }
}

bool SequencedLog::Write(Batch batch) {
  const absl::Time began = SystemClock().Now();
  const absl::Status status = WriteBatch(batch);
  const absl::Duration took = SystemClock().Now() - began;
  if (status.ok()) {
    Complete(batch);
  } else {
    StopFor(status, std::move(batch));
  }
  MutexLock lock(state_mutex_);
  writing_ = false;
  quick_ = took < options_.quick_write;
  return !queue_.empty();
}

absl::Status SequencedLog::WriteBatch(const Batch& batch) {
  StorageBatch rows;
  int64_t events = 0;
  absl::flat_hash_map<OrganizationOrdinal, const PendingCommit*> last;
  for (const auto& commit : batch) {
    events += static_cast<int64_t>(commit->rows.events.size());
    if (!commit->rows.events.empty() || commit->rows.request) rows.commits.push_back(&commit->rows);
    if (commit->MovesEnd()) last[commit->rows.organization] = commit.get();
  }
  for (const auto& [ordinal, commit] : last) {
    rows.organizations.push_back(OrganizationRow{ordinal, commit->organization,
                                                 commit->end.position, commit->end.hash,
                                                 commit->end.record_time_us});
  }
  if (rows.commits.empty() && rows.organizations.empty()) return absl::OkStatus();
  if (options_.before_write) RETURN_IF_ERROR(options_.before_write());
  CrashPoint("log_append_before");
  RETURN_IF_ERROR(storage_.Write(rows));
  CrashPoint("log_append_after_sync");
  if (options_.after_write) RETURN_IF_ERROR(options_.after_write(rows.organizations));
  if (options_.on_durable) options_.on_durable(events);
  return absl::OkStatus();
}

void SequencedLog::Complete(const Batch& batch) {
  std::vector<Ready> ready;
  std::vector<std::pair<Uuid, Position>> advanced;
  {
    MutexLock lock(state_mutex_);
    absl::flat_hash_map<OrganizationOrdinal, Organization*> moved;
    for (const auto& commit : batch) {
      queued_bytes_ -= commit->bytes;
      tail_.Settle(commit);
      if (!commit->MovesEnd()) continue;
      Organization* organization = organizations_[commit->rows.organization - 1].get();
      organization->durable = commit->end;
      organization->durable_exists = true;
      moved.emplace(organization->ordinal, organization);
    }
    for (const auto& [ordinal, organization] : moved) {
      const auto end = organization->waiters.upper_bound(organization->durable.position);
      for (auto it = organization->waiters.begin(); it != end; ++it)
        ready.push_back(std::move(it->second));
      organization->waiters.erase(organization->waiters.begin(), end);
      advanced.emplace_back(organization->id, organization->durable.position);
    }
  }
  for (const auto& commit : batch) {
    for (DuplicateCaller& caller : commit->duplicates) {
      const RequestKey key{commit->request->actor, commit->request->request_id, caller.digest};
      std::move(caller.done)(ReplayOf(commit->outcome.record, key));
    }
    std::move(commit->done)(std::move(commit->outcome));
  }
  for (Ready& waiter : ready) std::move(waiter)(absl::OkStatus());
  MutexLock lock(listeners_mutex_);
  for (const auto& [organization, position] : advanced)
    for (const auto& [handle, listener] : listeners_) listener(organization, position);
}

void SequencedLog::StopFor(const absl::Status& cause, Batch batch) {
  std::vector<Ready> waiters;
  {
    MutexLock lock(state_mutex_);
    stopped_ = StoppedStatus();
    // Sequenced on top of what failed, so they share its fate.
    for (auto& commit : queue_) batch.push_back(std::move(commit));
    queue_.clear();
    tail_.DropRequests();
    waiters = TakeAllWaiters();
  }
  for (const auto& commit : batch) {
    std::move(commit->done)(StoppedStatus());
    for (DuplicateCaller& caller : commit->duplicates) std::move(caller.done)(StoppedStatus());
  }
  for (Ready& ready : waiters) std::move(ready)(StoppedStatus());
  if (options_.on_fatal) options_.on_fatal(cause);
}

std::vector<SequencedLog::Ready> SequencedLog::TakeAllWaiters() {
  std::vector<Ready> all;
  for (const auto& organization : organizations_) {
    for (auto& [position, ready] : organization->waiters) all.push_back(std::move(ready));
    organization->waiters.clear();
  }
  return all;
}

SequencedLog::Organization* SequencedLog::Find(const Uuid& id) {
  const auto found = organizations_by_id_.find(id);
  return found == organizations_by_id_.end() ? nullptr : found->second;
}

SequencedLog::Organization& SequencedLog::AddOrganization(const Uuid& id) {
  auto organization = std::make_unique<Organization>();
  organization->id = id;
  organization->ordinal = static_cast<OrganizationOrdinal>(organizations_.size() + 1);
  organizations_by_id_.emplace(id, organization.get());
  organizations_.push_back(std::move(organization));
  return *organizations_.back();
}

}  // namespace crm::eventstore
