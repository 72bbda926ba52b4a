// By which terms a record is found: the words of its names, its e-mail addresses and phones, and
// each name together with each domain. Terms are normalised, so that finding is comparing bytes;
// what is asked for goes through the same functions as what is stored.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "crm/views/v1/record_card.pb.h"
#include "crm/views/v1/shapes.pb.h"

namespace crm::projections {

// Stored in keys: never renumber.
enum class TermField : uint8_t { kNameWord = 1, kEmail = 2, kPhone = 3, kNameAndDomain = 4 };

struct Term {
  TermField field = TermField::kNameWord;
  std::string text;
  friend auto operator<=>(const Term&, const Term&) = default;
};

// What a record is found by, before normalisation.
struct Findable {
  std::string title;                 // shown for it
  std::vector<std::string> names;    // searched
  std::vector<std::string> parties;  // names of a company or person, compared with their domain
  std::vector<std::string> emails;
  std::vector<std::string> phones;
  std::string website;
};

Findable FindableOf(const views::v1::CustomerCard& card, const views::v1::PersonalDetails& person);
Findable FindableOf(const views::v1::ContactCard& card, const views::v1::PersonalDetails& person);
Findable FindableOf(const views::v1::LeadCard& card, const views::v1::PersonalDetails& person);
Findable FindableOf(const views::v1::OpportunityCard& card);

absl::btree_set<Term> TermsOf(const Findable& record);

// The terms as they are looked up; empty when there is nothing to look up by.
std::string EmailTerm(absl::string_view email);
std::string NameAndDomainTerm(absl::string_view name, absl::string_view domain);
// Domains of the site and the addresses, each once.
absl::btree_set<std::string> DomainsOf(absl::string_view website,
                                       const std::vector<std::string>& emails);

}  // namespace crm::projections
