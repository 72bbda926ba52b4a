#include "services/validation_rules.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace crm::services {
namespace {

using buf::validate::FieldRules;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int32_t kNanosPerUnit = 1'000'000'000;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range google.protobuf.Timestamp allows.
constexpr int64_t kMinTimestampSeconds = -62'135'596'800;
constexpr int64_t kMaxTimestampSeconds = 253'402'300'799;
constexpr int kMaxYear = 9999;

// The address form of the HTML standard, which protovalidate uses too.
bool IsEmail(const std::string& text) {
  static const re2::RE2* const kEmail = new re2::RE2(
      "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
      "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*");
  return re2::RE2::FullMatch(text, *kEmail);
}

// Whether the message, or one inside it, holds fields this build has no name for.
bool HasUnknownFields(const Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) continue;
    if (HasUnknownFields(reflection.GetMessage(message, field))) return true;
  }
  return false;
}

bool FitsType(const FieldDescriptor& field, const FieldRules& rules, bool of_items) {
  if (rules.type_case() == FieldRules::TYPE_NOT_SET) return true;
  if (rules.type_case() == FieldRules::kRepeated) return field.is_repeated() && !of_items;
  if (field.is_repeated() != of_items) return false;
  switch (rules.type_case()) {
    case FieldRules::kInt32:
      return field.type() == FieldDescriptor::TYPE_INT32;
    case FieldRules::kInt64:
      return field.type() == FieldDescriptor::TYPE_INT64;
    case FieldRules::kString:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case FieldRules::kBytes:
      return field.type() == FieldDescriptor::TYPE_BYTES;
    case FieldRules::kEnum:
      return field.type() == FieldDescriptor::TYPE_ENUM;
    default:
      return false;
  }
}

// A sign that no keyboard writes and that may command a terminal: C0 but for tabs and line ends,
// DEL, C1.
bool HasControlCharacter(const std::string& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_space = byte == '\t' || byte == '\n' || byte == '\r';
    if ((byte < 0x20 && !is_space) || byte == 0x7F) return true;
    if (byte != 0xC2 || i + 1 == text.size()) continue;
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if (next >= 0x80 && next < 0xA0) return true;
  }
  return false;
}

template <class Rules>
void CheckLength(const Rules& rules, uint64_t length, absl::string_view unit,
                 absl::string_view path, Violations& violations) {
  if (rules.has_len() && length != rules.len())
    violations.Add(path, absl::StrCat("must be exactly ", rules.len(), " ", unit));
  if (rules.has_min_len() && length < rules.min_len())
    violations.Add(path, absl::StrCat("must be at least ", rules.min_len(), " ", unit));
  if (rules.has_max_len() && length > rules.max_len())
    violations.Add(path, absl::StrCat("must be at most ", rules.max_len(), " ", unit));
}

template <class Rules, class Number>
void CheckNumber(const Rules& rules, Number value, absl::string_view path, Violations& violations) {
  if (rules.has_lt() && value >= rules.lt())
    violations.Add(path, absl::StrCat("must be less than ", rules.lt()));
  if (rules.has_lte() && value > rules.lte())
    violations.Add(path, absl::StrCat("must be at most ", rules.lte()));
  if (rules.has_gt() && value <= rules.gt())
    violations.Add(path, absl::StrCat("must be greater than ", rules.gt()));
  if (rules.has_gte() && value < rules.gte())
    violations.Add(path, absl::StrCat("must be at least ", rules.gte()));
  if (rules.in_size() > 0 &&
      std::find(rules.in().begin(), rules.in().end(), value) == rules.in().end())
    violations.Add(path, absl::StrCat("must be one of ", absl::StrJoin(rules.in(), ", ")));
}

std::string Join(absl::string_view path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

// Field `name` of a well-known message, zero when it is not set.
int64_t IntOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64
             ? message.GetReflection()->GetInt64(message, field)
             : message.GetReflection()->GetInt32(message, field);
}

void CheckMoney(const Message& money, absl::string_view path, Violations& violations) {
  const std::string currency = money.GetReflection()->GetString(
      money, money.GetDescriptor()->FindFieldByName("currency_code"));
  if (currency.size() != 3 || !std::all_of(currency.begin(), currency.end(), [](char c) {
        return absl::ascii_isupper(static_cast<unsigned char>(c));
      }))
    violations.Add(Join(path, "currency_code"), "must be three upper-case letters (ISO 4217)");
  const int64_t units = IntOf(money, "units");
  const int64_t nanos = IntOf(money, "nanos");
  if (nanos <= -kNanosPerUnit || nanos >= kNanosPerUnit)
    violations.Add(Join(path, "nanos"), "must be between -999999999 and 999999999");
  if ((units > 0 && nanos < 0) || (units < 0 && nanos > 0))
    violations.Add(Join(path, "nanos"), "must have the sign of units");
}

