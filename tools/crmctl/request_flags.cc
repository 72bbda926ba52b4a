#include "tools/crmctl/request_flags.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "tools/crmctl/api_comments.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

// The text itself, of "@file" the file, of "-" standard input.
absl::StatusOr<std::string> TextOf(const std::string& text, std::istream& in) {
  std::stringstream content;
  if (text == "-") {
    content << in.rdbuf();
    return content.str();
  }
  if (!absl::StartsWith(text, "@")) return text;
  std::ifstream file(text.substr(1));
  content << file.rdbuf();
  if (!file) return UsageError("cannot read " + text.substr(1));
  return content.str();
}

// "membership.member" is MEMBER, "stage.name" is STAGE, and "name" is what the verb is about.
std::string PlaceName(absl::string_view path, absl::string_view resource) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
  if (parts.back() != "name") {
    return absl::AsciiStrToUpper(absl::StripSuffix(parts.back(), "_e6"));
  }
  return absl::AsciiStrToUpper(parts.size() > 1 ? parts[parts.size() - 2] : resource);
}

}  // namespace

void RequestFlags::AddTo(CLI::App& leaf, const std::vector<const char*>& positionals) {
  std::vector<Flag> flags = FlagsOf(*method_.input_type());
  for (absl::string_view path : positionals) {
    const bool optional = absl::ConsumePrefix(&path, "?");
    const auto flag = std::find_if(flags.begin(), flags.end(), [&](const Flag& candidate) {
      return PathText(candidate.path) == path;
    });
    std::string names = PlaceName(path, std::string(leaf.get_parent()->get_name()));
    // All but the record itself may be given by flag too: move "Big one" --stage Engaging.
    if (path != positionals[0]) absl::StrAppend(&names, ",--", flag->name);
    CLI::Option* option = leaf.add_option(names);
    option->required(!optional)->expected(1)->type_name(Placeholder(*flag->path.back()));
    bound_.push_back({*flag, option, true});
    flags.erase(flag);
  }
  for (Flag& flag : flags) {
    const std::string name = "--" + flag.name;
    CLI::Option* option = nullptr;
    if (flag.is_switch) {
      option = leaf.add_flag(name);
    } else {
      option = leaf.add_option(name);
      option->expected(1)->allow_extra_args(false)->type_name(Placeholder(*flag.path.back()));
      if (flag.path.back()->is_repeated()) {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      }
    }
    bound_.push_back({std::move(flag), option});
  }
  json_ = leaf.add_option("--json", "The request as JSON, @FILE or - for standard input; flags win")
              ->type_name("JSON");
  if (!ResourcePath(*method_.input_type()).empty()) {
    clear_ = leaf.add_option("--clear", "Field to empty (repeat for more)")
                 ->type_name("FIELD")
                 ->allow_extra_args(false)
                 ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
}

void RequestFlags::Describe() const {
  for (const Bound& bound : bound_) {
    std::string text = CommentOf(*bound.flag.path.back());
    const auto add = [&text](absl::string_view words) {
      absl::StrAppend(&text, text.empty() ? "" : " ", "(", words, ")");
    };
    if (bound.by_place && !bound.option->get_lnames().empty()) add("or --" + bound.flag.name);
    if (bound.flag.required && !bound.by_place) add("required");
    if (bound.flag.path.back()->is_repeated()) add("repeat for more");
    bound.option->description(text);
  }
}

absl::StatusOr<std::unique_ptr<Message>> RequestFlags::Build(Session& session) const {
  std::unique_ptr<Message> request = NewMessage(*method_.input_type());
  if (json_->count() > 0) {
    ASSIGN_OR_RETURN(const std::string json,
                     TextOf(json_->results().back(), session.environment().in));
    const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
    if (!parsed.ok()) return UsageError(absl::StrCat("--json: ", parsed.ToString()));
  }
  const FieldPath resource = ResourcePath(*method_.input_type());
  std::set<std::string> changed;
  for (const Bound& bound : bound_) {
    if (bound.option->count() == 0) continue;
    Message& holder = HolderOf(*request, bound.flag.path);
    const FieldDescriptor& field = *bound.flag.path.back();
    for (const std::string& text : bound.option->results()) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && bound.flag.is_switch) {
        holder.GetReflection()->MutableMessage(&holder, &field);
        continue;
      }
      RETURN_IF_ERROR(AssignAs(bound.flag.name, holder, field, text, session.assign_context()));
    }
    const bool in_resource = !resource.empty() && bound.flag.path.size() > 1 &&
                             bound.flag.path[0] == resource[0] && field.name() != "name";
    if (in_resource) changed.insert(bound.flag.path[1]->name());
  }
  if (!resource.empty()) RETURN_IF_ERROR(FillMask(*request, std::move(changed)));
  return request;
}

// What the flags name is changed, and nothing else; a mask in --json stays as it is.
absl::Status RequestFlags::FillMask(Message& request, std::set<std::string> changed) const {
  const FieldDescriptor& resource = *ResourcePath(*method_.input_type())[0];
  for (const std::string& text : clear_->results()) {
    const std::string name = absl::StrReplaceAll(text, {{"-", "_"}});
    const FieldDescriptor* field = resource.message_type()->FindFieldByName(name);
    if (field == nullptr || IsOutputOnly(*field)) {
      return UsageError(absl::StrCat("--clear: there is no field \"", text, "\" to empty"));
    }
    changed.insert(name);
  }
  const FieldDescriptor& field = *method_.input_type()->FindFieldByName("update_mask");
  Message& mask = *request.GetReflection()->MutableMessage(&request, &field);
  const FieldDescriptor& paths = *mask.GetDescriptor()->FindFieldByName("paths");
  for (const std::string& path : changed) mask.GetReflection()->AddString(&mask, &paths, path);
  if (mask.GetReflection()->FieldSize(mask, &paths) == 0 && json_->count() == 0) {
    return UsageError("nothing to change: give at least one field");
  }
  return absl::OkStatus();
}

}  // namespace crm::ctl
