// PublicLink: what opens one document to who has no login. Its text names organization and document
// and holds a secret; only the secret's SHA-256 is ever known here. What a link must not tell is
// why it opens nothing: every such link is refused with the same words.
//
//   crmp_{organization}_{kind}{document}_{secret}      kind: p is a proposal, c a contract
//
// Organization and document are 32 hexadecimal digits, the secret the unpadded base64url form of 32
// random bytes. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/hash.h"
#include "crm/events/v1/document_types.pb.h"
#include "domain/types/ids.h"

namespace crm::domain {

inline constexpr size_t kLinkSecretSize = 32;
inline constexpr char kProposalLink = 'p';
inline constexpr char kContractLink = 'c';

// A link's text, taken apart.
struct PublicLinkText {
  OrganizationId organization;
  char kind = 0;  // a lower-case letter, not necessarily one of ours
  Uuid document;
  Digest secret_hash;
};
std::optional<PublicLinkText> ParsePublicLink(absl::string_view text);
// The kind of document a link names; 0: it is no link.
char KindOfLink(absl::string_view link);
std::string FormatPublicLink(const OrganizationId& organization, char kind, const Uuid& document,
                             absl::string_view secret);

// The link of a document, as its stream says.
struct LinkState {
  std::string secret_hash;                 // 32 bytes; empty: there is none
  std::optional<absl::CivilDay> last_day;  // inclusive; absent: no end
  std::optional<absl::Time> view_time;     // when it was last opened; absent: never

  bool exists() const { return !secret_hash.empty(); }
  // Compares in time that does not depend on the secret.
  bool Opens(const Digest& shown, absl::CivilDay today) const;
};
// The state after a link was issued, or taken away.
LinkState LinkFrom(const events::v1::PublicLink& issued);

// NOT_FOUND LINK_INVALID: the same for every link that opens nothing, whatever the cause.
absl::Status LinkInvalid();

// Who acts through a link: the name as typed, without blanks around it, and what was shown.
events::v1::PublicCaller CallerThrough(const PublicLinkText& link, absl::string_view person_name);

}  // namespace crm::domain
