// Reply: the answer to one unary RPC. Sends it once, with its position in the trailing metadata,
// and tells metrics and the access log how it went.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/call.h"
#include "services/command_pipeline.h"

namespace crm::services {

// Told of every call; implemented by the metrics.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnStarted(const std::string& method) = 0;
  virtual void OnFinished(const std::string& method, grpc::StatusCode code,
                          absl::Duration took) = 0;
};

class Reply {
 public:
  // Everything handed in must live until Finish has returned.
  Reply(const Method& method, grpc::CallbackServerContext* context,
        grpc::ServerUnaryReactor* reactor, const Clock& clock, CallObserver& observer);

  // Exactly once, on any thread; the response message is complete by then.
  void Finish(const absl::Status& status, const Outcome& outcome);

 private:
  const Method& method_;
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  const Clock& clock_;
  CallObserver& observer_;
  const absl::Time start_;
};

}  // namespace crm::services
