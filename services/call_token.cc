// The text of a credential. Apart from call.cc, whose surroundings it does not need.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "services/call.h"

namespace crm::services {
namespace {

constexpr absl::string_view kTokenPrefix = "crm_";

}  // namespace

std::optional<TokenText> ParseToken(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kTokenPrefix) || text.size() < 34 || text[32] != '_') {
    return std::nullopt;
  }
  const absl::string_view digits = text.substr(0, 32);
  for (const char c : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  std::string secret;
  if (!absl::WebSafeBase64Unescape(text.substr(33), &secret) || secret.size() != kTokenSecretSize) {
    return std::nullopt;
  }
  return TokenText{domain::OrganizationId(*Uuid::FromBytes(absl::HexStringToBytes(digits))),
                   Sha256(secret)};
}

std::string FormatToken(const domain::OrganizationId& organization, absl::string_view secret) {
  std::string encoded;
  absl::WebSafeBase64Escape(secret, &encoded);
  return absl::StrCat(kTokenPrefix, absl::BytesToHexString(organization.uuid().ToBytes()), "_",
                      encoded);
}

}  // namespace crm::services
