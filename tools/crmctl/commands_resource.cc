// The verbs of verbs.h: one road for all of them, from flags to request to call to output.
#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/history.h"
#include "tools/crmctl/request_flags.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

constexpr int kMostPageSize = 1000;
constexpr int64_t kUsualLimit = 100;

struct VerbState {
  explicit VerbState(const MethodDescriptor& method) : request(method) {}
  RequestFlags request;
  int64_t limit = kUsualLimit;
  bool all = false;
};

bool IsPaged(const MethodDescriptor& method) {
  return method.output_type()->FindFieldByName("next_page_token") != nullptr;
}

std::string StringOf(const Message& message, const char* field) {
  return message.GetReflection()->GetString(message,
                                            message.GetDescriptor()->FindFieldByName(field));
}

// Prints the rows of one answer, at most `most`; true when that was all of them.
bool PrintRows(const Message& response, const FieldDescriptor& rows, int64_t most,
               RowPrinter& printer) {
  const Reflection& reflection = *response.GetReflection();
  const int size = reflection.FieldSize(response, &rows);
  for (int i = 0; i < size && i < most; ++i) {
    printer.Add(reflection.GetRepeatedMessage(response, &rows, i));
  }
  return size <= most;
}

absl::Status RunList(Session& session, const VerbState& state, Message& request) {
  const MethodDescriptor& method = state.request.method();
  const FieldDescriptor& rows = *RowsField(*method.output_type());
  RowPrinter printer(session.environment().out, session.style(), *rows.message_type(),
                     UsualFields(rows.message_type()->full_name()));
  RETURN_IF_ERROR(printer.Begin());
  int64_t left = state.all ? std::numeric_limits<int64_t>::max() : state.limit;
  const Reflection& reflection = *request.GetReflection();
  bool more = true;
  while (more && left > 0) {
    reflection.SetInt32(&request, request.GetDescriptor()->FindFieldByName("page_size"),
                        static_cast<int32_t>(std::min<int64_t>(left, kMostPageSize)));
    const std::unique_ptr<Message> response = NewMessage(*method.output_type());
    RETURN_IF_ERROR(session.Call(method, request, *response).status());
    const bool complete = PrintRows(*response, rows, left, printer);
    left -= response->GetReflection()->FieldSize(*response, &rows);
    const std::string next = StringOf(*response, "next_page_token");
    more = !next.empty() || !complete;
    reflection.SetString(&request, request.GetDescriptor()->FindFieldByName("page_token"), next);
  }
  printer.Finish();
  if (more && session.environment().err_is_terminal) {
    session.environment().err << "there are more rows: --limit N or --all\n";
  }
  return absl::OkStatus();
}

// What stands beside the rows of a report: "won count: 12".
void PrintSummary(Session& session, const Message& response, const FieldDescriptor& rows) {
  const Descriptor& type = *response.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field == &rows || field->name() == "position") continue;
    const std::string text = CellText(response, {field}, session.style());
    if (text.empty()) continue;
    session.environment().out << absl::StrReplaceAll(field->name(), {{"_bp", ""}, {"_", " "}})
                              << ": " << text << "\n";
  }
}

// An answer that is a whole failure although the call itself was none.
absl::Status JudgeAnswer(const Message& response) {
  const FieldDescriptor* committed = response.GetDescriptor()->FindFieldByName("committed");
  if (committed == nullptr || response.GetReflection()->GetBool(response, committed)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError("nothing was changed: at least one was refused");
}

absl::Status RunOnce(Session& session, const VerbState& state, Message& request) {
  const MethodDescriptor& method = state.request.method();
  const std::unique_ptr<Message> response = NewMessage(*method.output_type());
  RETURN_IF_ERROR(session.Call(method, request, *response).status());
  std::ostream& out = session.environment().out;
  const FieldDescriptor* rows = RowsField(*method.output_type());
  if (rows == nullptr || session.style().format == Format::kJson) {
    RETURN_IF_ERROR(PrintRecord(out, session.style(), *response));
  } else {
    RowPrinter printer(out, session.style(), *rows->message_type(),
                       UsualFields(rows->message_type()->full_name()));
    RETURN_IF_ERROR(printer.Begin());
    PrintRows(*response, *rows, std::numeric_limits<int64_t>::max(), printer);
    printer.Finish();
    if (session.style().format == Format::kTable) PrintSummary(session, *response, *rows);
  }
  if (session.options().validate_only && session.environment().err_is_terminal) {
    session.environment().err << "valid; nothing was recorded\n";
  }
  return JudgeAnswer(*response);
}

absl::Status RunVerb(Session& session, const VerbState& state) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, state.request.Build(session));
  if (state.request.method().name() == "ListChanges") return PrintHistory(session, *request);
  if (IsPaged(state.request.method())) return RunList(session, state, *request);
  return RunOnce(session, state, *request);
}

void AddVerb(CommandTree& tree, CLI::App& parent, const Verb& verb) {
  const MethodDescriptor& method = *FindMethod(verb.method);
  auto state = std::make_shared<VerbState>(method);
  CLI::App& leaf =
      tree.AddLeaf(parent, verb.word, absl::StrCat(verb.method, " (", PermissionOf(method), ")"),
                   [state](Session& session) { return RunVerb(session, *state); });
  state->request.AddTo(leaf, verb.positionals);
  if (IsPaged(method)) {
    leaf.add_option("--limit", state->limit, "Most rows to show (100)")->check(CLI::PositiveNumber);
    leaf.add_flag("--all", state->all, "Show all rows");
  }
}

}  // namespace

void AddResourceCommands(CommandTree& tree) {
  for (const Resource& resource : Resources()) {
    const bool single = resource.word[0] == '\0';
    CLI::App& parent =
        single ? tree.root() : tree.AddGroup(tree.root(), resource.word, resource.help);
    for (const Verb& verb : resource.verbs) AddVerb(tree, parent, verb);
  }
}

}  // namespace crm::ctl
