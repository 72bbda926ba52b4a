// HMAC-SHA256 (RFC 2104): says that who made a message knew a secret. Pure; thread-safe.
#pragma once

#include "absl/strings/string_view.h"
#include "base/hash.h"

namespace crm {

// Compare with ConstantTimeEquals.
Digest HmacSha256(absl::string_view secret, absl::string_view message);

}  // namespace crm
