#include "domain/types/phone.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace crm::domain {
namespace {

constexpr size_t kMinDigits = 5;

}  // namespace

std::string PhoneKey(absl::string_view text) {
  const std::string lowered = absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
  absl::string_view number = lowered;
  number = number.substr(0, number.find_first_of("xe;,"));
  bool international = absl::StartsWith(number, "+");
  const std::string without_trunk =
      international ? absl::StrReplaceAll(number, {{"(0)", ""}}) : std::string(number);
  std::string digits;
  for (const char c : without_trunk) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits.push_back(c);
  }
  if (!international && absl::StartsWith(digits, "00")) {
    international = true;
    digits.erase(0, 2);
  }
  if (digits.size() < kMinDigits) return "";
  return international ? absl::StrCat("+", digits) : digits;
}

}  // namespace crm::domain
