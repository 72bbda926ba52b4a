#include "tests/golden/documents.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "crm/options/v1/options.pb.h"
#include "re2/re2.h"
#include "tools/crmctl/api.h"

namespace crm::golden {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPrinted[] =
    "<!-- Printed by tests/golden: do not edit. UPDATE_GOLDEN=1 prints it anew. -->\n";

// The comment before a declaration, as one line.
template <class Declaration>
std::string CommentOf(const Declaration& declaration) {
  google::protobuf::SourceLocation location;
  if (!declaration.GetSourceLocation(&location)) return "";
  return absl::StrJoin(
      absl::StrSplit(location.leading_comments, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

std::string TypeOf(const FieldDescriptor& field) {
  const std::string type = field.message_type() != nullptr ? field.message_type()->name()
                           : field.enum_type() != nullptr  ? field.enum_type()->name()
                                                           : field.type_name();
  return absl::StrCat(field.is_repeated() ? "repeated " : "", type);
}

// "- `stage` string (required, name in pipelines/stages): Where to."
std::string FieldLine(const FieldDescriptor& field) {
  std::vector<std::string> marks;
  if (field.has_optional_keyword()) marks.push_back("optional");
  if (field.real_containing_oneof() != nullptr) {
    marks.push_back(absl::StrCat("one of ", field.real_containing_oneof()->name()));
  }
  if (ctl::IsOutputOnly(field)) marks.push_back("output only");
  if (field.options().GetExtension(options::v1::personal)) marks.push_back("personal");
  if (const std::string rules = ctl::RulesText(field); !rules.empty()) marks.push_back(rules);
  return absl::StrCat("- `", field.name(), "` ", TypeOf(field),
                      marks.empty() ? "" : absl::StrCat(" (", absl::StrJoin(marks, ", "), ")"),
                      ": ", CommentOf(field), "\n");
}

std::string FieldLines(const Descriptor& message) {
  std::string lines;
  for (int i = 0; i < message.field_count(); ++i) lines += FieldLine(*message.field(i));
  return lines;
}

std::string EnumText(const EnumDescriptor& type) {
  std::string text = absl::StrCat("\n### ", type.name(), "\n", CommentOf(type), "\n\n");
  for (int i = 0; i < type.value_count(); ++i) {
    absl::StrAppend(&text, "- `", type.value(i)->name(), "` ", CommentOf(*type.value(i)), "\n");
  }
  return text;
}

std::string MessageText(const Descriptor& message) {
  std::string text =
      absl::StrCat("\n### ", message.name(), "\n", CommentOf(message), "\n\n", FieldLines(message));
  for (int i = 0; i < message.nested_type_count(); ++i) {
    text += MessageText(*message.nested_type(i));
  }
  for (int i = 0; i < message.enum_type_count(); ++i) text += EnumText(*message.enum_type(i));
  return text;
}

// Fields that mean the same in every request; the head of the page explains them.
bool IsCommon(const FieldDescriptor& field) {
  static const auto& names = *new std::set<std::string>{
      "request_id", "validate_only", "effective_time", "etag", "page_size", "page_token", "as_of"};
  return names.count(field.name()) > 0;
}

std::string MethodText(const MethodDescriptor& method) {
  std::string text = absl::StrCat("\n### ", method.name(), "\n", CommentOf(method), " Needs `",
                                  ctl::PermissionOf(method), "`. Answers ",
                                  method.server_streaming() ? "a stream of " : "", "`",
                                  method.output_type()->name(), "`.\n\n");
  const Descriptor& request = *method.input_type();
  std::vector<std::string> common;
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (IsCommon(field)) {
      common.push_back(absl::StrCat("`", field.name(), "`"));
    } else {
      text += FieldLine(field);
    }
  }
  if (!common.empty()) absl::StrAppend(&text, "- common: ", absl::StrJoin(common, ", "), "\n");
  return text;
}

// Messages that are no request of a method of the file.
std::string OtherMessages(const FileDescriptor& file) {
  std::set<const Descriptor*> requests;
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      requests.insert(file.service(i)->method(j)->input_type());
    }
  }
  std::string text;
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    if (requests.count(&message) == 0) text += MessageText(message);
  }
  for (int i = 0; i < file.enum_type_count(); ++i) text += EnumText(*file.enum_type(i));
  return text;
}

// Event -> the views that hear it.
std::map<std::string, std::set<std::string>> Listeners(const std::vector<EventList>& views) {
  std::map<std::string, std::set<std::string>> listeners;
  for (const EventList& view : views) {
    for (const std::string& event : view.events) listeners[event].insert(view.name);
  }
  return listeners;
}

std::string SealText(const Descriptor& event) {
  if (!event.options().HasExtension(options::v1::subject)) return "";
  const std::string& field = event.options().GetExtension(options::v1::subject).field();
  return absl::StrCat(" Personal fields are sealed with the key of ",
                      field.empty() ? "the stream's own id" : absl::StrCat("`", field, "`"), ".");
}

std::string CategoryOf(const std::string& aggregate, const std::string& ids) {
  std::string category;
  RE2::PartialMatch(ids, absl::StrCat("CRM_ID\\(", aggregate, ", \"(\\w+)\""), &category);
  return category;
}

// "domain/lead/lead_details.cc" is lead's; what lies in a folder itself is the folder's.
std::string PartOf(const std::string& path) {
  const std::vector<std::string> folders = absl::StrSplit(path, '/');
  return folders.size() > 2 && folders[0] == "domain" ? folders[1] : folders[0];
}

}  // namespace

