#include "tools/crmctl/api_comments.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "re2/re2.h"

// CRM_API_COMMENTS is the file protoc wrote; see CMakeLists.txt.
asm(".pushsection .rodata\n"
    ".global crm_api_comments_begin\n"
    "crm_api_comments_begin:\n"
    ".incbin \"" CRM_API_COMMENTS
    "\"\n"
    ".global crm_api_comments_end\n"
    "crm_api_comments_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char crm_api_comments_begin[];
extern const char crm_api_comments_end[];
}

namespace crm::ctl {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorProto;

using SourcePath = std::vector<int>;

SourcePath Below(SourcePath path, int field_number, int index) {
  path.push_back(field_number);
  path.push_back(index);
  return path;
}

// Comments of one file by the full names of what they are about.
class CommentCollector {
 public:
  CommentCollector(const FileDescriptorProto& file, std::map<std::string, std::string>& comments)
      : comments_(comments) {
    for (const auto& location : file.source_code_info().location()) {
      if (!location.leading_comments().empty()) {
        texts_[{location.path().begin(), location.path().end()}] = location.leading_comments();
      }
    }
    for (int i = 0; i < file.message_type_size(); ++i) {
      AddMessage(file.message_type(i), file.package(),
                 Below({}, FileDescriptorProto::kMessageTypeFieldNumber, i));
    }
    for (int i = 0; i < file.service_size(); ++i) {
      const auto& service = file.service(i);
      const SourcePath path = Below({}, FileDescriptorProto::kServiceFieldNumber, i);
      for (int j = 0; j < service.method_size(); ++j) {
        const std::string name =
            absl::StrCat(file.package(), ".", service.name(), ".", service.method(j).name());
        constexpr int kMethod = google::protobuf::ServiceDescriptorProto::kMethodFieldNumber;
        Add(name, Below(path, kMethod, j));
      }
    }
  }

 private:
  void Add(const std::string& name, const SourcePath& path) {
    const auto found = texts_.find(path);
    if (found == texts_.end()) return;
    std::string text = found->second;
    std::replace(text.begin(), text.end(), '\n', ' ');
    RE2::GlobalReplace(&text, R"(:? ?`[A-Za-z/]*\{[^`]*`)", "");
    RE2::GlobalReplace(&text, "[`]", "");
    absl::RemoveExtraAsciiWhitespace(&text);
    if (text != ".") comments_[name] = text;
  }

  void AddMessage(const DescriptorProto& message, const std::string& scope,
                  const SourcePath& path) {
    const std::string name = absl::StrCat(scope, ".", message.name());
    for (int i = 0; i < message.field_size(); ++i) {
      Add(absl::StrCat(name, ".", message.field(i).name()),
          Below(path, DescriptorProto::kFieldFieldNumber, i));
    }
    for (int i = 0; i < message.nested_type_size(); ++i) {
      AddMessage(message.nested_type(i), name,
                 Below(path, DescriptorProto::kNestedTypeFieldNumber, i));
    }
  }

  std::map<std::string, std::string>& comments_;
  std::map<SourcePath, std::string> texts_;
};

std::string CommentOf(const std::string& full_name) {
  static const auto* const comments = [] {
    auto* all = new std::map<std::string, std::string>;
    google::protobuf::FileDescriptorSet files;
    files.ParseFromArray(crm_api_comments_begin,
                         static_cast<int>(crm_api_comments_end - crm_api_comments_begin));
    for (const FileDescriptorProto& file : files.file()) CommentCollector(file, *all);
    return all;
  }();
  const auto found = comments->find(full_name);
  return found == comments->end() ? "" : found->second;
}

}  // namespace

std::string CommentOf(const MethodDescriptor& method) { return CommentOf(method.full_name()); }
std::string CommentOf(const FieldDescriptor& field) { return CommentOf(field.full_name()); }

}  // namespace crm::ctl
