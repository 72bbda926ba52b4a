// Which services a listener serves, and the check that each of their methods says who may call it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/service_type.h"

namespace crm::services {

// A service and its full name ("crm.v1.OpportunityService"), which gRPC does not tell.
struct ServedService {
  std::string name;
  grpc::Service* service;  // outlives the server
};

// For a generated service, for example Serve<v1::OpportunityService>(*opportunities).
template <class Api>
ServedService Serve(grpc::Service& service) {
  return {Api::service_full_name(), &service};
}

// The listener a service is for.
enum class Listener { kMembers, kOperator };

// The services' descriptors, once every method has a (crm.options.v1.rpc) permission and is marked
// `operator` exactly when the listener is the operator's. FAILED_PRECONDITION naming the first one
// that is not: METHOD_WITHOUT_LINK (permission "public", and no text field `link` to permit it),
// METHOD_WITHOUT_PERMISSION (also when the options are not linked in, so that a server
// that cannot read its policy does not start), METHOD_MISPLACED, SERVICE_UNKNOWN.
absl::StatusOr<std::vector<const google::protobuf::ServiceDescriptor*>> CheckPolicy(
    const std::vector<ServedService>& services, Listener listener);

// The same for one descriptor.
absl::Status CheckPolicy(const google::protobuf::ServiceDescriptor& service, Listener listener);

}  // namespace crm::services