std::string PrintApi(const Files& files) {
  std::string text = absl::StrCat("# API crm.v1\n", kPrinted, R"(
Every RPC with the permission it needs, the fields of its request with their rules, and its answer;
then the messages they speak of. Rules stand in the protos as `buf.validate` options, so that
clients can check them before they send.

Fields that mean the same everywhere:

- `request_id`: a UUID that makes a retry safe: the same id and input answer the same again.
- `validate_only`: decides and answers, and records nothing.
- `effective_time`: when it was true, for history entered late; needs `history.backdate`.
- `etag`: the version last read; a mismatch is ABORTED. Empty: the last writer decides.
- `page_size`, `page_token`: rows per page (0 means 50, at most 1,000), where the last page ended.
- `as_of`: the past as it was at an effective time or day, and as it was known at a record time.

Metadata of a call: `authorization: Bearer {token}`; `traceparent` (W3C), which events keep as their
correlation id; `crm-min-position`, a log position or `latest`: views answer not before they have
applied everything up to there, or up to where the log was when the call came (UNAVAILABLE
VIEW_LAGGING when that takes too long). Metadata of an answer: `crm-position`, the position it
reflects, to be sent as the next `crm-min-position` by who wants to read what it wrote;
`crm-replayed: true` when a command was answered from an earlier one with its `request_id`.
)");
  std::string shared;
  for (const FileDescriptor* file : files) {
    if (file->service_count() == 0) {
      shared += OtherMessages(*file);
      continue;
    }
    const ServiceDescriptor& service = *file->service(0);
    absl::StrAppend(&text, "\n## ", service.name(), "\n", CommentOf(service), "\n");
    for (int i = 0; i < service.method_count(); ++i) text += MethodText(*service.method(i));
    text += OtherMessages(*file);
  }
  return absl::StrCat(text, "\n## Shared messages\n", shared);
}

std::string PrintEvents(const Files& files, const std::vector<EventList>& aggregates,
                        const std::vector<EventList>& views, const std::string& ids) {
  std::map<std::string, const Descriptor*> messages;
  std::string enums;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      messages[file->message_type(i)->name()] = file->message_type(i);
    }
    for (int i = 0; i < file->enum_type_count(); ++i) enums += EnumText(*file->enum_type(i));
  }
  const auto listeners = Listeners(views);
  std::string text = absl::StrCat("# Events crm.events.v1\n", kPrinted, R"(
Every stored fact, by the aggregate whose streams hold it. The stored name is `crm.events.v1.` and
the name here; it never changes. Personal fields are sealed with a person's key and read as absent
once the person is erased.
)");
  for (const EventList& aggregate : aggregates) {
    absl::StrAppend(&text, "\n## ", aggregate.name, "\nStreams `", CategoryOf(aggregate.name, ids),
                    "/{id}`, decided in `", aggregate.path, "`.\n");
    for (const std::string& event : aggregate.events) {
      const auto found = messages.find(event);
      if (found == messages.end()) continue;
      const auto heard = listeners.find(event);
      absl::StrAppend(&text, "\n### ", event, "\n", CommentOf(*found->second),
                      SealText(*found->second), " Heard by ",
                      heard == listeners.end() ? "no view" : absl::StrJoin(heard->second, ", "),
                      ".\n\n", FieldLines(*found->second));
      messages.erase(found);
    }
  }
  text += "\n## Parts\nWhat events are made of.\n";
  for (const auto& [name, message] : messages) text += MessageText(*message);
  return text + enums;
}

std::string PrintErrors(const std::vector<Rejection>& rejections) {
  struct Row {
    std::set<std::string> codes, metadata, parts;
    std::vector<std::string> messages;
  };
  std::map<std::string, Row> rows;
  for (const Rejection& rejection : rejections) {
    Row& row = rows[rejection.reason];
    row.codes.insert(rejection.code);
    row.metadata.insert(rejection.metadata.begin(), rejection.metadata.end());
    row.parts.insert(PartOf(rejection.path));
    const auto& known = row.messages;
    if (std::find(known.begin(), known.end(), rejection.message) == known.end()) {
      row.messages.push_back(rejection.message);
    }
  }
  std::string text = absl::StrCat("# Reasons\n", kPrinted, R"(
Why a call is refused. Every refusal carries a `google.rpc.ErrorInfo` of domain `crm` with one of
these reasons and the metadata named here; "..." stands for what varies in the text. A reason has
one meaning and one code, and never goes away. A refusal without a reason of its own has the code's
name for one: `INTERNAL`, with the `incident` under which the server's log has the details.

Further details go with the code: INVALID_ARGUMENT has `BadRequest` with every field that is wrong,
FAILED_PRECONDITION has `PreconditionFailure`, NOT_FOUND `ResourceInfo`, UNAVAILABLE and
RESOURCE_EXHAUSTED `RetryInfo`. Some are met by operators only, when a server refuses to start.

| Reason | Code | Text | Metadata | From |
| --- | --- | --- | --- | --- |
)");
  for (const auto& [reason, row] : rows) {
    absl::StrAppend(&text, "| ", reason, " | ", absl::StrJoin(row.codes, ", "), " | ",
                    absl::StrReplaceAll(absl::StrJoin(row.messages, " / "), {{"|", "\\|"}}), " | ",
                    absl::StrJoin(row.metadata, ", "), " | ", absl::StrJoin(row.parts, ", "),
                    " |\n");
  }
  return text;
}

}  // namespace crm::golden
