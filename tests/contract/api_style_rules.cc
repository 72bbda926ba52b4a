#include "tests/contract/api_style_rules.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "buf/validate/validate.pb.h"
#include "crm/options/v1/options.pb.h"

namespace crm::contract {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::FileDescriptor;
using ::google::protobuf::MethodDescriptor;
using ::google::protobuf::ServiceDescriptor;
using Words = absl::flat_hash_set<std::string>;

class Checker {
 public:
  explicit Checker(const FileDescriptor& file) : file_(file) {}

  std::vector<StyleFinding> Check() {
    CheckFile();
    for (int i = 0; i < file_.service_count(); ++i) {
      for (int j = 0; j < file_.service(i)->method_count(); ++j) {
        CheckMethod(*file_.service(i)->method(j));
      }
    }
    for (int i = 0; i < file_.message_type_count(); ++i) CheckMessage(*file_.message_type(i));
    return findings_;
  }

 private:
  void Add(int rule, const std::string& element, std::string message) {
    findings_.push_back({rule, element, std::move(message)});
  }

  void CheckFile();
  void CheckMethod(const MethodDescriptor& method);
  void CheckVerb(const MethodDescriptor& method);
  void CheckCommand(const MethodDescriptor& method);
  void CheckUpdate(const MethodDescriptor& method);
  void CheckArchive(const MethodDescriptor& method);
  void CheckList(const MethodDescriptor& method);
  void CheckReport(const MethodDescriptor& method);
  void CheckMessage(const Descriptor& message);
  void CheckField(const FieldDescriptor& field);
  void CheckFieldType(const FieldDescriptor& field);
  void CheckBounds(const Descriptor& input);

  const FileDescriptor& file_;
  absl::flat_hash_set<const Descriptor*> bounds_checked_;
  std::vector<StyleFinding> findings_;
};

// "GetTeamDashboard" -> Get, Team, Dashboard.
std::vector<std::string> CamelWords(absl::string_view name) {
  std::vector<std::string> words;
  for (const char c : name) {
    if (words.empty() || absl::ascii_isupper(static_cast<unsigned char>(c))) words.emplace_back();
    words.back().push_back(c);
  }
  return words;
}

std::string SnakeCase(absl::string_view camel) {
  std::string snake;
  for (const std::string& word : CamelWords(camel)) {
    absl::StrAppend(&snake, snake.empty() ? "" : "_", absl::AsciiStrToLower(word));
  }
  return snake;
}

std::string VerbOf(const MethodDescriptor& method) { return CamelWords(method.name())[0]; }

bool IsRead(const MethodDescriptor& method) {
  static const auto& verbs =
      *new Words{"Get", "List", "Find", "Search", "Read", "Count", "Subscribe", "Verify"};
  return verbs.contains(VerbOf(method));
}

bool IsMessage(const FieldDescriptor& field, absl::string_view full_name) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         field.message_type()->full_name() == full_name;
}

bool HasField(const Descriptor& message, const std::string& name, FieldDescriptor::Type type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->type() == type;
}

bool IsOutputOnly(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::output_only);
}

bool IsResource(const Descriptor& message) {
  return message.containing_type() == nullptr && message.FindFieldByName("name") != nullptr &&
         message.FindFieldByName("etag") != nullptr && !absl::EndsWith(message.name(), "Request");
}

// Rule 1: one service per file, named like it; its requests stand in the order of its methods.
void Checker::CheckFile() {
  if (file_.service_count() > 1) Add(1, file_.name(), "holds more than one service");
  if (file_.service_count() == 0) return;
  const ServiceDescriptor& service = *file_.service(0);
  const std::string expected = absl::StrCat("crm/v1/", SnakeCase(service.name()), ".proto");
  if (file_.name() != expected) Add(1, service.full_name(), absl::StrCat("belongs in ", expected));
  int previous = -1;
  for (int i = 0; i < service.method_count(); ++i) {
    const Descriptor& request = *service.method(i)->input_type();
    if (request.name() != service.method(i)->name() + "Request" || request.file() != &file_) {
      Add(1, service.method(i)->full_name(), "takes its own request, from the same file");
    } else if (request.index() < previous) {
      Add(1, request.full_name(), "stands before the request of an earlier method");
    } else {
      previous = request.index();
    }
  }
  for (int i = 0; i < previous; ++i) {
    if (IsResource(*file_.message_type(i)) && i > service.method(0)->input_type()->index()) {
      Add(1, file_.message_type(i)->full_name(), "a resource stands before the first request");
    }
  }
}

