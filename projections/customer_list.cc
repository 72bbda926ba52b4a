#include "projections/customer_list.h"

#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "projections/sort_key.h"

namespace crm::projections {

using views::v1::ContactCard;
using views::v1::CustomerCard;
using views::v1::LeadCard;
using views::v1::PersonalDetails;

namespace {

using Listing = CustomerList::Listing;

// Known from a lead alone: worked on, and not yet anybody's.
bool IsGrey(const LeadCard& card) { return IsWorked(card) && card.customer_id().empty(); }

template <class Card>
Listing ListingUnder(const Card& card, const std::string& name) {
  Listing listing;
  listing.row.set_team_id(card.team_id());
  listing.row.set_owner_id(card.owner_id());
  listing.row.set_folded_name(FoldText(name));
  return listing;
}

template <class Card>
absl::StatusOr<std::optional<Listing>> ListingIn(const CustomerList::Cards<Card>& cards,
                                                 const ViewReader& rows, const Uuid& id) {
  ASSIGN_OR_RETURN(const std::optional<Card> card, cards.Get(rows, {id}));
  if (!card.has_value()) return std::nullopt;
  return CustomerList::ListingOf(*card, PersonalDetails());
}

}  // namespace

std::optional<Listing> CustomerList::ListingOf(const CustomerCard& card,
                                               const PersonalDetails& person) {
  if (card.customer_id().empty()) return std::nullopt;
  const std::string name = NameOf(person);
  Listing listing = ListingUnder(card, name);
  listing.row.set_region_code(card.region_code());
  *listing.row.mutable_tags() = card.tags();
  listing.key = {kCustomerRows,
                 card.archived(),
                 name.empty(),
                 SortedName(name),
                 "",
                 UuidOf(card.customer_id())};
  return listing;
}

std::optional<Listing> CustomerList::ListingOf(const ContactCard& card,
                                               const PersonalDetails& person) {
  if (card.contact_id().empty()) return std::nullopt;
  const std::string name = NameOf(person);
  Listing listing = ListingUnder(card, name);
  listing.key = {kContactRows,
                 card.archived(),
                 name.empty(),
                 SortedName(person.family_name()),
                 SortedName(person.given_name()),
                 UuidOf(card.contact_id())};
  return listing;
}

std::optional<Listing> CustomerList::ListingOf(const LeadCard& card,
                                               const PersonalDetails& person) {
  if (card.lead_id().empty() || !IsGrey(card)) return std::nullopt;
  const std::string name = PartyOf(card, person);
  Listing listing = ListingUnder(card, name);
  listing.row.set_region_code(card.region_code());
  *listing.row.mutable_tags() = card.tags();
  listing.key = {kGreyRows, false, name.empty(), SortedName(name), "", UuidOf(card.lead_id())};
  return listing;
}

void CustomerList::Replace(const std::optional<Listing>& before,
                           const std::optional<Listing>& after, const domain::PersonId& person,
                           ViewTransaction& rows) {
  if (before.has_value() && (!after.has_value() || before->key != after->key)) {
    kListed.Erase(rows, before->key);
  }
  if (!after.has_value()) return;
  kListed.Put(rows, after->key, after->row);
  const bool is_new = !before.has_value() || before->key != after->key;
  const bool is_nameless = std::get<2>(after->key);
  if (is_new && !is_nameless) {
    kListedNames.Put(rows, std::tuple_cat(std::make_tuple(person), after->key), {});
  }
}

absl::StatusOr<std::optional<Listing>> CustomerList::ListingWithoutPerson(const ViewReader& rows,
                                                                          uint8_t list,
                                                                          const Uuid& id) {
  switch (list) {
    case kCustomerRows:
      return ListingIn(kCustomers, rows, id);
    case kGreyRows:
      return ListingIn(kLeads, rows, id);
    default:
      return ListingIn(kContacts, rows, id);
  }
}

absl::Status CustomerList::Apply(const events::v1::SubjectErased& event,
                                 const domain::EventMetadata&, ViewTransaction& rows) {
  const auto person = domain::FromBytes<domain::PersonId>(event.subject_id());
  std::vector<PersonalListKey> noted;
  RETURN_IF_ERROR(kListedNames.Scan(rows, kListedNames.Prefix(person),
                                    [&](const PersonalListKey& key, const auto&) {
                                      noted.push_back(key);
                                      return true;
                                    }));
  absl::btree_set<std::pair<uint8_t, Uuid>> records;
  for (const auto& [subject, list, archived, nameless, first, second, id] : noted) {
    // A name the record no longer has is purged too: its bytes may still be in the files.
    RETURN_IF_ERROR(kListed.PurgePrefix(rows, list, archived, nameless, first, second, id));
    records.emplace(list, id);
  }
  RETURN_IF_ERROR(kListedNames.PurgePrefix(rows, person));
  RETURN_IF_ERROR(kPersons.PurgePrefix(rows, person));
  for (const auto& [list, id] : records) {
    ASSIGN_OR_RETURN(const std::optional<Listing> listing, ListingWithoutPerson(rows, list, id));
    Replace(std::nullopt, listing, person, rows);
  }
  return absl::OkStatus();
}

}  // namespace crm::projections
