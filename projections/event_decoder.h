// EventDecoder: decodes each event once for all the views of a thread, which go through the log
// side by side. Decoding an event costs as much as applying it to most views.
//
// Threading: one thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "crm/log/v1/log.pb.h"
#include "domain/event_codec.h"
#include "google/protobuf/message.h"

namespace crm::projections {

struct DecodedEvent {
  std::string hash;  // of the record: it is this event and no other
  domain::EventMetadata metadata;
  std::unique_ptr<google::protobuf::Message> message;
};

class EventDecoder {
 public:
  // `keys` must outlive it. It remembers about `remembered` events, at least 1.
  explicit EventDecoder(KeyRing& keys, size_t remembered = 1);

  // The type an event names; nullptr when this program has none of that name.
  const google::protobuf::Descriptor* TypeOf(const log::v1::RecordedEvent& recorded);
  // The event, of type `type`; good until the next call. DATA_LOSS: see domain::DecodeEvent.
  absl::StatusOr<const DecodedEvent*> Decode(const log::v1::RecordedEvent& recorded,
                                             const google::protobuf::Descriptor& type);
  // Remembers nothing any more: what was decoded may be personal.
  void Forget();

 private:
  using Message = google::protobuf::Message;

  // An empty message of a type, or one that was used.
  std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type);

  KeyRing& keys_;
  absl::flat_hash_map<std::string, const google::protobuf::Descriptor*> types_;
  std::vector<DecodedEvent> events_;  // an event's place is its position, modulo their number
  std::vector<size_t> filled_;        // their places
  // Messages whose place another event took.
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::vector<std::unique_ptr<Message>>>
      spare_;
};

}  // namespace crm::projections
