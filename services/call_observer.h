// CallObserver: told of every call of the API; implemented by the metrics. Calls arrive on any
// thread and must return quickly.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace crm::services {

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // `method` reads "crm.v1.OpportunityService/MoveStage".
  virtual void OnStarted(const std::string& method) = 0;
  virtual void OnFinished(const std::string& method, grpc::StatusCode code,
                          absl::Duration took) = 0;
};

}  // namespace crm::services
