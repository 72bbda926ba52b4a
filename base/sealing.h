// Authenticated encryption of personal data: AES-256-GCM with a random nonce. Pure but for the
// nonce; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "base/key_ring.h"

namespace crm {

// nonce (12 bytes) || ciphertext || tag (16 bytes). `context` is authenticated, not stored.
std::string Seal(const SealingKey& key, absl::string_view context, absl::string_view plaintext);

// nullopt when the bytes were not sealed with this key and context, or were changed since.
std::optional<std::string> Unseal(const SealingKey& key, absl::string_view context,
                                  absl::string_view sealed);

}  // namespace crm
