// Calls to one server with one credential, by method descriptor. Thread-safe.
//
// Remembers the highest log position an answer named and asks later reads of the same process to
// reflect it (metadata crm-min-position), so a command reads what it wrote.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "tools/crmctl/api.h"

namespace crm::ctl {

// What an answer says beside its message.
struct Outcome {
  int64_t position = 0;   // log position (metadata crm-position); 0: not said
  bool replayed = false;  // the request id was known: nothing new was recorded
};

class Connection {
 public:
  // `token` may be empty: no credential is sent. `deadline` bounds each call. Reads are answered
  // with everything up to `min_position`; without one, with everything there is by then.
  Connection(const std::string& target, std::string token, absl::Duration deadline,
             std::optional<int64_t> min_position, const Clock& clock);

  // One unary call. On failure the outcome is lost, the status carries the server's details.
  absl::StatusOr<Outcome> Call(const MethodDescriptor& method, const Message& request,
                               Message& response);

  // The same for a path that is not of crm.v1, such as the health check.
  absl::StatusOr<Outcome> CallPath(const std::string& path, const Message& request,
                                   Message& response);

  // Puts the credential, and for reads the position, on a call made by other means; no deadline.
  void Prepare(grpc::ClientContext& context, bool reads) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& target() const { return target_; }
  const Clock& clock() const { return clock_; }

 private:
  absl::StatusOr<Outcome> Run(grpc::ClientContext& context, const std::string& path,
                              const Message& request, Message& response);

  const std::string target_;
  const std::string token_;
  const absl::Duration deadline_;
  const Clock& clock_;
  const std::string min_position_;  // as reads send it
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace crm::ctl
