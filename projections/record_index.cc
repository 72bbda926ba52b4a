#include "projections/record_index.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"

namespace crm::projections {

using views::v1::ContactCard;
using views::v1::CustomerCard;
using views::v1::LeadCard;
using views::v1::OpportunityCard;
using views::v1::PersonalDetails;

namespace {

using Found = RecordIndex::Found;

uint8_t Number(TermField field) { return static_cast<uint8_t>(field); }

void Describe(const CustomerCard& card, Found& found) {
  found.name = domain::NameOf(domain::FromBytes<domain::CustomerId>(card.customer_id()));
  found.archived = card.archived();
}

void Describe(const ContactCard& card, Found& found) {
  found.name = domain::NameOf(domain::FromBytes<domain::ContactId>(card.contact_id()));
  found.archived = card.archived();
}

void Describe(const LeadCard& card, Found& found) {
  found.name = domain::NameOf(domain::FromBytes<domain::LeadId>(card.lead_id()));
  found.refused = card.state() == v1::LEAD_STATE_REFUSED;
}

// A record with personal details; nullopt when there is none.
template <class Card>
absl::StatusOr<std::optional<Found>> FindIn(const RecordIndex::Cards<Card>& cards,
                                            const ViewReader& rows, const Uuid& id) {
  ASSIGN_OR_RETURN(const std::optional<Card> card, cards.Get(rows, {id}));
  if (!card.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const PersonalDetails person,
                   DetailsOf(RecordIndex::kPersons, rows, card->subject_id(), id.ToBytes()));
  Found found;
  found.scope = ScopeOf(*card);
  found.findable = FindableOf(*card, person);
  Describe(*card, found);
  return found;
}

absl::StatusOr<std::optional<Found>> FindOpportunity(const ViewReader& rows, const Uuid& id) {
  ASSIGN_OR_RETURN(const std::optional<OpportunityCard> card,
                   RecordIndex::kOpportunities.Get(rows, {id}));
  if (!card.has_value()) return std::nullopt;
  Found found;
  found.name = domain::NameOf(domain::OpportunityId(id));
  found.scope = ScopeOf(*card);
  found.findable = FindableOf(*card);
  found.archived = card->archived();
  return found;
}

}  // namespace

absl::StatusOr<std::optional<Found>> RecordIndex::Find(const ViewReader& rows, uint8_t kind,
                                                       const Uuid& id) {
  switch (kind) {
    case kCustomer:
      return FindIn(kCustomers, rows, id);
    case kContact:
      return FindIn(kContacts, rows, id);
    case kLead:
      return FindIn(kLeads, rows, id);
    default:
      return FindOpportunity(rows, id);
  }
}

bool RecordIndex::IsShown(uint8_t kind, const domain::Scope& scope, const QueryContext& context) {
  switch (kind) {
    case kCustomer:
      return context.SeesCustomer(scope);
    case kContact:
      return context.SeesContact(scope);
    case kLead:
      return context.SeesLead(scope);
    default:
      return context.SeesOpportunity(scope);
  }
}

absl::Status RecordIndex::ScanTerms(
    const ViewReader& rows, TermField field, const std::string& text, Matching matching,
    absl::FunctionRef<absl::Status(const RecordKey& record, const std::string& term)> visit) {
  const uint8_t number = Number(field);
  // No UTF-8 text has a byte FF, so this bound lies after every text that begins so.
  const auto range = matching == kWhole ? kTerms.Prefix(number, text)
                                        : kTerms.Prefix(number)
                                              .From(std::make_tuple(number, text))
                                              .Until(std::make_tuple(number, text + '\xff'));
  int scanned = 0;
  return kTerms.Scan(rows, range, [&](const TermKey& key, const auto&) -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(visit({std::get<2>(key), std::get<3>(key)}, std::get<1>(key)));
    return ++scanned < (matching == kWhole ? kMostSharing : kMostScanned);
  });
}

void RecordIndex::Replace(Kind kind, const Uuid& id, const absl::btree_set<Term>& before,
                          const absl::btree_set<Term>& after, ViewTransaction& rows) {
  for (const Term& term : before) {
    if (!after.contains(term)) kTerms.Erase(rows, {Number(term.field), term.text, kind, id});
  }
  for (const Term& term : after) {
    if (!before.contains(term)) kTerms.Put(rows, {Number(term.field), term.text, kind, id}, {});
  }
}

void RecordIndex::NotePersonal(Kind kind, const Uuid& id, const domain::PersonId& person,
                               const absl::btree_set<Term>& terms,
                               const absl::btree_set<Term>& open, ViewTransaction& rows) {
  for (const Term& term : terms) {
    if (open.contains(term)) continue;
    kPersonalTerms.Put(rows, {person, Number(term.field), term.text, kind, id}, {});
  }
}

absl::StatusOr<absl::btree_set<Term>> RecordIndex::OpenTerms(const ViewReader& rows, uint8_t kind,
                                                             const Uuid& id) {
  // Of all records that are about somebody, only leads are found by anything else.
  if (kind != kLead) return absl::btree_set<Term>();
  ASSIGN_OR_RETURN(const std::optional<LeadCard> card, kLeads.Get(rows, {id}));
  if (!card.has_value()) return absl::btree_set<Term>();
  return TermsOf(FindableOf(*card, PersonalDetails()));
}

absl::Status RecordIndex::Apply(const events::v1::SubjectErased& event,
                                const domain::EventMetadata&, ViewTransaction& rows) {
  const auto person = domain::FromBytes<domain::PersonId>(event.subject_id());
  std::vector<PersonalTermKey> listed;
  RETURN_IF_ERROR(kPersonalTerms.Scan(rows, kPersonalTerms.Prefix(person),
                                      [&](const PersonalTermKey& key, const auto&) {
                                        listed.push_back(key);
                                        return true;
                                      }));
  for (const auto& [subject, field, text, kind, id] : listed) {
    ASSIGN_OR_RETURN(const absl::btree_set<Term> open, OpenTerms(rows, kind, id));
    if (open.contains({static_cast<TermField>(field), text})) continue;
    // A term the record no longer has is purged too: its bytes may still be in the files.
    RETURN_IF_ERROR(kTerms.PurgePrefix(rows, field, text, kind, id));
  }
  RETURN_IF_ERROR(kPersonalTerms.PurgePrefix(rows, person));
  return kPersons.PurgePrefix(rows, person);
}

}  // namespace crm::projections
