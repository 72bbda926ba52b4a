// Tokens: drawn here, so that the server never sees the secret. Not thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

inline constexpr size_t kSecretBytes = 32;

// "crm_{organization id as 32 hexadecimal digits}_{unpadded base64url of the secret}".
std::string TokenText(absl::string_view organization, absl::string_view secret);

struct NewToken {
  std::string organization;  // `organizations/{organization}`
  std::string member;
  std::string token;
  std::string secret;
};

// Shows a token exactly once: prints its text, or keeps it as the credential of a context when
// `save_context` is given.
absl::Status HandOver(Session& session, const std::string& save_context, const NewToken& made);

}  // namespace crm::ctl
