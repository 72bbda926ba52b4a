#include "base/uuid.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/hash.h"

namespace crm {
namespace {

constexpr bool IsHyphenPlace(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

Uuid Stamped(Uuid id, uint8_t version) {
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

}  // namespace

std::string Uuid::ToString() const {
  constexpr absl::string_view kDigits = "0123456789abcdef";
  std::string text(36, '-');
  size_t place = 0;
  for (const uint8_t byte : bytes) {
    if (IsHyphenPlace(place)) ++place;
    text[place++] = kDigits[byte >> 4];
    text[place++] = kDigits[byte & 15];
  }
  return text;
}

std::string Uuid::ToBytes() const { return std::string(bytes.begin(), bytes.end()); }

std::optional<Uuid> Uuid::Parse(absl::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsHyphenPlace(i) != (text[i] == '-')) return std::nullopt;
    if (text[i] == '-') continue;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    hex.push_back(text[i]);
  }
  return FromBytes(absl::HexStringToBytes(hex));
}

std::optional<Uuid> Uuid::FromBytes(absl::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  Uuid id;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

Uuid Uuid::FromName(const Uuid& name_space, absl::string_view name) {
  const Sha1Digest digest = Sha1(name_space.ToBytes(), name);
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return Stamped(id, 5);
}

Uuid Uuid::Random() {
  Uuid id;
  if (RAND_bytes(id.bytes.data(), static_cast<int>(id.bytes.size())) != 1) std::abort();
  return Stamped(id, 4);
}

}  // namespace crm
