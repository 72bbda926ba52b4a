#include "tools/crmctl/session.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "tools/crmctl/contexts.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/pause.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

constexpr char kDefaultTarget[] = "127.0.0.1:7420";
constexpr int kMostTries = 5;

void CopyInto(Message& holder, const char* field, const Message& value) {
  const FieldDescriptor* found = holder.GetDescriptor()->FindFieldByName(field);
  holder.GetReflection()->MutableMessage(&holder, found)->CopyFrom(value);
}

// The same failure in other words.
absl::Status WithMessage(const absl::Status& status, absl::string_view message) {
  absl::Status changed(status.code(), message);
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { changed.SetPayload(url, payload); });
  return changed;
}

}  // namespace

Session::Session(const Environment& environment, const GlobalOptions& options)
    : environment_(environment), options_(options) {}

absl::Status Session::Open() {
  RETURN_IF_ERROR(ChooseStyle());
  const absl::StatusOr<absl::Duration> deadline = ParseDuration(options_.deadline);
  if (!deadline.ok()) return UsageError(absl::StrCat("--deadline: ", deadline.status().message()));
  deadline_ = *deadline;
  if (!options_.request_id.empty() && !Uuid::Parse(options_.request_id)) {
    return UsageError("--request-id: not a UUID");
  }
  RETURN_IF_ERROR(FindServer());
  connection_ = std::make_unique<Connection>(target_, token_, deadline_, options_.min_position,
                                             environment_.clock);
  names_ = std::make_unique<Names>(*connection_);
  style_.names = names_.get();
  return absl::OkStatus();
}

absl::Status Session::FindServer() {
  ASSIGN_OR_RETURN(const Contexts contexts, ReadContexts(ContextsFile(environment_)));
  std::string name = options_.context;
  if (name.empty()) name = environment_.Variable("CRMCTL_CONTEXT");
  const bool named = !name.empty();
  if (!named) name = contexts.current;
  const auto found = contexts.by_name.find(name);
  if (named && found == contexts.by_name.end()) {
    return UsageError(absl::StrCat("there is no context \"", name, "\""));
  }
  const Context context = found == contexts.by_name.end() ? Context() : found->second;
  target_ = options_.target;
  if (target_.empty()) target_ = environment_.Variable("CRMCTL_TARGET");
  // A context's credential goes to the context's server only, or where it is sent expressly.
  const bool own_server = target_.empty() || target_ == context.target || named;
  if (target_.empty()) target_ = context.target;
  if (target_.empty()) target_ = kDefaultTarget;

  const std::string variable = environment_.Variable("CRMCTL_TOKEN");
  if (!options_.token_file.empty()) {
    ASSIGN_OR_RETURN(token_, ReadSecret(options_.token_file));
  } else if (!variable.empty()) {
    token_ = variable;
  } else if (own_server && !context.token_file.empty()) {
    ASSIGN_OR_RETURN(token_, ReadSecret(context.token_file));
  }
  return absl::OkStatus();
}

absl::Status Session::ChooseStyle() {
  if (options_.output == "json") {
    style_.format = Format::kJson;
  } else if (options_.output == "jsonl") {
    style_.format = Format::kJsonl;
  } else if (options_.output == "csv") {
    style_.format = Format::kCsv;
  } else if (options_.output != "table") {
    return UsageError("--output: one of table, json, jsonl, csv");
  }
  const bool wanted = environment_.out_is_terminal && environment_.Variable("NO_COLOR").empty() &&
                      environment_.Variable("TERM") != "dumb";
  if (options_.color != "auto" && options_.color != "always" && options_.color != "never") {
    return UsageError("--color: one of auto, always, never");
  }
  style_.color = options_.color == "auto" ? wanted : options_.color == "always";
  style_.headers = !options_.no_headers;
  style_.columns = environment_.out_is_terminal ? environment_.columns : 0;
  style_.zone = environment_.zone;
  style_.now = environment_.clock.Now();
  style_.fields = options_.columns;
  return absl::OkStatus();
}

AssignContext Session::assign_context() {
  return {names_.get(), environment_.zone, environment_.clock.Now()};
}

std::unique_ptr<Connection> Session::Connect(const std::string& target,
                                             const std::string& token) const {
  return std::make_unique<Connection>(target, token, deadline_, 0, environment_.clock);
}

