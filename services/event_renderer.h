// EventRenderer: stored events as the API shows them. Ids, which are 16 raw bytes in storage,
// become UUIDs; the content is told as JSON (services/event_json.h) or as it is.
//
// One thread at a time: it keeps a message of each type to decode into.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "crm/log/v1/log.pb.h"
#include "crm/v1/event_service.pb.h"
#include "google/protobuf/message.h"

namespace crm::services {

// Fills in everything but the content; what `event` held is kept where it is overwritten anyway.
void RenderEnvelope(const log::v1::RecordedEvent& recorded, v1::Event& event);

class EventRenderer {
 public:
  // `keys` must outlive this.
  EventRenderer(KeyRing& keys, v1::EventEncoding encoding) : keys_(&keys), encoding_(encoding) {}

  // Into an event that is empty, or holds one of the same encoding. DATA_LOSS when the stored event
  // is of a type this server does not know or cannot be read.
  absl::Status Render(const log::v1::RecordedEvent& recorded, v1::Event& event);

 private:
  // To decode events of a type into; null when there is no such type.
  google::protobuf::Message* MessageOf(const std::string& type);

  KeyRing* keys_;
  v1::EventEncoding encoding_;
  absl::flat_hash_map<std::string, std::unique_ptr<google::protobuf::Message>> messages_;
};

}  // namespace crm::services
