// The fields every mutating request has, read by number-independent name: request_id,
// validate_only, effective_time, etag; and what makes a request the same request when it is sent
// again.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "domain/decide_context.h"
#include "google/protobuf/message.h"

namespace crm::services {

struct Call;

struct CommandOptions {
  Uuid request_id;
  bool validate_only = false;
  std::optional<absl::Time> effective_time;  // absent: record time
  std::string etag;                          // empty: the last writer decides
  Digest digest{};  // of method and input, without request_id and validate_only
};

// INVALID_ARGUMENT with EFFECTIVE_TIME_IN_FUTURE when effective_time is later than `call.now`.
absl::StatusOr<CommandOptions> ReadCommandOptions(const Call& call,
                                                  const google::protobuf::Message& command);

domain::Caller CallerOf(const Call& call, const CommandOptions& options);

}  // namespace crm::services
