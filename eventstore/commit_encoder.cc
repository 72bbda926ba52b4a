#include "eventstore/commit_encoder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/commit_check.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

std::string BytesOrEmpty(const Uuid& id) { return id.IsNil() ? std::string() : id.ToBytes(); }

int64_t RecordTimeAfter(const LogEnd& end, absl::Time now) {
  const int64_t now_us = absl::ToUnixMicros(now);
  // An empty log has no last record time to stay after.
  return end.position == 0 ? now_us : std::max(now_us, end.record_time_us + 1);
}

size_t CountEvents(const Commit& commit) {
  size_t events = 0;
  for (const StreamAppend& append : commit.streams) events += append.events.size();
  return events;
}

// When the events of a stream are true.
absl::Time EffectiveTimeOf(const Commit& commit, const StreamAppend& append,
                           absl::Time record_time) {
  if (append.bookkeeping) return record_time;
  if (append.effective_time.has_value()) return *append.effective_time;
  return commit.effective_time.value_or(record_time);
}

absl::Status CheckEffectiveTimes(const Commit& commit, absl::Time record_time) {
  bool in_future = commit.effective_time.has_value() && *commit.effective_time > record_time;
  for (const StreamAppend& append : commit.streams)
    in_future = in_future || EffectiveTimeOf(commit, append, record_time) > record_time;
  if (!in_future) return absl::OkStatus();
  return WithReason(absl::StatusCode::kInvalidArgument, "EFFECTIVE_TIME_IN_FUTURE",
                    "a fact cannot take effect after it is recorded");
}

// What all events of the commit share.
RecordedEvent Envelope(const Commit& commit, size_t commit_size, int64_t record_time_us) {
  RecordedEvent event;
  event.set_organization(commit.organization.ToBytes());
  event.set_actor(BytesOrEmpty(commit.actor));
  event.set_correlation_id(BytesOrEmpty(commit.correlation_id));
  event.set_causation_id(BytesOrEmpty(commit.causation_id));
  event.set_commit_size(static_cast<int32_t>(commit_size));
  event.set_record_time_us(record_time_us);
  return event;
}

void EncodeStream(StreamAppend& append, int64_t effective_time_us, RecordedEvent& envelope,
                  PendingCommit& pending) {
  CommitRows& rows = pending.rows;
  LogEnd& end = pending.end;
  Version version = append.expected;
  envelope.set_category(append.stream.category);
  envelope.set_stream_id(append.stream.id.ToBytes());
  envelope.set_effective_time_us(effective_time_us);
  for (NewEvent& event : append.events) {
    envelope.set_position(++end.position);
    envelope.set_version(++version);
    envelope.set_index_in_commit(static_cast<int32_t>(rows.events.size()));
    envelope.set_type(std::move(event.type));
    envelope.set_data(std::move(event.data));
    envelope.set_subject(BytesOrEmpty(event.subject));
    envelope.set_sealed(std::move(event.sealed));
    rows.events.push_back(
        EventRow{rows.heads.size(), version, end.position, EncodeRecord(envelope, end.hash)});
  }
  rows.heads.push_back(HeadRow{std::move(append.stream), StreamHead{version, end.position}});
}

void FillOutcome(const Commit& commit, const LogEnd& before, int64_t record_time_us,
                 PendingCommit& pending) {
  RequestRecord& record = pending.outcome.record;
  const bool decided_nothing = pending.rows.events.empty();
  record.set_first_position(decided_nothing ? before.position : before.position + 1);
  record.set_last_position(pending.end.position);
  record.set_record_time_us(record_time_us);
  if (commit.request) {
    const absl::string_view digest = AsView(commit.request->digest);
    record.set_digest(digest.data(), digest.size());
    pending.request = RequestAddress{pending.rows.organization, commit.request->actor,
                                     commit.request->request_id};
    pending.rows.request =
        RequestRow{commit.request->actor, commit.request->request_id, record.SerializeAsString()};
  }
  pending.outcome.record_time = absl::FromUnixMicros(record_time_us);
}

}  // namespace

absl::StatusOr<std::shared_ptr<PendingCommit>> EncodeCommit(Commit commit,
                                                            OrganizationOrdinal ordinal,
                                                            const LogEnd& end) {
  const int64_t record_time_us = RecordTimeAfter(end, commit.now);
  const absl::Time record_time = absl::FromUnixMicros(record_time_us);
  RETURN_IF_ERROR(CheckEffectiveTimes(commit, record_time));
  auto pending = std::make_shared<PendingCommit>();
  pending->rows.organization = ordinal;
  pending->organization = commit.organization;
  pending->creates_organization = commit.create_organization;
  pending->bytes = CommitBytes(commit);
  pending->end = end;
  const size_t commit_size = CountEvents(commit);
  pending->rows.events.reserve(commit_size);
  RecordedEvent envelope = Envelope(commit, commit_size, record_time_us);
  for (StreamAppend& append : commit.streams) {
    log::v1::StreamVersion* reached = pending->outcome.record.add_streams();
    reached->set_category(append.stream.category);
    reached->set_stream_id(append.stream.id.ToBytes());
    reached->set_version(append.expected + static_cast<Version>(append.events.size()));
    if (append.events.empty()) continue;
    EncodeStream(append, absl::ToUnixMicros(EffectiveTimeOf(commit, append, record_time)), envelope,
                 *pending);
  }
  if (commit_size > 0) pending->end.record_time_us = record_time_us;
  FillOutcome(commit, end, record_time_us, *pending);
  return pending;
}

}  // namespace crm::eventstore