void CheckDate(const Message& date, absl::string_view path, Violations& violations) {
  const int64_t year = IntOf(date, "year");
  const auto month = static_cast<int>(IntOf(date, "month"));
  const auto day = static_cast<int>(IntOf(date, "day"));
  const bool in_range = year >= 1 && year <= kMaxYear && month >= 1 && month <= 12 && day >= 1;
  // A civil day normalizes 31 April to 1 May: what comes back changed was no date.
  if (!in_range || day > 31 || absl::CivilDay(year, month, day).day() != day)
    violations.Add(path, "must be a whole calendar date from year 1 to 9999");
}

void CheckTimestamp(const Message& timestamp, absl::string_view path, Violations& violations) {
  const int64_t seconds = IntOf(timestamp, "seconds");
  const int64_t nanos = IntOf(timestamp, "nanos");
  if (seconds < kMinTimestampSeconds || seconds > kMaxTimestampSeconds || nanos < 0 ||
      nanos >= kNanosPerUnit)
    violations.Add(path, "must be a timestamp from year 1 to 9999");
}

}  // namespace

void Violations::Add(absl::string_view field, absl::string_view description) {
  if (full()) return;
  auto* violation = found_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
}

absl::StatusOr<std::unique_ptr<ValueRules>> ValueRules::Compile(const FieldDescriptor& field,
                                                                const FieldRules& rules,
                                                                bool of_items) {
  if (HasUnknownFields(rules))
    return absl::InvalidArgumentError("has a rule this server does not know");
  if (!FitsType(field, rules, of_items))
    return absl::InvalidArgumentError("has rules for another type of field");
  if (of_items && rules.required())
    return absl::InvalidArgumentError("has required items, give them a least length instead");
  if (rules.repeated().unique() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    return absl::InvalidArgumentError("wants unique messages, only scalars can be");
  std::unique_ptr<ValueRules> compiled(new ValueRules(rules));
  if (rules.string().has_pattern()) {
    compiled->pattern_ = std::make_unique<re2::RE2>(rules.string().pattern(), re2::RE2::Quiet);
    if (!compiled->pattern_->ok())
      return absl::InvalidArgumentError(
          absl::StrCat("has a bad pattern: ", compiled->pattern_->error()));
  }
  return compiled;
}

void ValueRules::CheckString(const std::string& value, absl::string_view path,
                             Violations& violations) const {
  const auto& rules = rules_.string();
  const std::optional<size_t> length = CountCodePoints(value);
  if (!length) {
    violations.Add(path, "must be valid UTF-8");
    return;
  }
  if (HasControlCharacter(value)) violations.Add(path, "must not hold control characters");
  CheckLength(rules, *length, "characters", path, violations);
  if (pattern_ != nullptr && !re2::RE2::PartialMatch(value, *pattern_))
    violations.Add(path, absl::StrCat("must match ", rules.pattern()));
  if (rules.in_size() > 0 &&
      std::find(rules.in().begin(), rules.in().end(), value) == rules.in().end())
    violations.Add(path, absl::StrCat("must be one of ", absl::StrJoin(rules.in(), ", ")));
  if (rules.email() && !IsEmail(value)) violations.Add(path, "must be an e-mail address");
  if (rules.uuid() && !Uuid::Parse(value)) violations.Add(path, "must be a UUID");
}

void ValueRules::CheckBytes(const std::string& value, absl::string_view path,
                            Violations& violations) const {
  CheckLength(rules_.bytes(), value.size(), "bytes", path, violations);
}

void ValueRules::CheckInt32(int32_t value, absl::string_view path, Violations& violations) const {
  CheckNumber(rules_.int32(), value, path, violations);
}

void ValueRules::CheckInt64(int64_t value, absl::string_view path, Violations& violations) const {
  CheckNumber(rules_.int64(), value, path, violations);
}

void ValueRules::CheckEnum(int value, const EnumDescriptor& type, absl::string_view path,
                           Violations& violations) const {
  const auto& rules = rules_.enum_();
  if (rules.defined_only() && type.FindValueByNumber(value) == nullptr)
    violations.Add(path, "must be a value this server knows");
  if (std::find(rules.not_in().begin(), rules.not_in().end(), value) != rules.not_in().end()) {
    const auto* named = type.FindValueByNumber(value);
    violations.Add(
        path, absl::StrCat("must not be ", named == nullptr ? absl::StrCat(value) : named->name()));
  }
}

bool CheckWellKnown(const Message& message, absl::string_view path, Violations& violations) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.type.Money")
    CheckMoney(message, path, violations);
  else if (type == "google.type.Date")
    CheckDate(message, path, violations);
  else if (type == "google.protobuf.Timestamp")
    CheckTimestamp(message, path, violations);
  else
    return false;
  return true;
}

}  // namespace crm::services
