#include "services/event_json.h"

#include <google/protobuf/timestamp.pb.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "domain/event_codec.h"
#include "domain/render.h"
#include "domain/types/ids.h"

namespace crm::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::ordered_json;

ordered_json ObjectOf(const Message& message);
ordered_json FieldOf(const Message& message, const FieldDescriptor* field);

ordered_json BytesJson(const std::string& bytes) {
  if (const std::optional<Uuid> id = Uuid::FromBytes(bytes)) return id->ToString();
  return absl::BytesToHexString(bytes);
}

// The value of a field, or of its `index`-th element when `index` is not negative.
ordered_json ValueOf(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return repeated ? reflection->GetRepeatedInt32(message, field, index)
                      : reflection->GetInt32(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      // As a string: JSON readers lose what is beyond 53 bits.
      return absl::StrCat(repeated ? reflection->GetRepeatedInt64(message, field, index)
                                   : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return repeated ? reflection->GetRepeatedBool(message, field, index)
                      : reflection->GetBool(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return (repeated ? reflection->GetRepeatedEnum(message, field, index)
                       : reflection->GetEnum(message, field))
          ->name();
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = repeated ? reflection->GetRepeatedString(message, field, index)
                                        : reflection->GetString(message, field);
      return field->type() == FieldDescriptor::TYPE_BYTES ? BytesJson(text) : ordered_json(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ObjectOf(repeated ? reflection->GetRepeatedMessage(message, field, index)
                               : reflection->GetMessage(message, field));
    default:
      return nullptr;  // our messages have no other types: tests/contract/api_style_test.cc
  }
}

ordered_json ObjectOf(const Message& message) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    return absl::FormatTime(absl::RFC3339_full,
                            absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                            absl::UTCTimeZone());
  }
  ordered_json object = ordered_json::object();
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) object[field->json_name()] = FieldOf(message, field);
  return object;
}

ordered_json FieldOf(const Message& message, const FieldDescriptor* field) {
  if (!field->is_repeated()) return ValueOf(message, field, -1);
  ordered_json list = ordered_json::array();
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    list.push_back(ValueOf(message, field, i));
  }
  return list;
}

std::string Print(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string UuidText(const std::string& bytes) {
  const std::optional<Uuid> id = Uuid::FromBytes(bytes);
  return id.has_value() && !id->IsNil() ? id->ToString() : std::string();
}

}  // namespace

std::string ToJson(const Message& message) { return Print(ObjectOf(message)); }

std::string FieldToJson(const Message& message, const FieldDescriptor& field) {
  const Reflection* reflection = message.GetReflection();
  const bool set = field.is_repeated() ? reflection->FieldSize(message, &field) > 0
                                       : reflection->HasField(message, &field);
  return set ? Print(FieldOf(message, &field)) : std::string();
}

v1::Event EnvelopeOf(const log::v1::RecordedEvent& recorded) {
  v1::Event result;
  result.set_position(recorded.position());
  result.set_category(recorded.category());
  result.set_stream_id(UuidText(recorded.stream_id()));
  result.set_version(recorded.version());
  result.set_type(recorded.type());
  *result.mutable_record_time() =
      domain::TimestampOf(absl::FromUnixMicros(recorded.record_time_us()));
  *result.mutable_effective_time() =
      domain::TimestampOf(absl::FromUnixMicros(recorded.effective_time_us()));
  result.set_actor(domain::NameOf(domain::FromBytes<domain::MemberId>(recorded.actor())));
  result.set_causation_id(UuidText(recorded.causation_id()));
  result.set_correlation_id(absl::BytesToHexString(recorded.correlation_id()));
  result.set_commit_size(recorded.commit_size());
  result.set_index_in_commit(recorded.index_in_commit());
  result.set_hash(recorded.hash());
  return result;
}

absl::StatusOr<v1::Event> ToApiEvent(const log::v1::RecordedEvent& recorded, KeyRing& keys) {
  const google::protobuf::Descriptor* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(recorded.type());
  if (type == nullptr) return domain::UnknownEvent(recorded);
  std::unique_ptr<Message> event(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  RETURN_IF_ERROR(domain::DecodeEvent(recorded, keys, *event).status());
  v1::Event result = EnvelopeOf(recorded);
  result.set_data_json(ToJson(*event));
  return result;
}

}  // namespace crm::services
