#include "domain/contact_points.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "domain/rejection.h"
#include "domain/types/email.h"

namespace crm::domain {

absl::StatusOr<Strings> NormalizedEmails(const Strings& emails) {
  Strings normalized;
  std::set<std::string> seen;
  for (int i = 0; i < emails.size(); ++i) {
    absl::StatusOr<std::string> email = NormalizeEmail(emails[i]);
    if (!email.ok()) {
      return Invalid("EMAIL_INVALID", email.status().message(), {{"index", absl::StrCat(i)}});
    }
    if (seen.insert(EmailKey(*email)).second) *normalized.Add() = *std::move(email);
  }
  return normalized;
}

Strings TrimmedPhones(const Strings& phones) {
  Strings trimmed;
  std::set<std::string> seen;
  for (const std::string& phone : phones) {
    const std::string text(absl::StripAsciiWhitespace(phone));
    if (!text.empty() && seen.insert(text).second) *trimmed.Add() = text;
  }
  return trimmed;
}

}  // namespace crm::domain
