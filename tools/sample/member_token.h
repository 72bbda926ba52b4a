// Credentials in files: reading one, and making one for a member of the sample. Token texts never
// reach a log or a terminal. Functions are thread-safe; two processes must not share a file.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "grpcpp/channel.h"

namespace crm::sample {

// The token a file holds. INVALID_ARGUMENT when it cannot be read or is empty.
absl::StatusOr<std::string> ReadToken(const std::string& file);

struct MemberTokenRequest {
  std::shared_ptr<grpc::Channel> channel;
  std::string token;         // of an administrator
  std::string organization;  // `organizations/{organization}`
  std::string member;        // `members/{member}`
  std::string file;
};

// Makes sure that `file` holds a token of `member` that the server knows: one that is there already
// is kept, a new file can be read by its owner only. The secret is written down before the server
// learns its hash, so a run that was cut short can be done again.
absl::Status ProvideMemberToken(const MemberTokenRequest& request, const Clock& clock);

}  // namespace crm::sample
