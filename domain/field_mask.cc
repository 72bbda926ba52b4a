#include "domain/field_mask.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "crm/options/v1/options.pb.h"
#include "domain/rejection.h"
#include "google/protobuf/util/field_mask_util.h"

namespace crm::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::util::FieldMaskUtil;

enum class PathKind { kUnknown, kOutputOnly, kInput };

// Paths lead through singular messages only: an element of a list has no path.
PathKind KindOf(const Descriptor* message, absl::string_view path) {
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field =
        message == nullptr ? nullptr : message->FindFieldByName(std::string(name));
    if (field == nullptr) return PathKind::kUnknown;
    if (field->options().GetExtension(options::v1::output_only)) return PathKind::kOutputOnly;
    const bool has_parts =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
    message = has_parts ? field->message_type() : nullptr;
  }
  return PathKind::kInput;
}

absl::string_view FieldOf(absl::string_view path) { return path.substr(0, path.find('.')); }

}  // namespace

absl::StatusOr<FieldChanges> FieldChanges::Resolve(
    const google::protobuf::Message& resource, const google::protobuf::FieldMask& mask,
    std::initializer_list<absl::string_view> updatable) {
  FieldChanges changes;
  const auto add = [&changes](absl::string_view path) {
    changes.paths_.add_paths(std::string(path));
    changes.fields_.emplace(FieldOf(path));
  };
  const auto is_updatable = [&updatable](absl::string_view field) {
    return std::find(updatable.begin(), updatable.end(), field) != updatable.end();
  };
  if (mask.paths().empty()) {
    std::vector<const FieldDescriptor*> set_fields;
    resource.GetReflection()->ListFields(resource, &set_fields);
    for (const FieldDescriptor* field : set_fields) {
      if (is_updatable(field->name())) add(field->name());
    }
    return changes;
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") {
      std::for_each(updatable.begin(), updatable.end(), add);
      continue;
    }
    const PathKind kind = KindOf(resource.GetDescriptor(), path);
    if (kind == PathKind::kOutputOnly) continue;
    if (kind == PathKind::kUnknown) {
      return Invalid("FIELD_UNKNOWN", absl::StrCat("update_mask names no field: '", path, "'"),
                     {{"field", path}});
    }
    if (!is_updatable(FieldOf(path))) {
      return Invalid("FIELD_NOT_UPDATABLE",
                     absl::StrCat("'", path, "' is changed by another method"), {{"field", path}});
    }
    add(path);
  }
  return changes;
}

void FieldChanges::Merge(const google::protobuf::Message& input,
                         google::protobuf::Message& merged) const {
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(input, paths_, replace, &merged);
}

}  // namespace crm::domain
