#include "domain/types/email.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/reason.h"

namespace crm::domain {
namespace {

constexpr size_t kMaxAddressBytes = 254;
constexpr size_t kMaxLocalBytes = 64;
constexpr size_t kMaxLabelBytes = 63;

bool IsBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool IsAtomCharacter(char c) {
  constexpr absl::string_view kSpecials = "!#$%&'*+/=?^_`{|}~-";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || IsBeyondAscii(c) ||
         absl::StrContains(kSpecials, c);
}

bool IsDotAtom(absl::string_view local) {
  if (local.empty() || local.size() > kMaxLocalBytes) return false;
  const std::vector<absl::string_view> atoms = absl::StrSplit(local, '.');
  return std::all_of(atoms.begin(), atoms.end(), [](absl::string_view atom) {
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), IsAtomCharacter);
  });
}

bool IsLabel(absl::string_view label) {
  if (label.empty() || label.size() > kMaxLabelBytes) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || IsBeyondAscii(c);
  });
}

bool IsHost(absl::string_view host) {
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  if (labels.size() < 2 || !std::all_of(labels.begin(), labels.end(), IsLabel)) return false;
  // A last label of digits only is an IPv4 address, not a domain.
  return !std::all_of(labels.back().begin(), labels.back().end(),
                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

bool IsAddress(absl::string_view text) {
  const size_t at = text.rfind('@');
  return text.size() <= kMaxAddressBytes && at != absl::string_view::npos &&
         IsDotAtom(text.substr(0, at)) && IsHost(text.substr(at + 1));
}

}  // namespace

absl::StatusOr<std::string> NormalizeEmail(absl::string_view text) {
  const absl::string_view address = absl::StripAsciiWhitespace(text);
  if (!IsAddress(address)) {
    return WithReason(absl::StatusCode::kInvalidArgument, "EMAIL_INVALID",
                      "an e-mail address has the form local@domain");
  }
  const size_t at = address.rfind('@');
  return absl::StrCat(address.substr(0, at), "@", absl::AsciiStrToLower(address.substr(at + 1)));
}

std::string EmailKey(absl::string_view normalized) { return absl::AsciiStrToLower(normalized); }

std::string DomainKey(absl::string_view email_or_site) {
  absl::string_view rest = absl::StripAsciiWhitespace(email_or_site);
  // In an address these marks may stand before the '@', in a site they end the host.
  if (!IsAddress(rest)) {
    const size_t scheme = rest.find("://");
    if (scheme != absl::string_view::npos) rest.remove_prefix(scheme + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
  }
  const size_t at = rest.rfind('@');
  if (at != absl::string_view::npos) rest.remove_prefix(at + 1);
  rest = rest.substr(0, rest.find(':'));
  const std::string host = absl::AsciiStrToLower(rest);
  absl::string_view domain = host;
  absl::ConsumePrefix(&domain, "www.");
  return IsHost(domain) ? std::string(domain) : std::string();
}

}  // namespace crm::domain
