#include "services/event_json.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/uuid.h"

namespace crm::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

void AppendText(const std::string& text, std::string& json) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    absl::StrAppend(&json, "\"", text, "\"");
  } else {
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void AppendBytes(const std::string& bytes, std::string& json) {
  const std::optional<Uuid> id = Uuid::FromBytes(bytes);
  absl::StrAppend(&json, "\"", id.has_value() ? id->ToString() : absl::BytesToHexString(bytes),
                  "\"");
}

void AppendTime(const google::protobuf::Timestamp& time, std::string& json) {
  absl::StrAppend(
      &json, "\"",
      absl::FormatTime(absl::RFC3339_full,
                       absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                       absl::UTCTimeZone()),
      "\"");
}

// The value of a field, or of its `index`-th element when `index` is not negative.
void AppendValue(const Message& message, const FieldDescriptor* field, int index,
                 std::string& json) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&json, repeated ? reflection->GetRepeatedInt32(message, field, index)
                                      : reflection->GetInt32(message, field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      // As a string: JSON readers lose what is beyond 53 bits.
      absl::StrAppend(&json, "\"",
                      repeated ? reflection->GetRepeatedInt64(message, field, index)
                               : reflection->GetInt64(message, field),
                      "\"");
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      json += (repeated ? reflection->GetRepeatedBool(message, field, index)
                        : reflection->GetBool(message, field))
                  ? "true"
                  : "false";
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      absl::StrAppend(&json, "\"",
                      (repeated ? reflection->GetRepeatedEnum(message, field, index)
                                : reflection->GetEnum(message, field))
                          ->name(),
                      "\"");
      return;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text =
          repeated ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                   : reflection->GetStringReference(message, field, &scratch);
      if (field->type() == FieldDescriptor::TYPE_BYTES) return AppendBytes(text, json);
      return AppendText(text, json);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendJson(repeated ? reflection->GetRepeatedMessage(message, field, index)
                                 : reflection->GetMessage(message, field),
                        json);
    default:
      json += "null";  // our messages have no other types: tests/contract/api_style_test.cc
  }
}

void AppendField(const Message& message, const FieldDescriptor* field, std::string& json) {
  if (!field->is_repeated()) return AppendValue(message, field, -1, json);
  json += '[';
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) json += ',';
    AppendValue(message, field, i, json);
  }
  json += ']';
}

}  // namespace

void AppendJson(const Message& message, std::string& json) {
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return AppendTime(static_cast<const google::protobuf::Timestamp&>(message), json);
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  char before = '{';
  for (const FieldDescriptor* field : fields) {
    json += before;
    absl::StrAppend(&json, "\"", field->json_name(), "\":");
    AppendField(message, field, json);
    before = ',';
  }
  json += fields.empty() ? "{}" : "}";
}

std::string FieldToJson(const Message& message, const FieldDescriptor& field) {
  const Reflection* reflection = message.GetReflection();
  const bool set = field.is_repeated() ? reflection->FieldSize(message, &field) > 0
                                       : reflection->HasField(message, &field);
  std::string json;
  if (set) AppendField(message, &field, json);
  return json;
}

}  // namespace crm::services
