#include "base/hmac.h"

#include <string>

namespace crm {
namespace {

constexpr size_t kBlockSize = 64;

std::string Padded(std::string key, char pad) {
  key.resize(kBlockSize, '\0');
  for (char& c : key) c = static_cast<char>(c ^ pad);
  return key;
}

}  // namespace

Digest HmacSha256(absl::string_view secret, absl::string_view message) {
  const std::string key(secret.size() > kBlockSize ? AsView(Sha256(secret)) : secret);
  const Digest inner = Sha256(Padded(key, '\x36'), message);
  return Sha256(Padded(key, '\x5c'), AsView(inner));
}

}  // namespace crm
