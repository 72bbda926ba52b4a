// crmctl describe api: the API as its descriptors tell it, in Markdown.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

std::string TypeName(const FieldDescriptor& field) {
  std::string name = field.message_type() != nullptr ? field.message_type()->name()
                     : field.enum_type() != nullptr  ? field.enum_type()->name()
                                                     : field.type_name();
  return absl::StrCat(field.is_repeated() ? "repeated " : "", name);
}

std::string FieldText(const FieldDescriptor& field) {
  std::string rules = RulesText(field);
  rules = rules.empty() ? "" : absl::StrCat(" (", rules, ")");
  return absl::StrCat("`", field.name(), "` ", TypeName(field),
                      absl::StrReplaceAll(rules, {{"|", "\\|"}}));
}

std::string FieldsText(const Descriptor& type) {
  std::vector<std::string> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    if (!IsOutputOnly(*type.field(i))) fields.push_back(FieldText(*type.field(i)));
  }
  return absl::StrJoin(fields, "; ");
}

}  // namespace

std::string DescribeApi() {
  std::string text = "# API crm.v1\n";
  for (const google::protobuf::ServiceDescriptor* service : Services()) {
    absl::StrAppend(&text, "\n## ", service->name(), "\n\n",
                    "| Method | Permission | Request | Answer |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      absl::StrAppend(&text, "| ", method.name(), " | ", PermissionOf(method), " | ",
                      FieldsText(*method.input_type()), " | ",
                      method.server_streaming() ? "stream of " : "", method.output_type()->name(),
                      " |\n");
    }
  }
  return text;
}

void AddDescribeCommand(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "describe", "What the API offers");
  tree.AddLeaf(group, "api", "Every method with its permission and fields, as Markdown",
               [](Session& session) {
                 session.environment().out << DescribeApi();
                 return absl::OkStatus();
               });
}

}  // namespace crm::ctl