absl::Status Session::FillAsOf(Message& request) {
  if (options_.as_of.empty() && options_.known_at.empty()) return absl::OkStatus();
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("as_of");
  // A picture is asked for with its report inside.
  const FieldDescriptor* report = request.GetDescriptor()->FindFieldByName("report");
  if (field == nullptr && report != nullptr) {
    return FillAsOf(*request.GetReflection()->MutableMessage(&request, report));
  }
  if (field == nullptr) {
    return UsageError("this command has no past: it takes neither --as-of nor --known-at");
  }
  Message& as_of = *request.GetReflection()->MutableMessage(&request, field);
  const absl::Time now = environment_.clock.Now();
  if (!options_.as_of.empty()) {
    // A day means its end in the organization's time zone, so it is sent as a day.
    const auto date = ParsePastDate(options_.as_of, absl::ToCivilDay(now, environment_.zone));
    if (date.ok()) {
      CopyInto(as_of, "as_of_date", *date);
    } else {
      const auto time = ParseInstant(options_.as_of, environment_.zone, now);
      if (!time.ok()) return UsageError(absl::StrCat("--as-of: ", time.status().message()));
      CopyInto(as_of, "as_of_time", ToTimestamp(*time));
    }
  }
  if (!options_.known_at.empty()) {
    const auto time = ParseInstant(options_.known_at, environment_.zone, now);
    if (!time.ok()) return UsageError(absl::StrCat("--known-at: ", time.status().message()));
    CopyInto(as_of, "known_at_time", ToTimestamp(*time));
  }
  return absl::OkStatus();
}

absl::Status Session::FillCommon(const MethodDescriptor& method, Message& request) {
  RETURN_IF_ERROR(FillAsOf(request));
  const Reflection& reflection = *request.GetReflection();
  const Descriptor& type = *request.GetDescriptor();
  if (!IsCommand(method)) {
    if (!options_.effective_time.empty() || options_.validate_only) {
      return UsageError("--effective-time and --validate-only are for commands that change things");
    }
    return absl::OkStatus();
  }
  const FieldDescriptor* id = type.FindFieldByName("request_id");
  if (reflection.GetString(request, id).empty()) {
    reflection.SetString(
        &request, id,
        options_.request_id.empty() ? Uuid::Random().ToString() : options_.request_id);
  }
  if (options_.validate_only) {
    const FieldDescriptor* field = type.FindFieldByName("validate_only");
    if (field == nullptr) return UsageError("this command takes no --validate-only");
    reflection.SetBool(&request, field, true);
  }
  if (!options_.effective_time.empty()) {
    if (type.FindFieldByName("effective_time") == nullptr) {
      return UsageError("this command takes no --effective-time");
    }
    const auto time =
        ParseInstant(options_.effective_time, environment_.zone, environment_.clock.Now());
    if (!time.ok()) return UsageError(absl::StrCat("--effective-time: ", time.status().message()));
    CopyInto(request, "effective_time", ToTimestamp(*time));
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> Session::Call(const MethodDescriptor& method, Message& request,
                                      Message& response) {
  RETURN_IF_ERROR(FillCommon(method, request));
  if (const absl::Status rules = CheckRules(request); !rules.ok()) {
    return UsageError(rules.message());
  }
  absl::StatusOr<Outcome> outcome = CallPatiently(method, request, response);
  if (absl::IsNotFound(outcome.status()) && !options_.as_of.empty()) {
    outcome = WithMessage(outcome.status(),
                          absl::StrCat(outcome.status().message(), " as of ", options_.as_of));
  }
  if (!options_.verbose) return outcome;
  std::string line = absl::StrCat(MethodPath(method), " on ", connection_->target());
  if (IsCommand(method)) {
    const FieldDescriptor* id = request.GetDescriptor()->FindFieldByName("request_id");
    absl::StrAppend(&line, " request id ", request.GetReflection()->GetString(request, id));
  }
  if (outcome.ok()) {
    absl::StrAppend(&line, " position ", outcome->position,
                    outcome->replayed ? " (replayed: nothing new was recorded)" : "");
  } else {
    absl::StrAppend(&line, " ", absl::StatusCodeToString(outcome.status().code()), "\n",
                    DetailsOf(outcome.status()).DebugString());
  }
  environment_.err << line << "\n";
  return outcome;
}

absl::StatusOr<Outcome> Session::CallPatiently(const MethodDescriptor& method,
                                               const Message& request, Message& response) {
  const absl::Time end = environment_.clock.Now() + deadline_;
  for (int tries = 1;; ++tries) {
    absl::StatusOr<Outcome> outcome = connection_->Call(method, request, response);
    const absl::Duration delay = RetryDelay(outcome.status());
    const bool again = delay > absl::ZeroDuration() && tries < kMostTries &&
                       environment_.clock.Now() + delay < end && !environment_.interrupted();
    if (!again) return outcome;
    Pause(environment_.clock, delay, environment_.interrupted);
  }
}

absl::StatusOr<Outcome> Session::Call(absl::string_view method, Message& request,
                                      Message& response) {
  return Call(*FindMethod(method), request, response);
}

}  // namespace crm::ctl
