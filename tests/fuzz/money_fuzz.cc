// Amounts and shares: from the wire, from texts of the domain, from what people write to crmctl.

#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/reason.h"
#include "domain/render.h"
#include "domain/types/currency.h"
#include "domain/types/money.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/crmctl/values.h"

namespace crm::fuzz {
namespace {

using domain::Currency;
using domain::Money;

constexpr std::array<const char*, 5> kCodes = {"EUR", "JPY", "KWD", "CLF", "USD"};

void Decimals(FuzzInput input) {
  const std::optional<Currency> currency = Currency::Parse(kCodes[input.Pick(kCodes.size())]);
  const absl::StatusOr<Money> money = Money::ParseDecimal(*currency, input.Rest());
  if (!money.ok()) {
    return Require(!ReasonOf(money.status()).empty(), "a refusal names its reason");
  }
  const absl::StatusOr<Money> again = Money::ParseDecimal(*currency, money->ToDecimal());
  Require(again.ok() && *again == *money, "an amount comes back from its text");
}

void Wire(FuzzInput input) {
  google::type::Money wire;
  wire.set_units(static_cast<int64_t>(input.Number()));
  wire.set_nanos(static_cast<int32_t>(input.Number()));
  wire.set_currency_code(std::string(input.Rest()));
  const absl::StatusOr<Money> money = Money::FromProto(wire);
  if (!money.ok()) {
    return Require(!ReasonOf(money.status()).empty(), "a refusal names its reason");
  }
  Require(money->ToProto().SerializeAsString() == wire.SerializeAsString(),
          "an amount goes out as it came in");
  Require(domain::AmountFromStored(domain::StoredAmount(*money)) == *money,
          "an amount comes back as stored");
}

void Codes(FuzzInput input) {
  const std::optional<Currency> currency = Currency::Parse(input.Rest());
  Require(!currency || currency->code() == input.Rest(), "a currency is its code");
  events::v1::Amount stored;
  stored.set_minor(static_cast<int64_t>(input.Number()));
  stored.set_currency_code(std::string(input.Rest()));
  const std::optional<Money> money = domain::AmountFromStored(stored);
  Require(!money || domain::StoredAmount(*money).SerializeAsString() == stored.SerializeAsString(),
          "a stored amount is what was stored");
}

void Written(FuzzInput input) {
  const auto factor = static_cast<int64_t>(input.Pick(3) == 0 ? 1'000'000 : 1);
  const absl::StatusOr<google::type::Money> money = ctl::ParseMoney(input.Rest(), "EUR", factor);
  if (!money.ok()) return;
  const absl::StatusOr<google::type::Money> again = ctl::ParseMoney(ctl::FormatMoney(*money), "");
  Require(again.ok() && again->SerializeAsString() == money->SerializeAsString(),
          "an amount comes back as it is shown");
  ctl::FormatMoneyBriefly(*money);
}

// Digits before the point, without leading zeros.
size_t WholeDigits(absl::string_view text) {
  size_t count = 0;
  for (const char c : text.substr(0, text.find('.'))) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c)) && (c != '0' || count > 0)) ++count;
  }
  return count;
}

// A number of parts comes back as it is shown.
void Parts(absl::string_view text, absl::StatusOr<int64_t> (*parse)(absl::string_view),
           std::string (*format)(int64_t)) {
  const absl::StatusOr<int64_t> parts = parse(text);
  if (!parts.ok()) return;
  const std::string shown = format(*parts);
  const absl::StatusOr<int64_t> again = parse(shown);
  Require(again.ok() && *again == *parts, "a share comes back as it is shown");
  const bool as_shown = absl::EndsWith(shown, "%") == (text.find('%') != absl::string_view::npos);
  Require(!as_shown || WholeDigits(text) == WholeDigits(shown),
          "a share is as large as it is written");
}

void Shares(absl::string_view text) {
  Parts(text, ctl::ParseBasisPoints, ctl::FormatBasisPoints);
  Parts(text, ctl::ParsePartsPerMillion, ctl::FormatPartsPerMillion);
  Parts(text, ctl::ParseMillionths, ctl::FormatMillionths);
}

}  // namespace

CRM_FUZZ_TARGET(money) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0:
      return Decimals(input);
    case 1:
      return Wire(input);
    case 2:
      return Codes(input);
    case 3:
      return Written(input);
    default:
      return Shares(input.Rest());
  }
}

}  // namespace crm::fuzz
