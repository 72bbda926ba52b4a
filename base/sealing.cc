#include "base/sealing.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "base/hash.h"

namespace crm {
namespace {

constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(absl::string_view view) {
  return reinterpret_cast<const unsigned char*>(view.data());
}
unsigned char* Bytes(std::string& text, size_t offset) {
  return reinterpret_cast<unsigned char*>(text.data() + offset);
}
int Size(absl::string_view view) { return static_cast<int>(view.size()); }

}  // namespace

std::string Seal(const SealingKey& key, absl::string_view context, absl::string_view plaintext) {
  std::string sealed = RandomBytes(kNonceSize);
  sealed.resize(kNonceSize + plaintext.size() + kTagSize);
  Context cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  const bool ok =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                         Bytes(absl::string_view(sealed))) &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) &&
      EVP_EncryptUpdate(cipher.get(), Bytes(sealed, kNonceSize), &size, Bytes(plaintext),
                        Size(plaintext)) &&
      EVP_EncryptFinal_ex(cipher.get(), Bytes(sealed, kNonceSize + plaintext.size()), &size) &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagSize),
                          Bytes(sealed, kNonceSize + plaintext.size()));
  if (!ok) std::abort();  // OpenSSL without AES-GCM is not a machine we can run on.
  return sealed;
}

std::optional<std::string> Unseal(const SealingKey& key, absl::string_view context,
                                  absl::string_view sealed) {
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  const absl::string_view text = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plaintext(text.size(), '\0');
  Context cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  const bool ok =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                         Bytes(absl::string_view(sealed))) &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) &&
      EVP_DecryptUpdate(cipher.get(), Bytes(plaintext, 0), &size, Bytes(text), Size(text)) &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagSize),
                          tag.data()) &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(plaintext, text.size()), &size) > 0;
  if (!ok) return std::nullopt;
  return plaintext;
}

}  // namespace crm
