// Between stored bytes and event messages. `std::variant<Opened, StageMoved, ...>` is its own
// registry: the list of an aggregate's or a view's events is the codec table, and a missing
// overload does not compile.
//
// Fields marked (crm.options.v1.personal) never reach the log in clear: Encode moves them into a
// partial message of the same type, sealed with the key of the person the message's `subject`
// option names; Decode merges them back, or leaves them empty when the key has been destroyed
// (metadata.erased). All functions are thread-safe.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/key_ring.h"
#include "base/status_macros.h"
#include "base/stream.h"
#include "crm/log/v1/log.pb.h"
#include "google/protobuf/message.h"

namespace crm::domain {

using log::v1::RecordedEvent;

// What is known about an event besides its content.
struct EventMetadata {
  Uuid organization;
  StreamId stream;
  Version version = 0;
  Position position = 0;
  Position commit_end = 0;  // position of the last event of its commit
  absl::Time record_time;
  absl::Time effective_time;
  Uuid actor;           // nil: the system, or whoever holds a public link
  bool erased = false;  // the event had personal fields, and their key is destroyed
};

EventMetadata MetadataOf(const RecordedEvent& recorded);

// The stored form of an event that will be version `version` of `stream`. Makes the subject's key
// when there is none. FAILED_PRECONDITION SUBJECT_ERASED when the person has been erased.
absl::StatusOr<NewEvent> EncodeEvent(const google::protobuf::Message& event,
                                     const Uuid& organization, const StreamId& stream,
                                     Version version, KeyRing& keys);

// Parses into `event` and merges the sealed fields. Returns whether they are erased. DATA_LOSS
// names position and stream of a record that cannot be read.
absl::StatusOr<bool> DecodeEvent(const RecordedEvent& recorded, KeyRing& keys,
                                 google::protobuf::Message& event);

// The type of that full name; nullptr when this program has none. Takes a lock: ask once a type.
const google::protobuf::Descriptor* FindEventType(const std::string& name);
// An empty event of a type.
std::unique_ptr<google::protobuf::Message> NewEventOf(const google::protobuf::Descriptor& type);

// DATA_LOSS: `recorded` is of a type that its reader does not know; never skipped.
absl::Status UnknownEvent(const RecordedEvent& recorded);

// Calls `visit(const E&, const EventMetadata&)` with the decoded event when its type is one of
// `Events`; `visit` returns absl::Status. Returns false, untouched, when it is not.
template <class... Events, class Visitor>
absl::StatusOr<bool> DispatchEvent(std::type_identity<std::variant<Events...>>,
                                   const RecordedEvent& recorded, KeyRing& keys, Visitor visit) {
  absl::Status status;
  auto attempt = [&]<class E>(std::type_identity<E>) {
    if (E::descriptor()->full_name() != recorded.type()) return false;
    E event;
    EventMetadata metadata = MetadataOf(recorded);
    absl::StatusOr<bool> erased = DecodeEvent(recorded, keys, event);
    if (erased.ok()) {
      metadata.erased = *erased;
      status = visit(event, metadata);
    } else {
      status = erased.status();
    }
    return true;
  };
  const bool heard = (attempt(std::type_identity<Events>{}) || ...);
  if (!status.ok()) return status;
  return heard;
}

}  // namespace crm::domain
