// CustomerList: customers and contacts by name, and leads that are no customer's yet, which appear
// among the customers as grey rows when asked for.
//
// Lists are read in the order of their keys, no further than the page. The keys hold names, which
// are personal: a table of its own notes, by person (by the customer itself for a company), under
// which names the person's records were ever listed, and an erasure purges them there and here. An
// erased record stays in the list, after those with names.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/types/ids.h"
#include "projections/customer_card.h"
#include "projections/lead_card.h"
#include "projections/personal_details.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct CustomerList {
  static constexpr absl::string_view kName = "customer_list";
  static constexpr int kVersion = 2;
  using Events = JoinEvents<CustomerEvents, ContactEvents, LeadEvents,
                            std::variant<events::v1::SubjectErased>>;

  // A customer, or the lead of a grey row.
  using RowId = std::variant<domain::CustomerId, domain::LeadId>;

  // Stored in keys: never renumber.
  enum List : uint8_t { kCustomerRows = 1, kGreyRows = 2, kContactRows = 3 };

  template <class Card>
  using Cards = Table<std::tuple<Uuid>, Card>;
  static constexpr Cards<views::v1::CustomerCard> kCustomers{1};
  static constexpr Cards<views::v1::ContactCard> kContacts{2};
  // Which contacts a customer has.
  static constexpr Table<std::tuple<domain::CustomerId, domain::ContactId>, views::v1::ContactLink>
      kLinks{3};
  static constexpr Cards<views::v1::LeadCard> kLeads{4};
  static constexpr PersonalTable kPersons{5};
  // List, archived; without a name; name (of a contact the last, then the first one), record.
  using ListKey = std::tuple<uint8_t, bool, bool, std::string, std::string, Uuid>;
  static constexpr Table<ListKey, views::v1::ListedRecord> kListed{6};
  // The same after the person.
  using PersonalListKey =
      std::tuple<domain::PersonId, uint8_t, bool, bool, std::string, std::string, Uuid>;
  static constexpr Table<PersonalListKey, views::v1::ListedName> kListedNames{7};
  static constexpr auto kTables =
      std::tuple(kCustomers, kContacts, kLinks, kLeads, kPersons, kListed, kListedNames);

  template <CustomerEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return Relist(kCustomers, event, metadata, rows,
                  [&](views::v1::CustomerCard& card) { FoldCustomer(card, event, metadata); });
  }
  template <ContactEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    const domain::ContactId id(metadata.stream.id);
    if constexpr (std::is_same_v<E, events::v1::ContactLinked>) {
      kLinks.Put(rows, {domain::FromBytes<domain::CustomerId>(event.customer_id()), id}, {});
    }
    if constexpr (std::is_same_v<E, events::v1::ContactUnlinked>) {
      kLinks.Erase(rows, {domain::FromBytes<domain::CustomerId>(event.customer_id()), id});
    }
    return Relist(kContacts, event, metadata, rows,
                  [&](views::v1::ContactCard& card) { FoldContact(card, event, metadata); });
  }
  template <LeadEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return Relist(kLeads, event, metadata, rows,
                  [&](views::v1::LeadCard& card) { FoldLead(card, event, metadata); });
  }
  static absl::Status Apply(const events::v1::SubjectErased& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // By display name. INVALID_ARGUMENT INVALID_NAME for filters that name nothing.
  static absl::StatusOr<std::vector<RowId>> Select(const v1::ListCustomersRequest& request,
                                                   const ViewReader& rows, QueryContext& context);
  // By family name, then given name.
  static absl::StatusOr<std::vector<domain::ContactId>> Select(
      const v1::ListContactsRequest& request, const ViewReader& rows, QueryContext& context);

  // How a record stands in its list.
  struct Listing {
    ListKey key;
    views::v1::ListedRecord row;
  };
  // Nullopt for what is in no list: a lead that is somebody's or not worked on, a card not begun.
  static std::optional<Listing> ListingOf(const views::v1::CustomerCard& card,
                                          const views::v1::PersonalDetails& person);
  static std::optional<Listing> ListingOf(const views::v1::ContactCard& card,
                                          const views::v1::PersonalDetails& person);
  static std::optional<Listing> ListingOf(const views::v1::LeadCard& card,
                                          const views::v1::PersonalDetails& person);

 private:
  template <class Card, class E, class Fold>
  static absl::Status Relist(const Cards<Card>& cards, const E& event,
                             const domain::EventMetadata& metadata, ViewTransaction& rows,
                             Fold fold) {
    const std::string id = metadata.stream.id.ToBytes();
    ASSIGN_OR_RETURN(Card * card, cards.Edit(rows, {metadata.stream.id}));
    ASSIGN_OR_RETURN(views::v1::PersonalDetails person,
                     DetailsOf(kPersons, rows, card->subject_id(), id));
    const std::optional<Listing> before = ListingOf(*card, person);
    fold(*card);
    if constexpr (TellsOfPerson<E>) {
      RETURN_IF_ERROR(FoldInto(kPersons, card->subject_id(), event, metadata, rows));
      ASSIGN_OR_RETURN(person, DetailsOf(kPersons, rows, card->subject_id(), id));
    }
    Replace(before, ListingOf(*card, person),
            domain::FromBytes<domain::PersonId>(card->subject_id()), rows);
    return absl::OkStatus();
  }

  // The record stands in its list as `after` and no longer as `before`; its name is noted for the
  // person's erasure.
  static void Replace(const std::optional<Listing>& before, const std::optional<Listing>& after,
                      const domain::PersonId& person, ViewTransaction& rows);
  // How the record stands without what is personal.
  static absl::StatusOr<std::optional<Listing>> ListingWithoutPerson(const ViewReader& rows,
                                                                     uint8_t list, const Uuid& id);
};

}  // namespace crm::projections
