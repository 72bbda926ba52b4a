#include "domain/document/public_link.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

constexpr absl::string_view kPrefix = "crmp_";
constexpr size_t kIdDigits = 32;

// Takes an id's digits from the front of `text`.
std::optional<Uuid> TakeId(absl::string_view& text) {
  if (text.size() < kIdDigits) return std::nullopt;
  const absl::string_view digits = text.substr(0, kIdDigits);
  for (const char c : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  text.remove_prefix(kIdDigits);
  return Uuid::FromBytes(absl::HexStringToBytes(digits));
}

std::string DigitsOf(const Uuid& id) { return absl::BytesToHexString(id.ToBytes()); }

}  // namespace

std::optional<PublicLinkText> ParsePublicLink(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kPrefix)) return std::nullopt;
  const std::optional<Uuid> organization = TakeId(text);
  if (!organization || !absl::ConsumePrefix(&text, "_") || text.empty()) return std::nullopt;
  const char kind = text[0];
  if (!absl::ascii_islower(static_cast<unsigned char>(kind))) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<Uuid> document = TakeId(text);
  if (!document || !absl::ConsumePrefix(&text, "_")) return std::nullopt;
  std::string secret;
  if (!absl::WebSafeBase64Unescape(text, &secret) || secret.size() != kLinkSecretSize) {
    return std::nullopt;
  }
  return PublicLinkText{OrganizationId(*organization), kind, *document, Sha256(secret)};
}

char KindOfLink(absl::string_view link) {
  const std::optional<PublicLinkText> text = ParsePublicLink(link);
  return text.has_value() ? text->kind : '\0';
}

std::string FormatPublicLink(const OrganizationId& organization, char kind, const Uuid& document,
                             absl::string_view secret) {
  std::string encoded;
  absl::WebSafeBase64Escape(secret, &encoded);  // without padding
  return absl::StrCat(kPrefix, DigitsOf(organization.uuid()), "_", std::string(1, kind),
                      DigitsOf(document), "_", encoded);
}

bool LinkState::Opens(const Digest& shown, absl::CivilDay today) const {
  const bool known = ConstantTimeEquals(secret_hash, AsView(shown));
  return known && (!last_day.has_value() || today <= *last_day);
}

LinkState LinkFrom(const events::v1::PublicLink& issued) {
  LinkState link;
  link.secret_hash = issued.secret_hash();
  if (issued.has_expiry()) link.last_day = DayFromStored(issued.expiry());
  return link;
}

absl::Status LinkInvalid() {
  return WithReason(absl::StatusCode::kNotFound, "LINK_INVALID", "this link opens nothing");
}

events::v1::PublicCaller CallerThrough(const PublicLinkText& link, absl::string_view person_name) {
  events::v1::PublicCaller caller;
  caller.set_display_name(std::string(absl::StripAsciiWhitespace(person_name)));
  caller.set_link_hash(std::string(AsView(link.secret_hash)));
  return caller;
}

}  // namespace crm::domain
