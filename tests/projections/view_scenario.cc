#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

RecordedEvent History::Encode(const StreamId& stream, const google::protobuf::Message& event,
                              const Told& told) {
  const Version version = ++versions_[stream];
  const absl::StatusOr<NewEvent> encoded =
      domain::EncodeEvent(event, organization_, stream, version, keys_);
  EXPECT_TRUE(encoded.ok()) << encoded.status();
  RecordedEvent recorded;
  if (!encoded.ok()) return recorded;
  recorded.set_category(stream.category);
  recorded.set_stream_id(stream.id.ToBytes());
  recorded.set_version(version);
  recorded.set_type(encoded->type);
  recorded.set_data(encoded->data);
  if (!encoded->sealed.empty()) {
    recorded.set_subject(encoded->subject.ToBytes());
    recorded.set_sealed(encoded->sealed);
  }
  recorded.set_record_time_us(absl::ToUnixMicros(*told.at));
  recorded.set_effective_time_us(absl::ToUnixMicros(told.effective.value_or(*told.at)));
  if (!told.actor.IsNil()) recorded.set_actor(told.actor.ToBytes());
  return recorded;
}

void History::Given(const StreamId& stream, const google::protobuf::Message& event,
                    const Told& told) {
  const absl::Time next = last_told_.at.has_value() ? *last_told_.at + absl::Seconds(1)
                                                    : absl::FromUnixSeconds(1'767'600'000);
  last_told_ = told;
  last_told_.at = told.at.value_or(next);
  commits_.push_back({Encode(stream, event, last_told_)});
}

void History::And(const StreamId& stream, const google::protobuf::Message& event) {
  ASSERT_FALSE(commits_.empty()) << "And() without Given()";
  commits_.back().push_back(Encode(stream, event, last_told_));
}

void History::WriteTo(ScriptedLog& log) const {
  const absl::StatusOr<eventstore::Head> head = log.GetHead(organization_);
  Position held = head.ok() ? head->durable : 0;
  for (const std::vector<RecordedEvent>& commit : commits_) {
    if (held == 0) log.Add(organization_, commit);
    if (held > 0) held -= static_cast<Position>(commit.size());
    ASSERT_GE(held, 0) << "the log holds part of a commit";
  }
}

std::vector<RecordedEvent> History::Events() const {
  ScriptedLog log;
  WriteTo(log);
  std::vector<RecordedEvent> events;
  const auto read =
      log.ReadLog(organization_, 1, {.max_events = INT64_MAX}, [&](const RecordedEvent& event) {
        events.push_back(event);
        return absl::OkStatus();
      });
  EXPECT_TRUE(read.ok()) << read;
  return events;
}

}  // namespace crm::projections::testing
