#include "tools/crmctl/import/row_runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/import/field_nodes.h"
#include "tools/crmctl/pause.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

constexpr char kPlaceholderId[] = "00000000-0000-4000-8000-000000000000";

void SetBool(Message& message, const char* field, bool value) {
  message.GetReflection()->SetBool(&message, message.GetDescriptor()->FindFieldByName(field),
                                   value);
}

// What a command would answer, as far as a dry run needs it: a resource with a name.
std::shared_ptr<const Message> Placeholder(const Descriptor& type) {
  std::shared_ptr<Message> message = NewMessage(type);
  const FieldDescriptor* name = type.FindFieldByName("name");
  if (name == nullptr) return message;
  std::string collection = type.name();
  collection[0] = absl::ascii_tolower(static_cast<unsigned char>(collection[0]));
  if (collection.back() == 'y') {
    collection.pop_back();
    collection += "ie";
  }
  message->GetReflection()->SetString(message.get(), name,
                                      absl::StrCat(collection, "s/", kPlaceholderId));
  return message;
}

// No row will do better than this one.
bool IsHopeless(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kUnauthenticated;
}

}  // namespace

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    default:
      return false;
  }
}

RowRunner::RowRunner(const Mapping& mapping, Connection& connection, const AssignContext& context,
                     const Options& options, Rejects& rejects, ImportTotals& totals)
    : mapping_(mapping),
      connection_(connection),
      context_(context),
      options_(options),
      rejects_(rejects),
      totals_(totals) {}

void RowRunner::AddReject(const Current& current, const std::string& command,
                          const absl::Status& status) {
  const std::string reason = FailureReason(status);
  std::string message(status.message());
  if (reason == "REQUEST_ID_REUSED") {
    message = "the row has changed since it was imported: change the record, or give it a new id";
  }
  for (const std::string& line : FieldViolations(status)) absl::StrAppend(&message, "; ", line);
  rejects_.Add({current.record.line, current.external_id, command, reason, message});
  ++totals_.rejected_rows;
}

absl::Status RowRunner::ReadKey(const CsvRecord& record, const Row& row,
                                std::string& external_id) const {
  if (!record.problem.empty()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "CSV_INVALID", record.problem);
  }
  if (record.cells.size() != options_.columns) {
    return WithReason(absl::StatusCode::kInvalidArgument, "COLUMN_COUNT",
                      absl::StrCat(Counted(static_cast<int64_t>(record.cells.size()), "column"),
                                   " instead of ", options_.columns));
  }
  const absl::StatusOr<std::string> key = mapping_.key.Evaluate(row);
  if (!key.ok() || key->empty()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "EXTERNAL_ID_MISSING",
                      key.ok() ? "the row has no external id" : key.status().message());
  }
  external_id = *key;
  return absl::OkStatus();
}

void RowRunner::Announce(const CsvRecord& record) {
  Row row;
  row.cells = &record.cells;
  row.names = context_.names;
  std::string external_id;
  if (ReadKey(record, row, external_id).ok()) order_.Announce(external_id, record.line);
}

absl::Status RowRunner::Run(const CsvRecord& record) {
  Current current{record, "", {}};
  current.row.cells = &record.cells;
  // Names are given by {member:...} and the like, never guessed from a field's type.
  current.row.names = context_.names;
  ++totals_.rows;
  if (const absl::Status broken = ReadKey(record, current.row, current.external_id); !broken.ok()) {
    AddReject(current, "", broken);
    return absl::OkStatus();
  }
  order_.Await(current.external_id, record.line);
  const absl::Status status = RunCommands(current);
  order_.Finish(current.external_id, record.line);
  return status;
}

