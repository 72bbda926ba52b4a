#include "projections/record_terms.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "domain/types/email.h"
#include "domain/types/phone.h"
#include "projections/lead_card.h"
#include "projections/personal_details.h"
#include "projections/text_folding.h"

namespace crm::projections {
namespace {

using views::v1::PersonalDetails;

void AddName(const std::string& name, std::vector<std::string>& names) {
  if (!name.empty()) names.push_back(name);
}

Findable FindablePerson(const PersonalDetails& person) {
  Findable record;
  record.title = NameOf(person);
  AddName(record.title, record.names);
  AddName(record.title, record.parties);
  record.emails.assign(person.emails().begin(), person.emails().end());
  record.phones.assign(person.phones().begin(), person.phones().end());
  return record;
}

}  // namespace

Findable FindableOf(const views::v1::CustomerCard& card, const PersonalDetails& person) {
  Findable record = FindablePerson(person);
  record.website = card.website();
  return record;
}

Findable FindableOf(const views::v1::ContactCard&, const PersonalDetails& person) {
  return FindablePerson(person);
}

Findable FindableOf(const views::v1::LeadCard& card, const PersonalDetails& person) {
  Findable record = FindablePerson(person);
  AddName(card.company_name(), record.names);
  AddName(card.company_name(), record.parties);
  AddName(card.display_name(), record.names);
  record.title = card.display_name().empty() ? PartyOf(card, person) : card.display_name();
  record.website = card.website();
  return record;
}

Findable FindableOf(const views::v1::OpportunityCard& card) {
  Findable record;
  record.title = card.display_name();
  AddName(card.display_name(), record.names);
  return record;
}

absl::btree_set<Term> TermsOf(const Findable& record) {
  absl::btree_set<Term> terms;
  const auto add = [&terms](TermField field, std::string text) {
    if (!text.empty()) terms.insert({field, std::move(text)});
  };
  for (const std::string& name : record.names) {
    for (std::string& word : WordsOf(name)) add(TermField::kNameWord, std::move(word));
  }
  for (const std::string& email : record.emails) add(TermField::kEmail, EmailTerm(email));
  for (const std::string& phone : record.phones) {
    add(TermField::kPhone, domain::PhoneKey(phone));
  }
  for (const std::string& domain : DomainsOf(record.website, record.emails)) {
    for (const std::string& party : record.parties) {
      add(TermField::kNameAndDomain, NameAndDomainTerm(party, domain));
    }
  }
  return terms;
}

std::string EmailTerm(absl::string_view email) {
  return FoldText(absl::StripAsciiWhitespace(email));
}

std::string NameAndDomainTerm(absl::string_view name, absl::string_view domain) {
  const std::string key = NameKey(name);
  return key.empty() || domain.empty() ? std::string() : absl::StrCat(key, "@", domain);
}

absl::btree_set<std::string> DomainsOf(absl::string_view website,
                                       const std::vector<std::string>& emails) {
  absl::btree_set<std::string> domains;
  const auto add = [&domains](absl::string_view address) {
    std::string domain = FoldText(domain::DomainKey(address));
    if (!domain.empty()) domains.insert(std::move(domain));
  };
  add(website);
  for (const std::string& email : emails) add(email);
  return domains;
}

}  // namespace crm::projections
