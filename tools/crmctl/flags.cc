#include "tools/crmctl/flags.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

// Fields with a global flag, or that the client fills itself.
bool IsCommon(const FieldDescriptor& field) {
  static const std::set<std::string> names = {"request_id", "validate_only", "effective_time",
                                              "as_of",      "page_size",     "page_token",
                                              "update_mask"};
  return names.count(field.name()) > 0;
}

bool HasTextForm(const FieldDescriptor& field) {
  return IsMoney(field) || IsDate(field) || IsTimestamp(field) || field.is_repeated() ||
         field.message_type()->full_name() == "crm.v1.RecordFilter";
}

// The words of an enum as the command line takes them: "STAGE_KIND_OPEN" is "open".
std::string EnumWords(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  const size_t prefix = type.value(0)->name().rfind("UNSPECIFIED");
  for (int i = 1; i < type.value_count(); ++i) {
    words.push_back(Kebab(type.value(i)->name().substr(prefix)));
  }
  return absl::StrJoin(words, "|");
}

// A field that is required only within a part that may be absent is not.
bool IsAlwaysRequired(const FieldPath& path) {
  return std::all_of(path.begin(), path.end(),
                     [](const FieldDescriptor* field) { return IsRequired(*field); });
}

// What a resource is created with and another request replaces whole: there, too, it is inlined.
bool IsReplaceable(const FieldDescriptor& field) {
  return field.name() == "content" || field.name() == "recipient" || field.name() == "terms";
}

class Collector {
 public:
  // Only what is updated is named inside its resource; elsewhere the server names it.
  explicit Collector(bool updates) : updates_(updates) {}

  void Collect(const Descriptor& type, const std::string& prefix, FieldPath path) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const bool own_name = updates_ && path.size() == 1 && field.name() == "name";
      if ((IsOutputOnly(field) && !own_name) || (path.empty() && IsCommon(field))) continue;
      path.push_back(&field);
      const bool descends = field.message_type() != nullptr && !HasTextForm(field);
      if (!descends) {
        Add(field, prefix, path);
      } else if (field.message_type()->field_count() == 0) {
        Add(field, prefix, path);
        flags_.back().is_switch = true;
      } else {
        const bool inlined = (path.size() == 1 && field.real_containing_oneof() == nullptr) ||
                             (path.size() == 2 && IsReplaceable(field));
        Collect(*field.message_type(), inlined ? "" : prefix + Kebab(field.name()) + "-", path);
      }
      path.pop_back();
    }
  }

  std::vector<Flag> Take() { return std::move(flags_); }

 private:
  // An inlined field that has the name of one already there keeps its parent's name in front.
  void Add(const FieldDescriptor& field, const std::string& prefix, const FieldPath& path) {
    // Numbers in millionths are given in whole units (AssignAs).
    const absl::string_view word = absl::StripSuffix(field.name(), "_e6");
    Flag flag{prefix + Kebab(word), path, IsAlwaysRequired(path), false};
    flag.is_switch = field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    if (!names_.insert(flag.name).second && path.size() > 1) {
      flag.name = absl::StrCat(Kebab(path[path.size() - 2]->name()), "-", flag.name);
      names_.insert(flag.name);
    }
    flags_.push_back(std::move(flag));
  }

  const bool updates_;
  std::set<std::string> names_;
  std::vector<Flag> flags_;
};

}  // namespace

std::string Placeholder(const FieldDescriptor& field) {
  if (IsMoney(field)) return "MONEY";
  if (IsDate(field)) return "DATE";
  if (IsTimestamp(field)) return "TIME";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWords(*field.enum_type());
    case FieldDescriptor::CPPTYPE_BOOL:
      return "";
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      std::vector<std::string> keys;
      for (int i = 0; i < field.message_type()->field_count(); ++i) {
        const FieldDescriptor& inner = *field.message_type()->field(i);
        const absl::string_view key = absl::StripSuffix(inner.name(), "_e6");
        if (!IsOutputOnly(inner)) keys.push_back(absl::StrCat(key, "=.."));
      }
      const bool json = field.message_type()->full_name() == "crm.v1.RecordFilter";
      return json ? "JSON" : absl::StrJoin(keys, ",");
    }
    case FieldDescriptor::CPPTYPE_STRING:
      break;
    default:
      return absl::EndsWith(field.name(), "_bp") || absl::EndsWith(field.name(), "_ppm") ? "PERCENT"
                                                                                         : "NUMBER";
  }
  const std::vector<std::string> collections = CollectionsOf(field);
  if (collections.empty()) return "TEXT";
  if (collections.size() > 1) return "RECORD";
  const std::string word = WordOfCollection(collections[0]);
  return word.empty() ? "NAME" : absl::AsciiStrToUpper(word);
}

std::vector<Flag> FlagsOf(const Descriptor& request) {
  Collector collector(request.FindFieldByName("update_mask") != nullptr);
  collector.Collect(request, "", {});
  return collector.Take();
}

FieldPath ResourcePath(const Descriptor& request) {
  if (request.FindFieldByName("update_mask") == nullptr) return {};
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (field.message_type() != nullptr && !IsCommon(field) && !HasTextForm(field)) return {&field};
  }
  return {};
}

}  // namespace crm::ctl
