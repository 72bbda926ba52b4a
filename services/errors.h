// The only road from absl::Status to what a client sees.
//
// Every refusal carries exactly one google.rpc.ErrorInfo (domain "crm", the reason from
// base/reason.h, or the code's name when there is none, and the reason's metadata) and the typed
// details its code calls for:
//
//   INVALID_ARGUMENT                google.rpc.BadRequest, attached with AttachBadRequest
//   FAILED_PRECONDITION             google.rpc.PreconditionFailure
//   NOT_FOUND                       google.rpc.ResourceInfo, from metadata "resource"
//   UNAVAILABLE, RESOURCE_EXHAUSTED google.rpc.RetryInfo, from metadata "retry_delay_ms"
//
// INTERNAL, UNKNOWN and DATA_LOSS say nothing about the inside: the client gets an incident id, the
// log gets the message under the same id. All functions are thread-safe.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace crm::services {

inline constexpr char kErrorDomain[] = "crm";
// Details travel in a header, and peers bound those at 8 KiB (base64 adds a third).
inline constexpr size_t kMaxStatusBytes = 6 * 1024;

// Adds the fields that are wrong to a status; ToRpcStatus passes them on.
void AttachBadRequest(absl::Status& status, const google::rpc::BadRequest& bad_request);

// The status with its details, never more than kMaxStatusBytes encoded: violations that do not fit
// are replaced by one that says how many are missing. Also what a bulk command answers per item.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// ToRpcStatus as gRPC sends it.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace crm::services
