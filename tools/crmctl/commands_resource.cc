// The verbs of verbs.h: one road for all of them, from flags to request to call to output.
#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmctl/api_comments.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/drawings.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/history.h"
#include "tools/crmctl/request_flags.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

constexpr int kMostPageSize = 1000;
constexpr int64_t kScreenful = 100;  // rows of a table, unless more are asked for
constexpr int kUsualReportDays = 90;

struct VerbState {
  explicit VerbState(const MethodDescriptor& method) : request(method) {}
  RequestFlags request;
  int64_t limit = 0;  // 0: not given
  bool all = false;
  PictureFlags pictures;  // of reports that can be drawn
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

// A table without rows is no answer to a person.
void SayWhenEmpty(Session& session, const RowPrinter& printer, const FieldDescriptor& rows) {
  if (printer.count() > 0 || session.style().format != Format::kTable) return;
  const std::string what = absl::StrReplaceAll(rows.name(), {{"_", " "}});
  const bool named = what != "rows" && what != "hits" && what != "results";
  session.environment().err << (named ? absl::StrCat("no ", what) : "nothing found") << "\n";
}

absl::Status RunList(Session& session, const VerbState& state, Message& request) {
  const MethodDescriptor& method = state.request.method();
  const FieldDescriptor& rows = *RowsField(*method.output_type());
  RowPrinter printer(session.environment().out, session.style(), *rows.message_type(),
                     UsualFields(rows.message_type()->full_name()));
  RETURN_IF_ERROR(printer.Begin());
  // A program would not see that rows are missing: only tables are cut without being asked.
  const bool cut = session.style().format == Format::kTable && !state.all;
  int64_t left = cut ? kScreenful : std::numeric_limits<int64_t>::max();
  if (state.limit > 0 && !state.all) left = state.limit;
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
  if (more) session.environment().err << "there are more rows: --limit N or --all\n";
  SayWhenEmpty(session, printer, rows);
  return absl::OkStatus();
}

// What stands beside the rows of a report: "won count: 12".
void PrintSummary(Session& session, const Message& response, const FieldDescriptor& rows) {
  const Descriptor& type = *response.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field == &rows || field->name() == "position" || field->name() == "committed") continue;
    const std::string text = CellText(response, {field}, session.style());
    if (text.empty()) continue;
    session.environment().out << absl::StrReplaceAll(field->name(), {{"_bp", ""}, {"_", " "}})
                              << ": " << text << "\n";
  }
}

bool AnyRefused(const Message& response) {
  const FieldDescriptor* results = RowsField(*response.GetDescriptor());
  if (results == nullptr) return false;
  const Reflection& reflection = *response.GetReflection();
  for (int i = 0; i < reflection.FieldSize(response, results); ++i) {
    if (!StringOf(reflection.GetRepeatedMessage(response, results, i), "reason").empty())
      return true;
  }
  return false;
}

// What became of a bulk action: an answer can be a whole failure although the call was none.
absl::Status JudgeAnswer(Session& session, const Message& response) {
  const FieldDescriptor* committed = response.GetDescriptor()->FindFieldByName("committed");
  if (committed == nullptr) return absl::OkStatus();
  if (response.GetReflection()->GetBool(response, committed)) {
    const int64_t count =
        response.GetReflection()->FieldSize(response, RowsField(*response.GetDescriptor()));
    session.environment().err << Counted(count, "record") << " changed\n";
    return absl::OkStatus();
  }
  const bool asked_only = session.options().validate_only;
  if (asked_only && !AnyRefused(response)) return absl::OkStatus();
  return WithReason(absl::StatusCode::kFailedPrecondition, "NOTHING_CHANGED",
                    asked_only ? "nothing would be changed: at least one would be refused"
                               : "nothing was changed: at least one was refused");
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
    SayWhenEmpty(session, printer, *rows);
  }
  RETURN_IF_ERROR(JudgeAnswer(session, *response));
  if (session.options().validate_only) {
    session.environment().err << "valid; nothing was recorded\n";
  }
  return absl::OkStatus();
}

// Days a report covers when none are given: the 90 days until today; a forecast begins today. What
// is asked as of another day means that day by today.
void FillUsualRange(Session& session, Message& request) {
  const FieldDescriptor* from = request.GetDescriptor()->FindFieldByName("from_date");
  if (from == nullptr) return;
  const absl::Time now = session.environment().clock.Now();
  absl::CivilDay today = absl::ToCivilDay(now, session.environment().zone);
  if (const auto as_of = ParsePastDate(session.options().as_of, today); as_of.ok()) {
    today = absl::CivilDay(as_of->year(), as_of->month(), as_of->day());
  }
  // The day in a field; `otherwise` when it holds none yet.
  const auto settle = [&request](const FieldDescriptor& field, absl::CivilDay otherwise) {
    Message& value = *request.GetReflection()->MutableMessage(&request, &field);
    google::type::Date date;
    date.CopyFrom(value);
    if (date.year() != 0) return absl::CivilDay(date.year(), date.month(), date.day());
    value.CopyFrom(ToDate(otherwise));
    return otherwise;
  };
  const FieldDescriptor* to = request.GetDescriptor()->FindFieldByName("to_date");
  settle(*from, to == nullptr ? today : settle(*to, today) - kUsualReportDays);
}

absl::Status RunVerb(Session& session, const VerbState& state) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, state.request.Build(session));
  FillUsualRange(session, *request);
  if (state.pictures.any()) {
    return SavePictures(session, *PictureMethod(state.request.method()), *request, state.pictures);
  }
  if (state.request.method().name() == "ListChanges") return PrintHistory(session, *request);
  if (IsPaged(state.request.method())) return RunList(session, state, *request);
  return RunOnce(session, state, *request);
}

void AddVerb(CommandTree& tree, CLI::App& parent, const Verb& verb) {
  const MethodDescriptor& method = *FindMethod(verb.method);
  auto state = std::make_shared<VerbState>(method);
  CLI::App& leaf = tree.AddLeaf(parent, verb.word, "",
                                [state](Session& session) { return RunVerb(session, *state); });
  state->request.AddTo(leaf, verb.positionals);
  tree.OnDescribe([state, &leaf, &method] {
    leaf.description(CommentOf(method));
    const Descriptor& request = *method.input_type();
    const bool over_days = request.FindFieldByName("from_date") != nullptr;
    const bool ends = request.FindFieldByName("to_date") != nullptr;
    leaf.footer(absl::StrCat(
        over_days
            ? (ends ? "Without days: the 90 days until today. " : "Without a day: from today on. ")
            : "",
        "Permission: ", PermissionOf(method), ". Global options: crmctl --help"));
    state->request.Describe();
  });
  if (PictureMethod(method) != nullptr) AddPictureOptions(leaf, state->pictures);
  // A history is one record's, and is shown whole.
  if (IsPaged(method) && method.name() != "ListChanges") {
    leaf.add_option("--limit", state->limit, "Most rows to show (100 in a table, else all)")
        ->check(CLI::PositiveNumber);
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
