// One run of crmctl: the global options, and what is made of them - connection, names, style.
// Not thread-safe; the connection and the names it hands out are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/environment.h"
#include "tools/crmctl/names.h"
#include "tools/crmctl/render.h"

namespace crm::ctl {

// As given on the command line; empty: not given.
struct GlobalOptions {
  std::string context;
  std::string target;
  std::string token_file;
  std::string output = "table";
  std::string color = "auto";
  std::string as_of;
  std::string known_at;
  std::string deadline = "10s";
  std::string effective_time;
  std::string request_id;
  std::optional<int64_t> min_position;  // absent: everything there is by then
  bool validate_only = false;
  bool verbose = false;
  bool no_headers = false;
  std::vector<std::string> columns;
};

class Session {
 public:
  Session(const Environment& environment, const GlobalOptions& options);

  // Checks the options and finds target and credential. Usage errors name the option.
  absl::Status Open();

  const Environment& environment() const { return environment_; }
  const GlobalOptions& options() const { return options_; }
  const Style& style() const { return style_; }
  Connection& connection() { return *connection_; }
  Names& names() { return *names_; }
  absl::Duration deadline() const { return deadline_; }
  AssignContext assign_context();

  // A connection to another address with another credential, with the same deadline.
  std::unique_ptr<Connection> Connect(const std::string& target, const std::string& token) const;

  // Puts request id, effective time, validate_only and as-of into a request that has them; a usage
  // error when one is asked for that the request does not have.
  absl::Status FillCommon(const MethodDescriptor& method, Message& request);

  // Fills the common fields, checks the rules of the API, calls. When the server says when to come
  // again (google.rpc.RetryInfo), the same request is sent again then, some times, as long as the
  // deadline allows; a command is done once all the same, by its request id. With -v says on
  // stderr what was called, at which position the answer is, and under which request id.
  absl::StatusOr<Outcome> Call(const MethodDescriptor& method, Message& request, Message& response);
  absl::StatusOr<Outcome> Call(absl::string_view method, Message& request, Message& response);

 private:
  absl::Status FindServer();
  absl::Status ChooseStyle();
  absl::Status FillAsOf(Message& request);
  absl::StatusOr<Outcome> CallPatiently(const MethodDescriptor& method, const Message& request,
                                        Message& response);

  const Environment& environment_;
  const GlobalOptions& options_;
  Style style_;
  absl::Duration deadline_ = absl::Seconds(10);
  std::string target_;
  std::string token_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Names> names_;
};

}  // namespace crm::ctl
