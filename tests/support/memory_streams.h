// MemoryStreams: streams given as events, for tests of decisions without a log. Events pass through
// the codec, sealing included, so what a test folds is what the log would give back. Not
// thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "domain/aggregate.h"
#include "domain/event_codec.h"
#include "domain/lookup.h"
#include "tests/support/example_ids.h"
#include "tests/support/memory_key_ring.h"

namespace crm::testing {

class MemoryStreams : public domain::StreamSource {
 public:
  explicit MemoryStreams(const domain::OrganizationId& organization)
      : organization_(organization.uuid()) {}

  // Appends one event that was true at `effective_time` and recorded then or just after the event
  // before it.
  absl::Status Append(const StreamId& stream, const google::protobuf::Message& event,
                      absl::Time effective_time, const domain::MemberId& actor) {
    std::vector<domain::RecordedEvent>& events = streams_[stream];
    const auto version = static_cast<Version>(events.size()) + 1;
    ASSIGN_OR_RETURN(const NewEvent encoded,
                     domain::EncodeEvent(event, organization_, stream, version, keys_));
    last_record_time_ = std::max(effective_time, last_record_time_ + absl::Microseconds(1));
    domain::RecordedEvent& recorded = events.emplace_back();
    recorded.set_position(++head_);
    recorded.set_category(stream.category);
    recorded.set_stream_id(stream.id.ToBytes());
    recorded.set_version(version);
    recorded.set_type(encoded.type);
    recorded.set_data(encoded.data);
    recorded.set_record_time_us(absl::ToUnixMicros(last_record_time_));
    recorded.set_effective_time_us(absl::ToUnixMicros(effective_time));
    recorded.set_actor(actor.IsNil() ? std::string() : actor.uuid().ToBytes());
    recorded.set_subject(encoded.subject.IsNil() ? std::string() : encoded.subject.ToBytes());
    recorded.set_sealed(encoded.sealed);
    recorded.set_organization(organization_.ToBytes());
    recorded.set_commit_size(1);
    return absl::OkStatus();
  }

  absl::StatusOr<Loaded> Load(const StreamId& stream, const domain::AggregateType& type) override {
    consulted_.insert(stream);
    Loaded loaded;
    const std::shared_ptr<void> state = type.copy(nullptr);
    for (const domain::RecordedEvent& recorded : streams_[stream]) {
      RETURN_IF_ERROR(type.evolve(state.get(), loaded.head, recorded, keys_));
    }
    loaded.state = state;
    return loaded;
  }

  // Settable: what answers are about.
  absl::Time instant() const override { return instant_; }
  void AskAbout(absl::Time instant) { instant_ = instant; }

  // Streams loaded since the last ForgetConsulted(): what a commit would expect unchanged.
  const std::set<StreamId>& consulted() const { return consulted_; }
  void ForgetConsulted() { consulted_.clear(); }

  MemoryKeyRing& keys() { return keys_; }

 private:
  Uuid organization_;
  MemoryKeyRing keys_;
  std::map<StreamId, std::vector<domain::RecordedEvent>> streams_;
  std::set<StreamId> consulted_;
  absl::Time instant_ = kExampleNow;
  Position head_ = 0;
  absl::Time last_record_time_ = absl::UnixEpoch();
};

}  // namespace crm::testing
