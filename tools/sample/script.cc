#include "tools/sample/script.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "base/uuid.h"

namespace crm::sample {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kReferenceMark = '@';
constexpr Uuid kRequestNamespace = {{0x8d, 0x1f, 0x33, 0x0e, 0x52, 0x6a, 0x4c, 0x07, 0x9b, 0x64,
                                     0x0c, 0x5e, 0x2a, 0x77, 0xd1, 0x90}};

bool IsReference(absl::string_view text) { return !text.empty() && text[0] == kReferenceMark; }

// Lets `replace` put something in the place of every reference in the message.
template <class Replace>
absl::Status ForEachReference(Message& message, const Replace& replace) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const bool repeated = field->is_repeated();
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Message& inner = repeated ? *reflection.MutableRepeatedMessage(&message, field, i)
                                  : *reflection.MutableMessage(&message, field);
        RETURN_IF_ERROR(ForEachReference(inner, replace));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string text = repeated ? reflection.GetRepeatedString(message, field, i)
                                    : reflection.GetString(message, field);
        if (!IsReference(text)) continue;
        RETURN_IF_ERROR(replace(text));
        if (repeated) {
          reflection.SetRepeatedString(&message, field, i, std::move(text));
        } else {
          reflection.SetString(&message, field, std::move(text));
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::Status LeadsNowhere(absl::string_view path, const Message& answer) {
  return absl::InternalError(
      absl::StrCat("'", path, "' leads nowhere in ", answer.GetDescriptor()->full_name()));
}

absl::StatusOr<std::string> StringAt(const Message& answer, absl::string_view path) {
  const Message* message = &answer;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr) return LeadsNowhere(path, answer);
    const auto& reflection = *message->GetReflection();
    if (!field->is_repeated()) {
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        return reflection.GetString(*message, field);
      }
      return LeadsNowhere(path, answer);
    }
    int index = 0;
    if (++i == names.size() || !absl::SimpleAtoi(names[i], &index) ||
        index >= reflection.FieldSize(*message, field)) {
      return LeadsNowhere(path, answer);
    }
    message = &reflection.GetRepeatedMessage(*message, field, index);
  }
  return LeadsNowhere(path, answer);
}

}  // namespace

const MethodDescriptor& Step::method() const {
  const auto& type = *request->GetDescriptor();
  const std::string name(absl::StripSuffix(type.name(), "Request"));
  return *type.file()->service(0)->FindMethodByName(name);
}

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

std::string Script::NextRequestId() {
  return Uuid::FromName(kRequestNamespace, absl::StrCat(seed_, "/", key_, "/", ordinal_++))
      .ToString();
}

void Script::Bind(std::string reference, std::string path) {
  steps_.back().bindings.push_back({std::move(reference), std::move(path)});
}

void Script::UnlessBound(std::string reference) {
  steps_.back().unless_bound = std::move(reference);
}

std::pair<Script, Script> Script::SplitFirst() && {
  Script first(seed_, key_);
  Script others(seed_, key_);
  for (size_t i = 0; i < steps_.size(); ++i) {
    (i == 0 ? first : others).steps_.push_back(std::move(steps_[i]));
  }
  first.ordinal_ = others.ordinal_ = ordinal_;
  return {std::move(first), std::move(others)};
}

absl::Status ReferenceTable::Resolve(Message& message) const {
  return ForEachReference(message, [this](std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(text, NameOf(text));
    return absl::OkStatus();
  });
}

absl::Status ReferenceTable::Bind(const Step& step, const Message& answer) {
  for (const Binding& binding : step.bindings) {
    ASSIGN_OR_RETURN(std::string name, StringAt(answer, binding.path));
    if (name.empty()) continue;
    MutexLock lock(mutex_);
    names_[binding.reference] = std::move(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReferenceTable::NameOf(const std::string& reference) const {
  MutexLock lock(mutex_);
  const auto found = names_.find(reference);
  if (found != names_.end()) return found->second;
  return absl::InternalError(absl::StrCat(reference, " is named before it exists"));
}

bool ReferenceTable::IsBound(const std::string& reference) const {
  MutexLock lock(mutex_);
  return names_.contains(reference);
}

}  // namespace crm::sample