void Checker::CheckMethod(const MethodDescriptor& method) {
  // Section 0: policy is in the proto; the server refuses to start without it.
  if (method.options().GetExtension(options::v1::rpc).permission().empty()) {
    Add(0, method.full_name(), "names no permission");
  }
  CheckVerb(method);
  CheckBounds(*method.input_type());
  if (IsRead(method)) {
    if (method.input_type()->FindFieldByName("request_id") != nullptr) {
      Add(6, method.full_name(), "reads, and so takes no request_id");
    }
    if (VerbOf(method) == "List") CheckList(method);
    CheckReport(method);
  } else {
    CheckCommand(method);
    if (VerbOf(method) == "Update") CheckUpdate(method);
    if (VerbOf(method) == "Archive") CheckArchive(method);
  }
}

// Rules 3 and 5: intentions, no prepositions, nothing deleted.
void Checker::CheckVerb(const MethodDescriptor& method) {
  static const auto& prepositions =
      *new Words{"At", "By", "For", "From", "In", "Into", "Of", "On", "To", "With", "Without"};
  static const auto& vague = *new Words{"Change", "Set", "Process", "Modify", "Handle", "Do"};
  for (const std::string& word : CamelWords(method.name())) {
    if (prepositions.contains(word)) Add(3, method.full_name(), absl::StrCat("holds '", word, "'"));
  }
  const std::string verb = VerbOf(method);
  if (vague.contains(verb))
    Add(3, method.full_name(), absl::StrCat("'", verb, "' is no intention"));
  if (verb == "Delete") Add(5, method.full_name(), "facts are not deleted: Archive, Restore");
}

// Rule 6: retries are safe, a command can be tried out, and a record's version can be demanded.
// Rule 7: the answer is the resource, or a response of its own.
void Checker::CheckCommand(const MethodDescriptor& method) {
  const Descriptor& request = *method.input_type();
  const FieldDescriptor* request_id = request.FindFieldByName("request_id");
  if (request_id == nullptr || request_id->type() != FieldDescriptor::TYPE_STRING) {
    Add(6, method.full_name(), "has no string request_id");
  } else {
    const auto& rules = request_id->options().GetExtension(buf::validate::field);
    if (!rules.required() || !rules.string().uuid()) {
      Add(6, request_id->full_name(), "is not a required UUID");
    }
  }
  if (!HasField(request, "validate_only", FieldDescriptor::TYPE_BOOL)) {
    Add(6, method.full_name(), "has no bool validate_only");
  }
  const Descriptor& response = *method.output_type();
  const bool changes_one_record =
      IsResource(response) && VerbOf(method) != "Create" && VerbOf(method) != "Capture";
  if (changes_one_record && !HasField(request, "etag", FieldDescriptor::TYPE_STRING)) {
    Add(6, method.full_name(), "has no string etag");
  }
  if (!IsResource(response) && response.name() != method.name() + "Response") {
    Add(7, method.full_name(), "returns neither a resource with etag nor its own response");
  }
}

// Rule 4: UpdateX takes the X and a mask of its descriptive fields, and returns the X.
void Checker::CheckUpdate(const MethodDescriptor& method) {
  const std::string resource = method.name().substr(std::string("Update").size());
  const Descriptor& request = *method.input_type();
  const FieldDescriptor* mask = request.FindFieldByName("update_mask");
  if (mask == nullptr || !IsMessage(*mask, "google.protobuf.FieldMask")) {
    Add(4, method.full_name(), "has no update_mask");
  }
  const FieldDescriptor* field = request.FindFieldByName(SnakeCase(resource));
  if (field == nullptr || !IsMessage(*field, absl::StrCat("crm.v1.", resource))) {
    Add(4, method.full_name(), absl::StrCat("has no field ", SnakeCase(resource), " of its type"));
  }
  if (method.output_type()->name() != resource) {
    Add(4, method.full_name(), absl::StrCat("does not return the ", resource));
  }
}

