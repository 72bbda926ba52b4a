// Events as JSON: lowerCamelCase names, unset fields left out, ids (16 raw bytes in storage) as
// UUIDs, everything else as protobuf's JSON mapping has it. Written straight into text, because a
// replay renders every event of a log. Pure; thread-safe.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace crm::services {

// Appends the message to `json`.
void AppendJson(const google::protobuf::Message& message, std::string& json);
// The value of one field as JSON; empty when it is unset.
std::string FieldToJson(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field);

}  // namespace crm::services
