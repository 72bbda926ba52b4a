// Digests, comparison of secrets and random bytes, thin over OpenSSL, so that nothing else of ours
// knows it (encryption is in base/sealing.h). Pure but for RandomBytes; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace crm {

using Digest = std::array<uint8_t, 32>;
using Sha1Digest = std::array<uint8_t, 20>;

// SHA-256 of the concatenation of two parts (the second may be empty).
Digest Sha256(absl::string_view first, absl::string_view second = {});
// SHA-1 of the concatenation, for name-based UUIDs only; never for security.
Sha1Digest Sha1(absl::string_view first, absl::string_view second = {});

inline absl::string_view AsView(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Compares secrets in time that depends only on their sizes.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

// `size` bytes from the operating system's random source.
std::string RandomBytes(size_t size);

}  // namespace crm
