#include "domain/details_revision.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string NameInResource(const FieldDescriptor& field) {
  absl::string_view name(field.name());
  if (field.type() == FieldDescriptor::TYPE_BYTES) absl::ConsumeSuffix(&name, "_id");
  return std::string(name);
}

const FieldDescriptor* FindField(const Descriptor& details, const std::string& name) {
  const FieldDescriptor* field = details.FindFieldByName(name);
  return field != nullptr ? field : details.FindFieldByName(absl::StrCat(name, "_id"));
}

// A message that has nothing of `message` but this field.
std::unique_ptr<Message> Only(const Message& message, const FieldDescriptor* field) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  std::unique_ptr<Message> only(message.New());
  message.GetReflection()->SwapFields(copy.get(), only.get(), {field});
  return only;
}

}  // namespace

FieldNames DifferingFields(const Message& before, const Message& after) {
  FieldNames names;
  const Descriptor& details = *before.GetDescriptor();
  for (int i = 0; i < details.field_count(); ++i) {
    const FieldDescriptor* field = details.field(i);
    const std::unique_ptr<Message> was = Only(before, field);
    if (!google::protobuf::util::MessageDifferencer::Equals(*was, *Only(after, field))) {
      *names.Add() = NameInResource(*field);
    }
  }
  return names;
}

void CopyFields(const Message& from, const FieldNames& fields, Message& to) {
  for (const std::string& name : fields) {
    const FieldDescriptor* field = FindField(*to.GetDescriptor(), name);
    if (field == nullptr) continue;
    to.GetReflection()->ClearField(&to, field);
    to.MergeFrom(*Only(from, field));
  }
}

}  // namespace crm::domain
