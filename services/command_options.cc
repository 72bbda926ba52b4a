#include "services/command_options.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/timestamp.pb.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "services/call.h"

namespace crm::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* Field(const Message& message, const char* name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

std::string StringField(const Message& message, const char* name) {
  const FieldDescriptor* field = Field(message, name);
  return field == nullptr ? std::string() : message.GetReflection()->GetString(message, field);
}

bool BoolField(const Message& message, const char* name) {
  const FieldDescriptor* field = Field(message, name);
  return field != nullptr && message.GetReflection()->GetBool(message, field);
}

absl::StatusOr<std::optional<absl::Time>> TimeField(const Message& message, const char* name) {
  const FieldDescriptor* field = Field(message, name);
  if (field == nullptr || !message.GetReflection()->HasField(message, field)) return std::nullopt;
  return domain::TimeFromProto(static_cast<const google::protobuf::Timestamp&>(
      message.GetReflection()->GetMessage(message, field)));
}

Digest DigestOf(const std::string& method, const Message& command) {
  std::unique_ptr<Message> input(command.New());
  input->CopyFrom(command);
  for (const char* name : {"request_id", "validate_only"}) {
    if (const FieldDescriptor* field = Field(*input, name)) {
      input->GetReflection()->ClearField(input.get(), field);
    }
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    input->SerializeToCodedStream(&coded);
  }
  return Sha256(absl::StrCat(method, "\n"), bytes);
}

}  // namespace

absl::StatusOr<CommandOptions> ReadCommandOptions(const Call& call, const Message& command) {
  CommandOptions options;
  options.request_id = Uuid::Parse(StringField(command, "request_id")).value_or(Uuid{});
  options.validate_only = BoolField(command, "validate_only");
  ASSIGN_OR_RETURN(options.effective_time, TimeField(command, "effective_time"));
  options.etag = StringField(command, "etag");
  options.digest = DigestOf(call.method->full_name, command);
  if (options.effective_time.has_value() && *options.effective_time > call.now) {
    return WithReason(
        absl::StatusCode::kInvalidArgument, "EFFECTIVE_TIME_IN_FUTURE",
        "effective_time is later than now",
        {{"now", absl::FormatTime(absl::RFC3339_full, call.now, absl::UTCTimeZone())}});
  }
  return options;
}

domain::Caller CallerOf(const Call& call, const CommandOptions& options) {
  return {call.organization(), call.actor->member, options.request_id};
}

}  // namespace crm::services
