#include "tools/crmctl/assign.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::Reflection;

// The same failure, with the field in front; a failed look-up on the server stays what it is.
absl::Status Blame(const FieldDescriptor& field, const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  return UsageError(absl::StrCat(field.name(), ": ", status.message()));
}

absl::StatusOr<int> ParseEnum(const EnumDescriptor& type, absl::string_view text) {
  const std::string wanted =
      absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}, {" ", "_"}});
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.name() == wanted || absl::EndsWith(value.name(), "_" + wanted)) {
      const std::string prefix = value.name().substr(0, value.name().size() - wanted.size());
      if (prefix.empty() || absl::StartsWith(type.value(0)->name(), prefix)) return value.number();
    }
    const size_t prefix = type.value(0)->name().rfind("UNSPECIFIED");
    if (i > 0 && prefix != std::string::npos) words.push_back(Kebab(value.name().substr(prefix)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(words, ", ")));
}

absl::StatusOr<bool> ParseBool(absl::string_view text) {
  const std::string word = absl::AsciiStrToLower(text);
  if (word == "true" || word == "yes" || word == "1" || word == "on") return true;
  if (word == "false" || word == "no" || word == "0" || word == "off") return false;
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is neither true nor false"));
}

absl::StatusOr<int64_t> ParseInteger(const FieldDescriptor& field, absl::string_view text) {
  if (absl::EndsWith(field.name(), "_bp")) return ParseBasisPoints(text);
  if (absl::EndsWith(field.name(), "_ppm")) return ParsePartsPerMillion(text);
  const std::string digits = absl::StrReplaceAll(text, {{",", ""}});
  int64_t number = 0;
  if (absl::SimpleAtoi(digits, &number)) return number;
  return absl::InvalidArgumentError(absl::StrCat("not a whole number: \"", text, "\""));
}

absl::Status AssignNumber(Message& message, const FieldDescriptor& field, absl::string_view text) {
  ASSIGN_OR_RETURN(const int64_t number, ParseInteger(field, text));
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    if (number < INT32_MIN || number > INT32_MAX) {
      return absl::InvalidArgumentError(absl::StrCat("out of range: ", text));
    }
    const auto narrow = static_cast<int32_t>(number);
    field.is_repeated() ? reflection.AddInt32(&message, &field, narrow)
                        : reflection.SetInt32(&message, &field, narrow);
  } else {
    field.is_repeated() ? reflection.AddInt64(&message, &field, number)
                        : reflection.SetInt64(&message, &field, number);
  }
  return absl::OkStatus();
}

// Refers to a loss reason, as opposed to defining one.
bool NamesLossReason(const FieldDescriptor& field) {
  return field.name() == "loss_reason_id" && field.containing_type()->name() != "LossReason";
}

absl::Status AssignString(Message& message, const FieldDescriptor& field, absl::string_view text,
                          const AssignContext& context) {
  if (!CountCodePoints(text)) return absl::InvalidArgumentError("the text is not UTF-8");
  std::string value(text);
  const std::vector<std::string> collections = CollectionsOf(field);
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    value = absl::HexStringToBytes(value);
  } else if (context.names != nullptr && NamesLossReason(field) && !value.empty()) {
    ASSIGN_OR_RETURN(value, context.names->LossReasonId(text));
  } else if (context.names != nullptr && !collections.empty() && !value.empty()) {
    ASSIGN_OR_RETURN(value, context.names->Resolve(collections, text));
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&message, &field, value);
  } else {
    reflection.SetString(&message, &field, value);
  }
  return absl::OkStatus();
}

// "member=Moses Frase,weight=60"; a value may be quoted to hold a comma: city="Paris, France".
std::vector<std::string> SplitPairs(absl::string_view text) {
  std::vector<std::string> pairs(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      pairs.emplace_back();
    } else {
      pairs.back().push_back(c);
    }
  }
  return pairs;
}

// Whoever writes "quantity=9.5" leaves the unit out of name and value.
absl::StatusOr<std::string> ValueFor(const FieldDescriptor& field, absl::string_view key,
                                     const std::string& text) {
  constexpr absl::string_view kMillionths = "_e6";
  const bool unit_left_out =
      absl::EndsWith(field.name(), kMillionths) && !absl::EndsWith(key, kMillionths.substr(1));
  if (!unit_left_out) return text;
  ASSIGN_OR_RETURN(const int64_t millionths, ParseMillionths(text));
  return absl::StrCat(millionths);
}