absl::Status RowRunner::RunCommands(Current& current) {
  for (const CommandSpec& command : mapping_.commands) {
    const absl::Status status = RunCommand(command, current);
    if (status.ok()) continue;
    if (IsHopeless(status)) return status;
    AddReject(current, command.id, status);
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RowRunner::Applies(const CommandSpec& command, const Row& row) const {
  for (const Condition& condition : command.conditions) {
    ASSIGN_OR_RETURN(const std::string text, condition.value.Evaluate(row));
    if (!condition.Holds(text)) return false;
  }
  return true;
}

absl::Status RowRunner::RunCommand(const CommandSpec& command, Current& current) {
  ASSIGN_OR_RETURN(const bool applies, Applies(command, current.row));
  if (!applies) return absl::OkStatus();
  OncePerKey::Answer answer = absl::UnknownError("");
  if (command.once_per) {
    ASSIGN_OR_RETURN(const std::string key, command.once_per->Evaluate(current.row));
    if (key.empty()) return absl::OkStatus();
    const std::string request_key = absl::StrCat(key, "\n", command.id);
    answer = once_.Do(request_key, [&] { return Execute(command, current, request_key); });
  } else {
    const std::string request_key = absl::StrCat(current.external_id, "\n", command.id);
    const int64_t first = order_.Claim(request_key, current.record.line);
    if (first != current.record.line) {
      return WithReason(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_REPEATED",
                        absl::StrCat("line ", first, " has the same external id"));
    }
    answer = Execute(command, current, request_key);
  }
  RETURN_IF_ERROR(answer.status());
  current.row.results[command.id] = *answer;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Message>> RowRunner::BuildRequest(
    const CommandSpec& command, const Current& current, const std::string& request_key) const {
  const Descriptor& type = *command.method->input_type();
  std::unique_ptr<Message> request = NewMessage(type);
  AssignContext context = context_;
  context.names = nullptr;
  RETURN_IF_ERROR(FillFields(command.fields, current.row, context, *request));
  request->GetReflection()->SetString(request.get(), type.FindFieldByName("request_id"),
                                      Uuid::FromName(mapping_.id, request_key).ToString());
  if (command.effective_time) {
    ASSIGN_OR_RETURN(const std::string text, command.effective_time->Evaluate(current.row));
    const auto time = ParseInstant(text, context.zone, context.now);
    if (!time.ok()) {
      return WithReason(absl::StatusCode::kInvalidArgument, "VALUE_INVALID",
                        absl::StrCat("effective_time: ", time.status().message()));
    }
    const FieldDescriptor* field = type.FindFieldByName("effective_time");
    request->GetReflection()->MutableMessage(request.get(), field)->CopyFrom(ToTimestamp(*time));
  }
  if (const absl::Status rules = CheckRules(*request); !rules.ok()) {
    return WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_INVALID", rules.message());
  }
  return request;
}

OncePerKey::Answer RowRunner::Execute(const CommandSpec& command, const Current& current,
                                      const std::string& request_key) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request,
                   BuildRequest(command, current, request_key));
  if (!options_.dry_run) return Send(command, *request);
  if (command.needs_results.empty()) {
    SetBool(*request, "validate_only", true);
    RETURN_IF_ERROR(Send(command, *request).status());
  }
  ++totals_.checked;
  return Placeholder(*command.method->output_type());
}

OncePerKey::Answer RowRunner::Send(const CommandSpec& command, const Message& request) {
  ++totals_.commands;
  absl::Duration pause = options_.first_pause;
  for (int attempt = 1;; ++attempt) {
    std::shared_ptr<Message> response = NewMessage(*command.method->output_type());
    const absl::StatusOr<Outcome> outcome = connection_.Call(*command.method, request, *response);
    if (outcome.ok()) {
      if (!options_.dry_run) ++(outcome->replayed ? totals_.replayed : totals_.fresh);
      return response;
    }
    const bool again =
        MayPass(outcome.status()) && attempt < options_.most_tries && !options_.interrupted();
    if (!again) return outcome.status();
    const absl::Duration wait = std::max(pause, RetryDelay(outcome.status()));
    Pause(connection_.clock(), wait, options_.interrupted);
    pause = std::min(pause * 2, options_.longest_pause);
  }
}

}  // namespace crm::ctl
