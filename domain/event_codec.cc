#include "domain/event_codec.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/reason.h"
#include "base/sealing.h"
#include "crm/options/v1/options.pb.h"

namespace crm::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsPersonal(const FieldDescriptor* field) {
  return field->options().GetExtension(options::v1::personal);
}

// Moves the personal fields of `from`, at any depth, into `to`. Returns whether there were any.
bool MovePersonal(Message& from, Message& to) {
  const Reflection* reflection = from.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(from, &fields);
  bool moved = false;
  for (const FieldDescriptor* field : fields) {
    if (IsPersonal(field)) {
      reflection->SwapFields(&from, &to, {field});
      moved = true;
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      // A nested message appears in `to` only when it holds something personal.
      std::unique_ptr<Message> part(reflection->GetMessage(from, field).New());
      if (!MovePersonal(*reflection->MutableMessage(&from, field), *part)) continue;
      reflection->SetAllocatedMessage(&to, part.release(), field);
      moved = true;
    }
  }
  return moved;
}

// The person whose key seals the event's personal fields.
Uuid SubjectOf(const Message& event, const StreamId& stream) {
  const std::string& name =
      event.GetDescriptor()->options().GetExtension(options::v1::subject).field();
  if (name.empty()) return stream.id;
  const FieldDescriptor* field = event.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return stream.id;
  return Uuid::FromBytes(event.GetReflection()->GetString(event, field)).value_or(stream.id);
}

// Authenticated with the sealed bytes, so they cannot be moved to another place in the log.
std::string SealingContext(const Uuid& organization, const StreamId& stream, Version version) {
  return absl::StrCat(organization.ToBytes(), stream.category, "/", stream.id.ToBytes(), version);
}

absl::Status Unreadable(const RecordedEvent& recorded, absl::string_view what) {
  const EventMetadata metadata = MetadataOf(recorded);
  return WithReason(
      absl::StatusCode::kDataLoss, "EVENT_UNREADABLE",
      absl::StrCat(what, " (", recorded.type(), ") at position ", recorded.position(), ", stream ",
                   recorded.category(), "/", metadata.stream.id.ToString(), " version ",
                   recorded.version()),
      {{"position", absl::StrCat(recorded.position())},
       {"stream", absl::StrCat(recorded.category(), "/", metadata.stream.id.ToString())},
       {"type", recorded.type()}});
}

}  // namespace

EventMetadata MetadataOf(const RecordedEvent& recorded) {
  return {
      .organization = Uuid::FromBytes(recorded.organization()).value_or(Uuid{}),
      .stream = {recorded.category(), Uuid::FromBytes(recorded.stream_id()).value_or(Uuid{})},
      .version = recorded.version(),
      .position = recorded.position(),
      .commit_end = recorded.position() - recorded.index_in_commit() + recorded.commit_size() - 1,
      .record_time = absl::FromUnixMicros(recorded.record_time_us()),
      .effective_time = absl::FromUnixMicros(recorded.effective_time_us()),
      .actor = Uuid::FromBytes(recorded.actor()).value_or(Uuid{}),
      .erased = false,
  };
}

absl::StatusOr<NewEvent> EncodeEvent(const Message& event, const Uuid& organization,
                                     const StreamId& stream, Version version, KeyRing& keys) {
  NewEvent encoded;
  encoded.type = event.GetDescriptor()->full_name();
  if (!event.GetDescriptor()->options().HasExtension(options::v1::subject)) {
    encoded.data = event.SerializeAsString();
    return encoded;
  }
  std::unique_ptr<Message> open(event.New());
  open->CopyFrom(event);
  std::unique_ptr<Message> personal(event.New());
  if (MovePersonal(*open, *personal)) {
    encoded.subject = SubjectOf(event, stream);
    ASSIGN_OR_RETURN(const SealingKey key, keys.FindOrCreate(organization, encoded.subject));
    encoded.sealed =
        Seal(key, SealingContext(organization, stream, version), personal->SerializeAsString());
  }
  encoded.data = open->SerializeAsString();
  return encoded;
}

absl::StatusOr<bool> DecodeEvent(const RecordedEvent& recorded, KeyRing& keys, Message& event) {
  if (!event.ParseFromString(recorded.data())) return Unreadable(recorded, "malformed event");
  if (recorded.sealed().empty()) return false;
  const std::optional<Uuid> subject = Uuid::FromBytes(recorded.subject());
  if (!subject.has_value()) return Unreadable(recorded, "sealed event without a subject");
  const EventMetadata metadata = MetadataOf(recorded);
  ASSIGN_OR_RETURN(const std::optional<SealingKey> key, keys.Find(metadata.organization, *subject));
  if (!key.has_value()) return true;
  const std::optional<std::string> personal =
      Unseal(*key, SealingContext(metadata.organization, metadata.stream, metadata.version),
             recorded.sealed());
  if (!personal.has_value()) return Unreadable(recorded, "personal fields do not unseal");
  if (!event.MergeFromString(*personal)) return Unreadable(recorded, "malformed personal fields");
  return false;
}

const Descriptor* FindEventType(const std::string& name) {
  return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
}

std::unique_ptr<Message> NewEventOf(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status UnknownEvent(const RecordedEvent& recorded) {
  return Unreadable(recorded, "event of unknown type");
}

}  // namespace crm::domain
