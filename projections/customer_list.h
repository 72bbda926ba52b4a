// CustomerList: customers and contacts by name, and leads that are no customer's yet, which appear
// among the customers as grey rows when asked for.
//
// Names are personal and lie in a table of their own, keyed by the person (by the customer itself
// for a company); an erased row stays in the list, after those with names.
#pragma once

#include <tuple>
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
  static constexpr int kVersion = 1;
  using Events = JoinEvents<CustomerEvents, ContactEvents, LeadEvents,
                            std::variant<events::v1::SubjectErased>>;

  // A customer, or the lead of a grey row.
  using RowId = std::variant<domain::CustomerId, domain::LeadId>;

  static constexpr Table<std::tuple<domain::CustomerId>, views::v1::CustomerCard> kCustomers{1};
  static constexpr Table<std::tuple<domain::ContactId>, views::v1::ContactCard> kContacts{2};
  // Which contacts a customer has.
  static constexpr Table<std::tuple<domain::CustomerId, domain::ContactId>, views::v1::ContactLink>
      kLinks{3};
  static constexpr Table<std::tuple<domain::LeadId>, views::v1::LeadCard> kLeads{4};
  static constexpr PersonalTable kPersons{5};

  template <CustomerEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::CustomerCard * card,
                     kCustomers.Edit(rows, {domain::CustomerId(metadata.stream.id)}));
    FoldCustomer(*card, event, metadata);
    return FoldInto(kPersons, card->subject_id(), event, metadata, rows);
  }
  template <ContactEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    const domain::ContactId id(metadata.stream.id);
    ASSIGN_OR_RETURN(views::v1::ContactCard * card, kContacts.Edit(rows, {id}));
    FoldContact(*card, event, metadata);
    if constexpr (std::is_same_v<E, events::v1::ContactLinked>) {
      kLinks.Put(rows, {domain::FromBytes<domain::CustomerId>(event.customer_id()), id}, {});
    }
    if constexpr (std::is_same_v<E, events::v1::ContactUnlinked>) {
      kLinks.Erase(rows, {domain::FromBytes<domain::CustomerId>(event.customer_id()), id});
    }
    return FoldInto(kPersons, card->subject_id(), event, metadata, rows);
  }
  template <LeadEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::LeadCard * card,
                     kLeads.Edit(rows, {domain::LeadId(metadata.stream.id)}));
    FoldLead(*card, event, metadata);
    return FoldInto(kPersons, card->subject_id(), event, metadata, rows);
  }
  static absl::Status Apply(const events::v1::SubjectErased& event, const domain::EventMetadata&,
                            ViewTransaction& rows) {
    return kPersons.PurgePrefix(rows, domain::FromBytes<domain::PersonId>(event.subject_id()));
  }

  // By display name. INVALID_ARGUMENT INVALID_NAME for filters that name nothing.
  static absl::StatusOr<std::vector<RowId>> Select(const v1::ListCustomersRequest& request,
                                                   const ViewReader& rows, QueryContext& context);
  // By family name, then given name.
  static absl::StatusOr<std::vector<domain::ContactId>> Select(
      const v1::ListContactsRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