// Rule 5: what is archived says since when.
void Checker::CheckArchive(const MethodDescriptor& method) {
  const FieldDescriptor* time = method.output_type()->FindFieldByName("archive_time");
  if (time == nullptr || !IsOutputOnly(*time)) {
    Add(5, method.full_name(), "returns a resource without output-only archive_time");
  }
}

// Rule 8: paginated from the first version. Rule 9: order is an enum, filters are typed.
void Checker::CheckList(const MethodDescriptor& method) {
  const Descriptor& request = *method.input_type();
  const FieldDescriptor* size = request.FindFieldByName("page_size");
  if (size == nullptr || size->type() != FieldDescriptor::TYPE_INT32) {
    Add(8, method.full_name(), "has no int32 page_size");
  } else {
    const auto& rules = size->options().GetExtension(buf::validate::field).int32();
    if (!rules.has_gte() || rules.gte() != 0 || !rules.has_lte() || rules.lte() > 1000) {
      Add(8, size->full_name(), "is not limited to 0..1000");
    }
  }
  if (!HasField(request, "page_token", FieldDescriptor::TYPE_STRING)) {
    Add(8, method.full_name(), "has no string page_token");
  }
  const Descriptor& response = *method.output_type();
  const FieldDescriptor* rows = response.FindFieldByNumber(1);
  if (rows == nullptr || !rows->is_repeated()) {
    Add(8, response.full_name(), "does not hold its rows in field 1");
  }
  const FieldDescriptor* next = response.FindFieldByNumber(2);
  if (next == nullptr || next->name() != "next_page_token") {
    Add(8, response.full_name(), "does not hold next_page_token in field 2");
  }
  const FieldDescriptor* order = request.FindFieldByName("order_by");
  if (order != nullptr && order->type() != FieldDescriptor::TYPE_ENUM) {
    Add(9, order->full_name(), "is not an enum of the orders our keys support");
  }
  if (HasField(request, "filter", FieldDescriptor::TYPE_STRING)) {
    Add(9, method.full_name(), "a filter language can never be withdrawn: use typed fields");
  }
}

// Rule 10: what is computed from a view says up to which position of the log.
void Checker::CheckReport(const MethodDescriptor& method) {
  const Descriptor& response = *method.output_type();
  const bool says_position = HasField(response, "position", FieldDescriptor::TYPE_INT64) ||
                             HasField(response, "head_position", FieldDescriptor::TYPE_INT64);
  if (!method.server_streaming() && !IsResource(response) && !says_position) {
    Add(10, method.full_name(), "reports, and so says its int64 position");
  }
}

void Checker::CheckMessage(const Descriptor& message) {
  if (IsResource(message)) {
    // Rule 2: a name in field 1; rule 3: state and version are the server's.
    const FieldDescriptor& name = *message.FindFieldByName("name");
    if (name.number() != 1 || name.type() != FieldDescriptor::TYPE_STRING) {
      Add(2, name.full_name(), "is not a string in field 1");
    }
    for (const char* field_name : {"etag", "state", "create_time", "update_time"}) {
      const FieldDescriptor* field = message.FindFieldByName(field_name);
      if (field != nullptr && !IsOutputOnly(*field)) {
        Add(3, field->full_name(), "is the server's, and so output only");
      }
    }
  }
  for (int i = 0; i < message.field_count(); ++i) CheckField(*message.field(i));
  for (int i = 0; i < message.nested_type_count(); ++i) CheckMessage(*message.nested_type(i));
}

