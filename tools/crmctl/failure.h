// How a command of crmctl fails: an absl::Status that carries the server's google.rpc.Status, the
// exit code it becomes, and its text for people and for programs.
//
// Exit codes are part of the interface (crmctl --help): scripts branch on them.
// All functions are pure and thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace crm::ctl {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,       // rejected by a rule, or failed in another way
  kUsage = 2,        // the command line is wrong
  kNotFound = 3,     // no such record
  kConflict = 4,     // ABORTED, ALREADY_EXISTS
  kDenied = 5,       // UNAUTHENTICATED, PERMISSION_DENIED
  kUnavailable = 6,  // UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED for now
};

// The command line is wrong: exit code 2.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

// The answer of a call, with its details; OK becomes OK.
absl::Status FromGrpc(const grpc::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

// What the server said in detail; empty when the failure is not the server's.
google::rpc::Status DetailsOf(const absl::Status& status);

// The machine-readable reason: the server's ErrorInfo, else that of base/reason.h, else the name of
// the code.
std::string FailureReason(const absl::Status& status);

// Fields the server found wrong, as "field: description".
std::vector<std::string> FieldViolations(const absl::Status& status);

// How long the server asks to wait before the next try; zero when it does not say.
absl::Duration RetryDelay(const absl::Status& status);

// What the person may do about it; empty when the message says it all.
std::string FailureHint(const absl::Status& status);

// "crmctl: NOT_FOUND: message", one indented line per field violation, and the hint.
std::string FailureText(const absl::Status& status);

// The same as one JSON object {"error": {...}}.
std::string FailureJson(const absl::Status& status);

}  // namespace crm::ctl
