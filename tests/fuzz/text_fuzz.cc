// Texts whose bytes mean something: ids, UTF-8, folded names, contact points.

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "domain/invoice_series/number_format.h"
#include "domain/types/email.h"
#include "domain/types/phone.h"
#include "projections/record_terms.h"
#include "projections/text_folding.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

void Ids(absl::string_view text) {
  if (const std::optional<Uuid> id = Uuid::Parse(text)) {
    Require(id->ToString() == absl::AsciiStrToLower(text), "an id has one text, but for case");
  }
  if (const std::optional<Uuid> id = Uuid::FromBytes(text)) {
    Require(id->ToBytes() == text, "an id is its bytes");
    Require(Uuid::Parse(id->ToString()) == id, "an id comes back from its text");
  }
  log::ParseLevel(text);
  log::ParseFormat(text);
}

void Numbers(absl::string_view text) {
  for (const bool yearly : {false, true}) {
    const auto format = domain::NumberFormat::Parse(text, yearly);
    if (!format.ok()) {
      Require(ReasonOf(format.status()) == "FORMAT_INVALID", "a refusal names its reason");
      continue;
    }
    const absl::CivilDay day(2026, 3, 2);
    const std::string first = format->Write(1, day, {});
    Require(first != format->Write(2, day, {}), "another ordinal is another number");
    Require(!yearly || first != format->Write(1, day + 365, {}), "another year, too");
  }
}

void Utf8(absl::string_view text, size_t max_bytes) {
  size_t count = 0;
  absl::string_view rest = text;
  while (const size_t bytes = Utf8SequenceBytes(rest)) {
    Require(bytes <= 4 && bytes <= rest.size(), "a sequence lies in its text");
    rest.remove_prefix(bytes);
    ++count;
  }
  const std::optional<size_t> counted = CountCodePoints(text);
  Require(counted.has_value() == rest.empty(), "a text is valid when all its sequences are");
  Require(!counted || *counted == count, "code points are sequences");
  const absl::string_view prefix = Utf8Prefix(text, max_bytes);
  Require(prefix.size() <= max_bytes && prefix == text.substr(0, prefix.size()),
          "a prefix is one, and short enough");
  Require(!counted || CountCodePoints(prefix).has_value(), "a prefix cuts no sequence");
}

void ContactPoints(absl::string_view text) {
  const absl::StatusOr<std::string> email = domain::NormalizeEmail(text);
  if (email.ok()) {
    const absl::StatusOr<std::string> again = domain::NormalizeEmail(*email);
    Require(again.ok() && *again == *email, "a normalised address is normalised");
    Require(domain::EmailKey(*email) == domain::EmailKey(domain::EmailKey(*email)),
            "a key of an address is its own key");
    Require(!domain::DomainKey(*email).empty(), "an address has a domain");
  } else {
    Require(ReasonOf(email.status()) == "EMAIL_INVALID", "a refusal names its reason");
  }
  domain::DomainKey(text);
  const std::string phone = domain::PhoneKey(text);
  Require(domain::PhoneKey(phone) == phone, "a key of a number is its own key");
}

void Folding(absl::string_view text) {
  const std::string key = projections::NameKey(text);
  Require(absl::StrJoin(projections::WordsOf(text), " ") == key, "a key is the words");
  if (!CountCodePoints(text)) return;
  Require(projections::NameKey(key) == key, "a key of a name is its own key");
  Require(projections::FoldText(projections::FoldText(text)) == projections::FoldText(text),
          "folded text is folded");
  Require(CountCodePoints(projections::FoldText(text)).has_value(), "folding keeps UTF-8");
}

void Terms(FuzzInput input) {
  projections::Findable record;
  record.website = std::string(input.Text());
  for (std::vector<std::string>* texts :
       {&record.names, &record.parties, &record.emails, &record.phones}) {
    texts->emplace_back(input.Text());
  }
  for (const projections::Term& term : projections::TermsOf(record)) {
    Require(!term.text.empty(), "nothing is found by an empty term");
  }
  // What is asked for finds what is stored.
  const std::string email = projections::EmailTerm(record.emails[0]);
  Require(email.empty() ||
              projections::TermsOf(record).contains({projections::TermField::kEmail, email}),
          "an address is found by itself");
}

}  // namespace

CRM_FUZZ_TARGET(text) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0: {
      const absl::string_view text = input.Rest();
      Ids(text);
      return Numbers(text);
    }
    case 1: {
      const size_t max_bytes = input.Byte();
      return Utf8(input.Rest(), max_bytes);
    }
    case 2:
      return ContactPoints(input.Rest());
    case 3:
      return Folding(input.Rest());
    default:
      return Terms(input);
  }
}

}  // namespace crm::fuzz
