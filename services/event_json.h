// Stored events as the API shows them. Ids, which are 16 raw bytes in storage, become UUIDs;
// everything else follows protobuf's JSON mapping. Pure but for the key ring; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "crm/log/v1/log.pb.h"
#include "crm/v1/event_service.pb.h"
#include "google/protobuf/message.h"

namespace crm::services {

// What surrounds the event: everything but its data.
v1::Event EnvelopeOf(const log::v1::RecordedEvent& recorded);
// With its data. DATA_LOSS when the event is of a type this server does not know or cannot be read.
absl::StatusOr<v1::Event> ToApiEvent(const log::v1::RecordedEvent& recorded, KeyRing& keys);

// The message as JSON with lowerCamelCase names, unset fields left out.
std::string ToJson(const google::protobuf::Message& message);
// The value of one field as JSON; empty when it is unset.
std::string FieldToJson(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field);

}  // namespace crm::services
