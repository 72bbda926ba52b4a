// What a client is told whose request is no message of its type: cut short, or with text that is
// not UTF-8. gRPC 1.51 answers that itself, before any code of ours and with UNIMPLEMENTED and no
// details, as if the method did not exist; an interceptor puts the right answer in its place.
//
// Thread-safe.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <vector>

#include "services/api_policy.h"

namespace crm::services {

// For a server of `services`, none of whose methods answers UNIMPLEMENTED itself.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeUnparsableRequests(
    const std::vector<ServedService>& services);

}  // namespace crm::services
