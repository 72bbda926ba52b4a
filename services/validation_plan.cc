#include "services/validation_plan.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "crm/options/v1/options.pb.h"

namespace crm::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// protovalidate's extension number, the same on fields, messages and oneofs. We declare it for
// fields alone; on the others it can only show up as an unknown field.
constexpr int kValidateExtension = 1159;

absl::Status Unsupported(absl::string_view element, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, "VALIDATION_RULE_UNSUPPORTED",
                    absl::StrCat(element, " ", why), {{"element", std::string(element)}});
}

bool HasUnknownRules(const Message& options) {
  const auto& unknown = options.GetReflection()->GetUnknownFields(options);
  for (int i = 0; i < unknown.field_count(); ++i)
    if (unknown.field(i).number() == kValidateExtension) return true;
  return false;
}

// Judges one value of a scalar field: `index` in a repeated field, -1 for a singular one.
void CheckScalar(const ValueRules& rules, const FieldDescriptor& field, const Message& message,
                 int index, const std::string& path, Violations& violations) {
  const auto& get = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value =
          one ? get.GetString(message, &field) : get.GetRepeatedString(message, &field, index);
      if (field.type() == FieldDescriptor::TYPE_BYTES)
        rules.CheckBytes(value, path, violations);
      else
        rules.CheckString(value, path, violations);
      break;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      rules.CheckInt32(
          one ? get.GetInt32(message, &field) : get.GetRepeatedInt32(message, &field, index), path,
          violations);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      rules.CheckInt64(
          one ? get.GetInt64(message, &field) : get.GetRepeatedInt64(message, &field, index), path,
          violations);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      rules.CheckEnum(one ? get.GetEnumValue(message, &field)
                          : get.GetRepeatedEnumValue(message, &field, index),
                      *field.enum_type(), path, violations);
      break;
    default:
      break;  // Compile lets no rules on other types pass
  }
}

// A key that is equal for equal items of a repeated scalar field.
std::string ItemKey(const FieldDescriptor& field, const Message& message, int index) {
  const auto& get = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return get.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(get.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(get.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat(get.GetRepeatedEnumValue(message, &field, index));
    default:
      return absl::StrCat(index);
  }
}

void CheckCount(const MessagePlan::FieldPlan& plan, const Message& message, int count,
                const std::string& path, Violations& violations) {
  const auto& rules = plan.rules->repeated();
  const auto size = static_cast<uint64_t>(count);
  if (rules.has_min_items() && size < rules.min_items())
    violations.Add(path, absl::StrCat("must have at least ", rules.min_items(), " items"));
  if (rules.has_max_items() && size > rules.max_items())
    violations.Add(path, absl::StrCat("must have at most ", rules.max_items(), " items"));
  if (!rules.unique()) return;
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < count; ++i)
    if (!seen.insert(ItemKey(*plan.field, message, i)).second)
      violations.Add(absl::StrCat(path, "[", i, "]"), "must not repeat an earlier item");
}

bool IsPresent(const FieldDescriptor& field, const Message& message) {
  // For fields without presence, HasField says whether the value differs from zero.
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

}  // namespace

absl::Status MessagePlan::Compile(const Descriptor& type) {
  if (HasUnknownRules(type.options()))
    return Unsupported(type.full_name(), "has rules of its own, only fields may");
  for (int i = 0; i < type.real_oneof_decl_count(); ++i)
    if (HasUnknownRules(type.oneof_decl(i)->options()))
      return Unsupported(type.oneof_decl(i)->full_name(), "has rules, only fields may");
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.options().GetExtension(options::v1::output_only)) continue;
    if (field.is_map()) return Unsupported(field.full_name(), "is a map, requests have none");
    const auto& rules = field.options().GetExtension(buf::validate::field);
    FieldPlan plan;
    plan.field = &field;
    auto compiled = ValueRules::Compile(field, rules, false);
    if (!compiled.ok()) return Unsupported(field.full_name(), compiled.status().message());
    plan.rules = *std::move(compiled);
    if (rules.repeated().has_items()) {
      auto items = ValueRules::Compile(field, rules.repeated().items(), true);
      if (!items.ok()) return Unsupported(field.full_name(), items.status().message());
      plan.items = *std::move(items);
    }
    fields_.push_back(std::move(plan));
  }
  return absl::OkStatus();
}

void MessagePlan::Check(const Message& message, absl::string_view path, int levels_left,
                        Violations& violations) const {
  if (CheckWellKnown(message, path, violations)) return;
  if (levels_left == 0) {
    violations.Add(path, "is nested too deep");
    return;
  }
  for (const FieldPlan& plan : fields_) {
    if (violations.full()) return;
    const std::string& name = plan.field->name();
    CheckField(plan, message, path.empty() ? name : absl::StrCat(path, ".", name), levels_left,
               violations);
  }
}

void MessagePlan::CheckField(const FieldPlan& plan, const Message& message, const std::string& path,
                             int levels_left, Violations& violations) const {
  const FieldDescriptor& field = *plan.field;
  const bool present = IsPresent(field, message);
  if (plan.rules->required() && !present) {
    violations.Add(path, "is required");
    return;
  }
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (plan.message != nullptr) {
      if (present)
        plan.message->Check(reflection.GetMessage(message, &field), path, levels_left - 1,
                            violations);
    } else if (present || !field.has_presence()) {
      CheckScalar(*plan.rules, field, message, -1, path, violations);
    }
    return;
  }
  const int count = reflection.FieldSize(message, &field);
  CheckCount(plan, message, count, path, violations);
  for (int i = 0; i < count && !violations.full(); ++i) {
    const std::string item = absl::StrCat(path, "[", i, "]");
    if (plan.message != nullptr)
      plan.message->Check(reflection.GetRepeatedMessage(message, &field, i), item, levels_left - 1,
                          violations);
    else
      CheckScalar(plan.items == nullptr ? *plan.rules : *plan.items, field, message, i, item,
                  violations);
  }
}

}  // namespace crm::services
