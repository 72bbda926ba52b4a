// CheckRules of api.h: the buf.validate rules that crm.v1 uses, interpreted by reflection.
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/uuid.h"
#include "buf/validate/validate.pb.h"
#include "re2/re2.h"
#include "tools/crmctl/api.h"

namespace crm::ctl {
namespace {

using buf::validate::FieldRules;
using google::protobuf::Reflection;

size_t CodePoints(const std::string& text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1 : 0;
  return count;
}

std::string StringProblem(const buf::validate::StringRules& rules, const std::string& text) {
  if (rules.has_min_len() && CodePoints(text) < rules.min_len()) {
    return absl::StrCat("needs at least ", rules.min_len(), " characters");
  }
  if (rules.has_max_len() && CodePoints(text) > rules.max_len()) {
    return absl::StrCat("has more than ", rules.max_len(), " characters");
  }
  if (rules.has_pattern() && !RE2::PartialMatch(text, rules.pattern())) {
    return absl::StrCat("does not match ", rules.pattern());
  }
  if (rules.uuid() && !Uuid::Parse(text)) return "is not a UUID";
  if (rules.email() && !RE2::FullMatch(text, "[^@\\s]+@[^@\\s]+")) return "is no e-mail address";
  if (rules.in_size() > 0) {
    for (const std::string& allowed : rules.in()) {
      if (text == allowed) return "";
    }
    return "is not one of " + absl::StrJoin(rules.in(), ", ");
  }
  return "";
}

template <class Rules>
std::string NumberProblem(const Rules& rules, int64_t number) {
  if (rules.has_gte() && number < rules.gte()) return absl::StrCat("is less than ", rules.gte());
  if (rules.has_gt() && number <= rules.gt()) return absl::StrCat("is not over ", rules.gt());
  if (rules.has_lte() && number > rules.lte()) return absl::StrCat("is more than ", rules.lte());
  if (rules.has_lt() && number >= rules.lt()) return absl::StrCat("is not below ", rules.lt());
  return "";
}

void Check(const Message& message, const std::string& prefix, std::vector<std::string>& problems);

// One value; `index` is -1 for a singular field.
void CheckValue(const Message& message, const FieldDescriptor& field, int index,
                const FieldRules& rules, const std::string& path,
                std::vector<std::string>& problems) {
  const Reflection& reflection = *message.GetReflection();
  const bool item = index >= 0;
  std::string problem;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = item ? reflection.GetRepeatedString(message, &field, index)
                                    : reflection.GetString(message, &field);
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        if (rules.bytes().has_len() && text.size() != rules.bytes().len()) {
          problem = absl::StrCat("must have ", rules.bytes().len(), " bytes");
        }
      } else {
        problem = StringProblem(rules.string(), text);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      if (!item) problem = NumberProblem(rules.int32(), reflection.GetInt32(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      if (!item) problem = NumberProblem(rules.int64(), reflection.GetInt64(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      Check(item ? reflection.GetRepeatedMessage(message, &field, index)
                 : reflection.GetMessage(message, &field),
            path + ".", problems);
      break;
    default:
      break;
  }
  if (!problem.empty()) problems.push_back(absl::StrCat(path, ": ", problem));
}

void CheckField(const Message& message, const FieldDescriptor& field, const std::string& path,
                std::vector<std::string>& problems) {
  const Reflection& reflection = *message.GetReflection();
  const FieldRules& rules = field.options().GetExtension(buf::validate::field);
  if (field.is_repeated()) {
    const int size = reflection.FieldSize(message, &field);
    const buf::validate::RepeatedRules& list = rules.repeated();
    if (static_cast<uint64_t>(size) < list.min_items()) {
      problems.push_back(absl::StrCat(path, ": needs at least ", list.min_items(), " items"));
    }
    if (list.has_max_items() && static_cast<uint64_t>(size) > list.max_items()) {
      problems.push_back(absl::StrCat(path, ": has more than ", list.max_items(), " items"));
    }
    for (int i = 0; i < size; ++i) {
      CheckValue(message, field, i, list.items(), absl::StrCat(path, "[", i, "]"), problems);
    }
    return;
  }
  const bool set = reflection.HasField(message, &field);
  if (rules.required() && !set) {
    problems.push_back(path + ": is required");
  } else if (set || !field.has_presence()) {
    CheckValue(message, field, -1, rules, path, problems);
  }
}

void Check(const Message& message, const std::string& prefix, std::vector<std::string>& problems) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsOutputOnly(*type.field(i))) continue;
    CheckField(message, *type.field(i), prefix + type.field(i)->name(), problems);
  }
}

}  // namespace

absl::Status CheckRules(const Message& message) {
  std::vector<std::string> problems;
  Check(message, "", problems);
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
}

}  // namespace crm::ctl
