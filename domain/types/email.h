// E-mail addresses: one spelling for every address we store, so that duplicates are found by
// comparison. A subset of RFC 5321: dot-atom local parts, host names with at least two labels; no
// quoted local parts, no address literals, no comments. UTF-8 is accepted in both parts (RFC 6531).
//
// The domain is lowered, the local part kept: its case may matter to the receiving host. Pure
// functions; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace crm::domain {

// The address with its surrounding blanks removed and its domain in lower case. INVALID_ARGUMENT
// EMAIL_INVALID when it is no address; the refusal does not repeat the text, which is personal.
absl::StatusOr<std::string> NormalizeEmail(absl::string_view text);

// The form in which two addresses are the same to people: all lower case. For duplicates only.
std::string EmailKey(absl::string_view normalized);

// The domain of a normalised address, or of a site ("https://www.example.com/x" is example.com);
// empty when there is none.
std::string DomainKey(absl::string_view email_or_site);

}  // namespace crm::domain
