#include "base/signing.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace crm {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
constexpr absl::string_view kPublicKeyHeader("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
                                             12);
constexpr char kPublicBegin[] = "-----BEGIN PUBLIC KEY-----";
constexpr char kPublicEnd[] = "-----END PUBLIC KEY-----";

Key Own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

const unsigned char* Bytes(absl::string_view view) {
  return reinterpret_cast<const unsigned char*>(view.data());
}

}  // namespace

SigningPair::SigningPair(Key key) : key_(std::move(key)), public_key_(kPublicKeyBytes, '\0') {
  size_t size = public_key_.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(public_key_.data()),
                                  &size) != 1)
    std::abort();  // not an Ed25519 key: the factories see to that
}

SigningPair SigningPair::Generate() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) std::abort();  // as without random bytes, there is nothing to go on with
  return SigningPair(Own(key));
}

std::optional<SigningPair> SigningPair::FromPem(absl::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return std::nullopt;
  Key owned = Own(key);
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  return SigningPair(std::move(owned));
}

std::string SigningPair::ToPem() const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
      1)
    std::abort();
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string SigningPair::Sign(absl::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1 ||
      size != kSignatureBytes)
    std::abort();
  return signature;
}

bool IsSignedBy(absl::string_view public_key, absl::string_view message,
                absl::string_view signature) {
  if (public_key.size() != kPublicKeyBytes || signature.size() != kSignatureBytes) return false;
  const Key key = Own(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                          message.size()) == 1;
}

std::string PublicKeyToPem(absl::string_view public_key) {
  return absl::StrCat(kPublicBegin, "\n",
                      absl::Base64Escape(absl::StrCat(kPublicKeyHeader, public_key)), "\n",
                      kPublicEnd, "\n");
}

std::optional<std::string> PublicKeyFromPem(absl::string_view pem) {
  absl::string_view text = absl::StripAsciiWhitespace(pem);
  std::string der;
  if (!absl::ConsumePrefix(&text, kPublicBegin) || !absl::ConsumeSuffix(&text, kPublicEnd) ||
      !absl::Base64Unescape(absl::StripAsciiWhitespace(text), &der))
    return std::nullopt;
  absl::string_view rest = der;
  if (!absl::ConsumePrefix(&rest, kPublicKeyHeader) || rest.size() != kPublicKeyBytes)
    return std::nullopt;
  return std::string(rest);
}

}  // namespace crm