absl::Status AssignPairs(Message& inner, absl::string_view text, const AssignContext& context) {
  for (const std::string& pair : SplitPairs(text)) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const std::string key(absl::StripAsciiWhitespace(parts.first));
    const FieldPath path = FindPath(*inner.GetDescriptor(), key);
    if (path.empty() || !absl::StrContains(pair, "=")) {
      std::vector<std::string> known;
      for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i) {
        if (!IsOutputOnly(*inner.GetDescriptor()->field(i))) {
          known.push_back(inner.GetDescriptor()->field(i)->name());
        }
      }
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", pair, "\" is not key=value with a key of ", absl::StrJoin(known, ", ")));
    }
    RETURN_IF_ERROR(AssignAs(key, HolderOf(inner, path), *path.back(), parts.second, context));
  }
  return absl::OkStatus();
}

absl::Status FillMoney(Message& inner, absl::string_view text, const AssignContext& context) {
  absl::StatusOr<google::type::Money> money = ParseMoney(text, "");
  if (!money.ok() && context.names != nullptr) {
    RETURN_IF_ERROR(ParseMoney(text, "XXX").status());  // what is wrong beside the currency
    ASSIGN_OR_RETURN(const crm::v1::Organization organization, context.names->Organization());
    money = ParseMoney(text, organization.currency_code());
  }
  RETURN_IF_ERROR(money.status());
  inner.CopyFrom(*money);
  return absl::OkStatus();
}

absl::Status FillMessage(Message& inner, const FieldDescriptor& field, absl::string_view text,
                         const AssignContext& context) {
  if (IsMoney(field)) return FillMoney(inner, text, context);
  if (IsDate(field)) {
    ASSIGN_OR_RETURN(const google::type::Date date,
                     ParseDate(text, absl::ToCivilDay(context.now, context.zone)));
    inner.CopyFrom(date);
    return absl::OkStatus();
  }
  if (IsTimestamp(field)) {
    ASSIGN_OR_RETURN(const absl::Time time, ParseInstant(text, context.zone, context.now));
    inner.CopyFrom(ToTimestamp(time));
    return absl::OkStatus();
  }
  if (field.message_type()->full_name() == "google.protobuf.FieldMask") {
    const FieldDescriptor* paths = field.message_type()->FindFieldByName("paths");
    for (const absl::string_view path : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      inner.GetReflection()->AddString(&inner, paths, std::string(path));
    }
    return absl::OkStatus();
  }
  if (!absl::StartsWith(text, "{")) return AssignPairs(inner, text, context);
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(text), &inner);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("JSON: ", parsed.ToString()));
}

absl::Status AssignChecked(Message& message, const FieldDescriptor& field, absl::string_view text,
                           const AssignContext& context) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return AssignString(message, field, text, context);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return AssignNumber(message, field, text);
    case FieldDescriptor::CPPTYPE_BOOL: {
      ASSIGN_OR_RETURN(const bool value, ParseBool(text));
      reflection.SetBool(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      ASSIGN_OR_RETURN(const int value, ParseEnum(*field.enum_type(), text));
      field.is_repeated() ? reflection.AddEnumValue(&message, &field, value)
                          : reflection.SetEnumValue(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillMessage(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                             : *reflection.MutableMessage(&message, &field),
                         field, text, context);
    default:
      return absl::UnimplementedError(absl::StrCat("no text form for ", field.full_name()));
  }
}

}  // namespace

namespace {

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view word) {
  const std::string name = absl::StrReplaceAll(word, {{"-", "_"}});
  for (const char* unit : {"", "_bp", "_ppm", "_e2", "_e6", "_days_e2"}) {
    if (const FieldDescriptor* field = type.FindFieldByName(name + unit)) return field;
  }
  return nullptr;
}

}  // namespace

FieldPath FindPath(const Descriptor& type, absl::string_view path) {
  FieldPath fields;
  const Descriptor* at = &type;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : FindField(*at, part);
    const bool inside_list = !fields.empty() && fields.back()->is_repeated();
    if (field == nullptr || inside_list) return {};
    fields.push_back(field);
    at = field->message_type();
  }
  return fields;
}

std::string PathText(const FieldPath& path) {
  return absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* field) {
    out->append(field->name());
  });
}

Message& HolderOf(Message& root, const FieldPath& path) {
  Message* message = &root;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  return *message;
}

absl::Status Assign(Message& message, const FieldDescriptor& field, absl::string_view text,
                    const AssignContext& context) {
  const absl::Status status = AssignChecked(message, field, text, context);
  return status.ok() ? status : Blame(field, status);
}

absl::Status AssignAs(absl::string_view key, Message& message, const FieldDescriptor& field,
                      const std::string& text, const AssignContext& context) {
  ASSIGN_OR_RETURN(const std::string value, ValueFor(field, key, text));
  return Assign(message, field, value, context);
}

}  // namespace crm::ctl
