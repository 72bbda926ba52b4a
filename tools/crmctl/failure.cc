#include "tools/crmctl/failure.h"

#include <nlohmann/json.hpp>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "google/rpc/error_details.pb.h"

namespace crm::ctl {
namespace {

constexpr char kUsageUrl[] = "crmctl/usage";
constexpr char kDetailsUrl[] = "crmctl/details";

// The first detail of type T, or an empty one.
template <class T>
T Detail(const absl::Status& status) {
  T found;
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& any : details.details()) {
    if (any.Is<T>()) any.UnpackTo(&found);
  }
  return found;
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsageUrl, absl::Cord("1"));
  return status;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsageUrl).has_value(); }

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!status.error_details().empty()) {
    result.SetPayload(kDetailsUrl, absl::Cord(status.error_details()));
  }
  return result;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kOk;
  if (IsUsageError(status)) return ExitCode::kUsage;
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return ExitCode::kConflict;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kDenied;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kResourceExhausted:
      // Whoever is told when to come again may; a request that is too large stays so.
      return RetryDelay(status) > absl::ZeroDuration() ? ExitCode::kUnavailable : ExitCode::kFailed;
    default:
      return ExitCode::kFailed;
  }
}

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  if (const auto payload = status.GetPayload(kDetailsUrl)) {
    details.ParseFromString(std::string(*payload));
  }
  return details;
}

std::string FailureReason(const absl::Status& status) {
  if (IsUsageError(status)) return "USAGE";
  std::string reason = Detail<google::rpc::ErrorInfo>(status).reason();
  if (reason.empty()) reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

std::vector<std::string> FieldViolations(const absl::Status& status) {
  std::vector<std::string> lines;
  const auto request = Detail<google::rpc::BadRequest>(status);
  for (const auto& violation : request.field_violations()) {
    lines.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
  }
  return lines;
}

absl::Duration RetryDelay(const absl::Status& status) {
  const auto delay = Detail<google::rpc::RetryInfo>(status).retry_delay();
  return std::max(absl::Seconds(delay.seconds()) + absl::Nanoseconds(delay.nanos()),
                  absl::ZeroDuration());
}

std::string FailureHint(const absl::Status& status) {
  struct Hint {
    const char* reason;
    const char* text;
  };
  static constexpr Hint kHints[] = {
      {"CREDENTIAL_MISSING",
       "give a token: --token-file FILE, CRMCTL_TOKEN, or once and for all crmctl context set"},
      {"CREDENTIAL_INVALID", "is it the token of another server? crmctl context list"},
      {"TOKEN_REVOKED", "an administrator makes another: crmctl token create"},
      {"TOKEN_EXPIRED", "an administrator makes another: crmctl token create"},
      {"UNAVAILABLE", "does crmd run there? another server: --target, crmctl context use"},
      {"DEADLINE_EXCEEDED", "allow it more time: --deadline 60s"},
      {"RESOURCE_EXHAUSTED", "the server takes no request that large: send less at a time"},
      {"UNIMPLEMENTED", "is that crmd's API port, and crmd as new as this crmctl?"},
      {"ETAG_MISMATCH", "somebody else changed it: look at it again, then decide again"},
      {"REQUEST_ID_REUSED", "a request id names one input for ever; draw a new one"},
      {"OPPORTUNITY_CLOSED", "open it again first: crmctl opportunity reopen"},
      {"STAGE_REQUIRED", "--stage PIPELINE/STAGE"},
      {"SELECTION_AMBIGUOUS", "either --names, or filters such as --owner and --states"},
      {"ACTION_REQUIRED", "--help lists the actions"},
  };
  if (IsUsageError(status)) return "";
  const std::string reason = FailureReason(status);
  for (const Hint& hint : kHints) {
    if (reason == hint.reason) return hint.text;
  }
  return "";
}

std::string FailureText(const absl::Status& status) {
  std::string text = "crmctl: ";
  if (!IsUsageError(status)) absl::StrAppend(&text, FailureReason(status), ": ");
  absl::StrAppend(&text, status.message(), "\n");
  for (const std::string& line : FieldViolations(status)) absl::StrAppend(&text, "  ", line, "\n");
  const std::string hint = FailureHint(status);
  if (!hint.empty()) absl::StrAppend(&text, "  ", hint, "\n");
  return text;
}

std::string FailureJson(const absl::Status& status) {
  nlohmann::ordered_json error;
  error["code"] = IsUsageError(status) ? "USAGE" : absl::StatusCodeToString(status.code());
  error["reason"] = FailureReason(status);
  error["message"] = std::string(status.message());
  error["exit_code"] = static_cast<int>(ExitCodeOf(status));
  if (const std::string hint = FailureHint(status); !hint.empty()) error["hint"] = hint;
  const auto info = Detail<google::rpc::ErrorInfo>(status);
  for (const auto& [key, value] : info.metadata()) error["metadata"][key] = value;
  const auto request = Detail<google::rpc::BadRequest>(status);
  for (const auto& line : request.field_violations()) {
    error["field_violations"].push_back(
        {{"field", line.field()}, {"description", line.description()}});
  }
  const nlohmann::ordered_json root = {{"error", error}};
  return root.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace crm::ctl
