// Ed25519 signatures, thin over OpenSSL. Keys of people are not made here: these are for what a
// server vouches for. Private keys travel as PEM (PKCS #8), public keys as their 32 raw bytes or
// PEM (SubjectPublicKeyInfo), which `openssl pkey` reads.
//
// A SigningPair is immutable; everything is thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace crm {

inline constexpr size_t kPublicKeyBytes = 32;
inline constexpr size_t kSignatureBytes = 64;

class SigningPair {
 public:
  // A new pair from the operating system's random source.
  static SigningPair Generate();
  // nullopt when the text is no private Ed25519 key.
  static std::optional<SigningPair> FromPem(absl::string_view pem);

  // The private key. A secret.
  std::string ToPem() const;
  // The public key's 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // 64 bytes.
  std::string Sign(absl::string_view message) const;

 private:
  explicit SigningPair(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string public_key_;
};

// Whether `signature` is that of `message` under the key; false for anything malformed.
bool IsSignedBy(absl::string_view public_key, absl::string_view message,
                absl::string_view signature);

std::string PublicKeyToPem(absl::string_view public_key);
// nullopt when the text is no public Ed25519 key.
std::optional<std::string> PublicKeyFromPem(absl::string_view pem);

}  // namespace crm
