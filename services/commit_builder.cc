#include "services/commit_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/event_codec.h"

namespace crm::services {

using domain::AggregateType;
using domain::Effect;
using log::v1::RecordedEvent;

absl::StatusOr<CommitBuilder::Loaded> CommitBuilder::Load(const StreamId& stream,
                                                          const AggregateType& type) {
  const auto found = touched_.find(stream);
  if (found != touched_.end()) return found->second.loaded;
  ASSIGN_OR_RETURN(Loaded loaded, cache_.Load(caller_.organization.uuid(), stream, type));
  seen_ = std::max(seen_, loaded.head.position);
  Touched touched;
  touched.loaded = loaded;
  touched.expected = loaded.head.version;
  touched_.emplace(stream, std::move(touched));
  return loaded;
}

absl::Status CommitBuilder::WriteEffect(const Effect& effect) {
  RETURN_IF_ERROR(Load(effect.stream, *effect.type).status());
  Touched& touched = touched_.at(effect.stream);
  if (touched.loaded.head.version != effect.expected) {
    return absl::InternalError(absl::StrCat("decided on version ", effect.expected, " of ",
                                            effect.stream.category, " but read ",
                                            touched.loaded.head.version));
  }
  touched.bookkeeping = effect.bookkeeping;
  if (!touched.written) written_order_.push_back(effect.stream);
  touched.written = true;
  if (effect.events.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(DateEvents(effect, touched));
  std::shared_ptr<void> state = effect.type->copy(touched.loaded.state.get());
  const absl::Time effective = touched.effective_time.value_or(now_);
  for (const auto& event : effect.events) {
    RecordedEvent recorded;
    recorded.set_organization(caller_.organization.uuid().ToBytes());
    recorded.set_position(touched.loaded.head.position);
    recorded.set_category(effect.stream.category);
    recorded.set_stream_id(effect.stream.id.ToBytes());
    recorded.set_version(touched.loaded.head.version + 1);
    recorded.set_type(event->GetDescriptor()->full_name());
    recorded.set_data(event->SerializeAsString());
    recorded.set_record_time_us(absl::ToUnixMicros(now_));
    recorded.set_effective_time_us(absl::ToUnixMicros(effective));
    recorded.set_actor(domain::ToBytes(caller_.actor));
    RETURN_IF_ERROR(effect.type->evolve(state.get(), touched.loaded.head, recorded, keys_));
    touched.events.push_back(event);
  }
  touched.loaded.state = std::move(state);
  return absl::OkStatus();
}

// Says when the events of an effect are true; one commit dates a stream once.
absl::Status CommitBuilder::DateEvents(const Effect& effect, Touched& touched) const {
  std::optional<absl::Time> when;
  if (!effect.bookkeeping) {
    when = effect.effective_time.has_value() ? effect.effective_time : effective_time_;
  }
  if (!touched.events.empty() && when != touched.effective_time) {
    return absl::InternalError(
        absl::StrCat("decided on ", effect.stream.category, " at two instants at once"));
  }
  touched.effective_time = when;
  return CheckEffectiveTime(effect.stream, touched);
}

// In a stream, effective time never decreases: only then does a cut leave a prefix of it.
absl::Status CommitBuilder::CheckEffectiveTime(const StreamId& stream,
                                               const Touched& touched) const {
  if (!touched.effective_time.has_value()) return absl::OkStatus();
  const absl::Time earliest = touched.loaded.head.last_effective_time;
  if (*touched.effective_time >= earliest) return absl::OkStatus();
  const std::string text = absl::FormatTime(absl::RFC3339_full, earliest, absl::UTCTimeZone());
  return WithReason(
      absl::StatusCode::kFailedPrecondition, "EFFECTIVE_TIME_BEFORE_STREAM",
      absl::StrCat("this ", stream.category, " has later facts; the earliest time is ", text),
      {{"earliest_time", text},
       {"stream", absl::StrCat(stream.category, "/", stream.id.ToString())}});
}

absl::StatusOr<eventstore::Commit> CommitBuilder::Build() const {
  eventstore::Commit commit;
  commit.organization = caller_.organization.uuid();
  commit.actor = caller_.actor.uuid();
  commit.causation_id = caller_.request_id;
  commit.now = now_;
  commit.effective_time = effective_time_;
  for (const StreamId& stream : written_order_) {
    const Touched& touched = touched_.at(stream);
    eventstore::StreamAppend append;
    append.stream = stream;
    append.expected = touched.expected;
    append.bookkeeping = touched.bookkeeping;
    append.effective_time = touched.effective_time;
    for (size_t i = 0; i < touched.events.size(); ++i) {
      const Version version = touched.expected + static_cast<Version>(i) + 1;
      ASSIGN_OR_RETURN(NewEvent event, domain::EncodeEvent(*touched.events[i], commit.organization,
                                                           stream, version, keys_));
      append.events.push_back(std::move(event));
    }
    commit.streams.push_back(std::move(append));
  }
  for (const auto& [stream, touched] : touched_) {
    if (!touched.written) commit.unchanged.push_back({stream, touched.expected});
  }
  return commit;
}

Attempt CommitBuilder::Decided() {
  absl::StatusOr<eventstore::Commit> commit = Build();
  if (!commit.ok()) return Answered(commit.status());
  Attempt attempt;
  attempt.commit = *std::move(commit);
  attempt.seen = seen_;
  for (const StreamId& stream : written_order_) {
    log::v1::StreamVersion& reached = *attempt.reached.add_streams();
    reached.set_category(stream.category);
    reached.set_stream_id(stream.id.ToBytes());
    reached.set_version(touched_.at(stream).loaded.head.version);
  }
  return attempt;
}

Attempt CommitBuilder::Answered(absl::Status status) const {
  Attempt attempt;
  attempt.status = std::move(status);
  attempt.seen = seen_;
  return attempt;
}

}  // namespace crm::services