void Checker::CheckField(const FieldDescriptor& field) {
  CheckFieldType(field);
  if (field.name() == "names" && field.is_repeated()) {
    const auto& items = field.options().GetExtension(buf::validate::field).repeated();
    if (!items.has_max_items() || items.max_items() > 1000) {
      Add(11, field.full_name(), "is a batch without a limit of at most 1000");
    }
  }
  static const auto& unqualified = *new Words{"country", "currency", "language", "timezone"};
  // Ids of what is no resource: a command, its causes, a stream, an entry of a configured list,
  // something in another system.
  static const auto& plain_ids = *new Words{"request_id", "causation_id",   "correlation_id",
                                            "stream_id",  "loss_reason_id", "external_id"};
  const std::vector<std::string> words = absl::StrSplit(field.name(), '_');
  const std::string& last = words.back();
  if (last == "ids" || (last == "id" && !plain_ids.contains(field.name()))) {
    Add(2, field.full_name(), "refers by bare id: use the resource's name, called after its role");
  }
  if (unqualified.contains(last)) {
    Add(12, field.full_name(),
        "say which code: region_code, currency_code, language_code, time_zone");
  }
  if (last == "percent" || last == "percentage") {
    Add(13, field.full_name(), "is a percentage: _bp or _ppm");
  }
  if (last == "at" || last == "on") Add(14, field.full_name(), "name instants _time, days _date");
  if (absl::StartsWith(field.name(), "is_")) Add(14, field.full_name(), "drop 'is_'");
}

// Rule 13: integers, money, instants and days have one shape each. Rule 17: requests are closed.
void Checker::CheckFieldType(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
      break;
    case FieldDescriptor::TYPE_MESSAGE: {
      if (field.is_map()) Add(17, field.full_name(), "is a map: declare a message");
      const std::string& type = field.message_type()->full_name();
      for (const char* open : {"google.protobuf.Any", "google.protobuf.Struct",
                               "google.protobuf.Value", "google.protobuf.ListValue"}) {
        if (type == open) Add(17, field.full_name(), "is open: declare a message");
      }
      const bool is_time = absl::EndsWith(absl::StrCat("_", field.name()), "_time");
      const bool is_date = absl::StrContains(absl::StrCat("_", field.name(), "_"), "_date_");
      if (type == "google.protobuf.Timestamp" && !is_time) {
        Add(13, field.full_name(), "is an instant: name it _time");
      }
      if (type == "google.type.Date" && !is_date) {
        Add(13, field.full_name(), "is a day: name it _date");
      }
      break;
    }
    default:
      Add(13, field.full_name(), absl::StrCat("is ", field.type_name(), ": int32 or int64"));
  }
  const bool integer = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                       field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  for (const char* unit : {"_count", "_bp", "_ppm", "_days", "_months"}) {
    if (absl::EndsWith(field.name(), unit) && !integer) {
      Add(13, field.full_name(), absl::StrCat("is named ", unit, ", and so an integer"));
    }
  }
}

// Rule 18: what callers send has a bound that they can check: text its length or form, lists the
// number of their items.
void Checker::CheckBounds(const Descriptor& input) {
  if (!bounds_checked_.insert(&input).second) return;
  for (int i = 0; i < input.field_count(); ++i) {
    const FieldDescriptor& field = *input.field(i);
    if (IsOutputOnly(field)) continue;
    const auto& rules = field.options().GetExtension(buf::validate::field);
    if (field.is_repeated() && !rules.repeated().has_max_items()) {
      Add(18, field.full_name(), "is a list without max_items");
    }
    const auto& item = field.is_repeated() ? rules.repeated().items() : rules;
    const auto& text = item.string();
    const bool text_bounded = text.has_max_len() || text.has_len() || text.has_pattern() ||
                              text.uuid() || text.in_size() > 0;
    const auto& bytes = item.bytes();
    if (field.type() == FieldDescriptor::TYPE_STRING && !text_bounded) {
      Add(18, field.full_name(), "is text without max_len or a pattern");
    } else if (field.type() == FieldDescriptor::TYPE_BYTES && !bytes.has_max_len() &&
               !bytes.has_len()) {
      Add(18, field.full_name(), "is bytes without max_len");
    } else if (field.type() == FieldDescriptor::TYPE_MESSAGE &&
               field.message_type()->file()->package() == file_.package()) {
      CheckBounds(*field.message_type());
    }
  }
}

}  // namespace

std::vector<StyleFinding> CheckApiStyle(const FileDescriptor& file) {
  return Checker(file).Check();
}

}  // namespace crm::contract
