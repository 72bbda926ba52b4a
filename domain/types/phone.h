// Phone numbers: kept as people wrote them; PhoneKey is what two spellings of one number have in
// common. No numbering plan is consulted: a national and an international spelling of one number
// have different keys. Pure functions; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace crm::domain {

// The digits of the number, with a leading '+' when it is international ("+" or "00"). What
// follows an extension mark ("ext", "x", ";", ",") and a trunk zero in brackets ("+49 (0)30") are
// left out. Empty when fewer than 5 digits remain: too short to tell two people apart.
std::string PhoneKey(absl::string_view text);

}  // namespace crm::domain
