// Page tokens, credentials and public links: texts that were made for us and come back from
// anybody.

#include <optional>

#include "base/hash.h"
#include "base/reason.h"
#include "crm/v1/team_service.pb.h"
#include "domain/document/public_link.h"
#include "services/call.h"
#include "services/page_token.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using services::PageCursor;

constexpr int32_t kViewVersion = 3;

absl::StatusOr<std::optional<PageCursor>> CursorIn(const std::string& token) {
  v1::ListTeamsRequest request;
  request.set_page_token(token);
  return services::PageCursorOf(request, kViewVersion);
}

void AnyToken(absl::string_view text) {
  const absl::StatusOr<std::optional<PageCursor>> cursor = CursorIn(std::string(text));
  if (!cursor.ok()) {
    const std::string reason = ReasonOf(cursor.status());
    return Require(reason == "PAGE_TOKEN_INVALID" || reason == "PAGE_TOKEN_MISMATCH",
                   "a refusal names its reason");
  }
  Require(cursor->has_value() == !text.empty(), "no token, first page");
  Require(!*cursor || services::NextPageToken(v1::ListTeamsRequest(), **cursor) == text,
          "a token has one spelling");
}

void MadeToken(FuzzInput input) {
  const PageCursor cursor{std::string(input.Text()), kViewVersion,
                          static_cast<int64_t>(input.Number())};
  std::string token = services::NextPageToken(v1::ListTeamsRequest(), cursor);
  const absl::StatusOr<std::optional<PageCursor>> again = CursorIn(token);
  Require(again.ok() && *again == cursor, "a cursor comes back from its token");
  const uint64_t where = input.Number() % token.size();
  token[where] = static_cast<char>(token[where] ^ input.Byte());
  if (token != services::NextPageToken(v1::ListTeamsRequest(), cursor))
    Require(!CursorIn(token).ok(), "a changed token is refused");
}

void Credential(absl::string_view text) {
  const std::optional<services::TokenText> token = services::ParseToken(text);
  Require(!token || text.substr(0, 4) == "crm_", "a credential is one");
}

void MadeCredential(FuzzInput input) {
  const domain::OrganizationId organization(*Uuid::FromBytes(input.Bytes(16)));
  const std::string secret = input.Bytes(services::kTokenSecretSize);
  const auto token = services::ParseToken(services::FormatToken(organization, secret));
  Require(token && token->organization == organization && token->secret_hash == Sha256(secret),
          "a credential comes back from its text");
}

void AnyLink(absl::string_view text) {
  const std::optional<domain::PublicLinkText> link = domain::ParsePublicLink(text);
  Require(!link || text.substr(0, 5) == "crmp_", "a link is one");
}

void MadeLink(FuzzInput input) {
  const domain::OrganizationId organization(*Uuid::FromBytes(input.Bytes(16)));
  const Uuid document = *Uuid::FromBytes(input.Bytes(16));
  const std::string secret = input.Bytes(domain::kLinkSecretSize);
  const auto link = domain::ParsePublicLink(
      domain::FormatPublicLink(organization, domain::kProposalLink, document, secret));
  Require(link && link->organization == organization && link->kind == domain::kProposalLink &&
              link->document == document && link->secret_hash == Sha256(secret),
          "a link comes back from its text");
}

}  // namespace

CRM_FUZZ_TARGET(page_token) {
  FuzzInput input(bytes);
  switch (input.Pick(6)) {
    case 0:
      return AnyToken(input.Rest());
    case 1:
      return MadeToken(input);
    case 2:
      return Credential(input.Rest());
    case 3:
      return MadeCredential(input);
    case 4:
      return AnyLink(input.Rest());
    default:
      return MadeLink(input);
  }
}

}  // namespace crm::fuzz
