// RecordIndex: finds customers, contacts, leads and opportunities by name, and persons and
// companies by e-mail address and phone. Answers searches and the question which records may be the
// same as one that is about to be entered.
//
// Terms are keyed by their text, so that finding is a scan of what matches. Most of them are
// personal: a second table lists, by person, every term the person's records ever had, and an
// erasure purges them there and here. What a lead says of its company is not personal and stays.
//
// A search looks at no more than kMostScanned terms per way of matching; of a word as short as that
// it shows the first of the alphabet. Refused captures are found by nobody, archived records only
// as duplicates.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/search_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "crm/views/v1/record_index.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/scope.h"
#include "domain/types/ids.h"
#include "projections/customer_card.h"
#include "projections/lead_card.h"
#include "projections/opportunity_card.h"
#include "projections/personal_details.h"
#include "projections/query.h"
#include "projections/record_terms.h"
#include "projections/table.h"

namespace crm::projections {

struct RecordIndex {
  static constexpr absl::string_view kName = "record_index";
  static constexpr int kVersion = 3;
  using Events = JoinEvents<CustomerEvents, ContactEvents, LeadEvents, OpportunityEvents,
                            std::variant<events::v1::SubjectErased>>;

  static constexpr int kMostScanned = 10000;
  // The same of records that share a whole term: enough to name twenty of them.
  static constexpr int kMostSharing = 500;

  // Stored in keys: never renumber. In the order of answers that match equally well.
  enum Kind : uint8_t { kCustomer = 1, kContact = 2, kLead = 3, kOpportunity = 4 };

  template <class Card>
  using Cards = Table<std::tuple<Uuid>, Card>;
  static constexpr Cards<views::v1::CustomerCard> kCustomers{1};
  static constexpr Cards<views::v1::ContactCard> kContacts{2};
  static constexpr Cards<views::v1::LeadCard> kLeads{3};
  static constexpr Cards<views::v1::OpportunityCard> kOpportunities{4};
  static constexpr PersonalTable kPersons{5};
  // Field (TermField), text, kind and id of the record.
  using TermKey = std::tuple<uint8_t, std::string, uint8_t, Uuid>;
  static constexpr Table<TermKey, views::v1::IndexedTerm> kTerms{6};
  // The same after the person.
  using PersonalTermKey = std::tuple<domain::PersonId, uint8_t, std::string, uint8_t, Uuid>;
  static constexpr Table<PersonalTermKey, views::v1::PersonalTerm> kPersonalTerms{7};
  static constexpr auto kTables =
      std::tuple(kCustomers, kContacts, kLeads, kOpportunities, kPersons, kTerms, kPersonalTerms);

  template <CustomerEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return Reindex(kCustomer, kCustomers, event, metadata, rows,
                   [&](views::v1::CustomerCard& card) { FoldCustomer(card, event, metadata); });
  }
  template <ContactEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return Reindex(kContact, kContacts, event, metadata, rows,
                   [&](views::v1::ContactCard& card) { FoldContact(card, event, metadata); });
  }
  template <LeadEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return Reindex(kLead, kLeads, event, metadata, rows,
                   [&](views::v1::LeadCard& card) { FoldLead(card, event, metadata); });
  }
  template <OpportunityEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::OpportunityCard * card,
                     kOpportunities.Edit(rows, {metadata.stream.id}));
    const std::string before = card->display_name();
    const absl::btree_set<Term> terms = TermsOf(FindableOf(*card));
    FoldCard(*card, event, metadata);
    if (card->display_name() == before) return absl::OkStatus();
    Replace(kOpportunity, metadata.stream.id, terms, TermsOf(FindableOf(*card)), rows);
    return absl::OkStatus();
  }
  static absl::Status Apply(const events::v1::SubjectErased& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // Records that share an address, a phone, or a name and a domain; at most 20, most matches
  // first. What is no address or phone matches nothing.
  static absl::StatusOr<v1::FindDuplicatesResponse> Answer(const v1::FindDuplicatesRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context);
  // Records whose name has all words of the query, or whose address or phone begins with it: whole
  // names first, then whole words, then beginnings.
  static absl::StatusOr<v1::SearchRecordsResponse> Answer(const v1::SearchRecordsRequest& request,
                                                          const ViewReader& rows,
                                                          QueryContext& context);

  // Kind and id: records that match equally well are answered in this order.
  using RecordKey = std::pair<uint8_t, Uuid>;
  enum Matching : bool { kBeginning = false, kWhole = true };
  // Calls `visit(record, term)` for the records whose term begins with `text`, or is it, in the
  // order of terms.
  static absl::Status ScanTerms(
      const ViewReader& rows, TermField field, const std::string& text, Matching matching,
      absl::FunctionRef<absl::Status(const RecordKey& record, const std::string& term)> visit);

  // A record as queries need it.
  struct Found {
    std::string name;  // resource name
    domain::Scope scope;
    Findable findable;
    bool archived = false;
    bool refused = false;
  };
  // Nullopt when there is no such record.
  static absl::StatusOr<std::optional<Found>> Find(const ViewReader& rows, uint8_t kind,
                                                   const Uuid& id);
  // Whether the caller sees records of this kind with this scope.
  static bool IsShown(uint8_t kind, const domain::Scope& scope, const QueryContext& context);

 private:
  template <class Card, class E, class Fold>
  static absl::Status Reindex(Kind kind, const Cards<Card>& cards, const E& event,
                              const domain::EventMetadata& metadata, ViewTransaction& rows,
                              Fold fold) {
    const Uuid& id = metadata.stream.id;
    ASSIGN_OR_RETURN(Card * card, cards.Edit(rows, {id}));
    if constexpr (!TellsOfPerson<E>) {
      // Names, addresses and sites change with details only.
      fold(*card);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const views::v1::PersonalDetails before,
                     DetailsOf(kPersons, rows, card->subject_id(), id.ToBytes()));
    const absl::btree_set<Term> terms = TermsOf(FindableOf(*card, before));
    fold(*card);
    RETURN_IF_ERROR(FoldInto(kPersons, card->subject_id(), event, metadata, rows));
    ASSIGN_OR_RETURN(const views::v1::PersonalDetails after,
                     DetailsOf(kPersons, rows, card->subject_id(), id.ToBytes()));
    const absl::btree_set<Term> terms_after = TermsOf(FindableOf(*card, after));
    Replace(kind, id, terms, terms_after, rows);
    NotePersonal(kind, id, domain::FromBytes<domain::PersonId>(card->subject_id()), terms_after,
                 TermsOf(FindableOf(*card, views::v1::PersonalDetails())), rows);
    return absl::OkStatus();
  }

  // The record is found by `after` and no longer by `before`.
  static void Replace(Kind kind, const Uuid& id, const absl::btree_set<Term>& before,
                      const absl::btree_set<Term>& after, ViewTransaction& rows);
  // Lists for erasure what of `terms` is not `open` to stay.
  static void NotePersonal(Kind kind, const Uuid& id, const domain::PersonId& person,
                           const absl::btree_set<Term>& terms, const absl::btree_set<Term>& open,
                           ViewTransaction& rows);
  // Terms of the record that are not personal.
  static absl::StatusOr<absl::btree_set<Term>> OpenTerms(const ViewReader& rows, uint8_t kind,
                                                         const Uuid& id);
};

}  // namespace crm::projections
