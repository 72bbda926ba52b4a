#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <memory>

namespace crm {
namespace {

// Looked up once: by the names that EVP_sha256() and the like stand for, OpenSSL looks up anew with
// every digest, which takes longer than hashing a secret.
const EVP_MD* Algorithm(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  if (algorithm == nullptr) std::abort();  // OpenSSL without SHA is not a machine we can run on.
  return algorithm;
}

template <class Result>
Result DigestOf(const EVP_MD* algorithm, absl::string_view first, absl::string_view second) {
  // One context per thread: allocating it costs more than hashing a small record.
  thread_local std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                               EVP_MD_CTX_free);
  Result result;
  unsigned int size = 0;
  if (EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), result.data(), &size) != 1 || size != result.size()) {
    std::abort();
  }
  return result;
}

}  // namespace

Digest Sha256(absl::string_view first, absl::string_view second) {
  static const EVP_MD* const algorithm = Algorithm("SHA256");
  return DigestOf<Digest>(algorithm, first, second);
}

Sha1Digest Sha1(absl::string_view first, absl::string_view second) {
  static const EVP_MD* const algorithm = Algorithm("SHA1");
  return DigestOf<Sha1Digest>(algorithm, first, second);
}

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1)
    std::abort();
  return bytes;
}

}  // namespace crm
