// CustomerOverview: what a customer is to us - contacts, opportunities, leads, what they are worth,
// and when something last happened. Totals are computed at query time from the cards the caller
// sees; a group of alternatives counts once, as on boards.
//
// Holds ids and figures and nothing personal. The customer itself is not rendered here: the service
// adds it from its stream, and checks that the caller may see it.
#pragma once

#include <optional>
#include <tuple>
#include <variant>

#include "crm/v1/customer_service.pb.h"
#include "crm/views/v1/customer_overview.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/types/ids.h"
#include "projections/customer_card.h"
#include "projections/lead_card.h"
#include "projections/opportunity_card.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"
#include "projections/weighing.h"

namespace crm::projections {

struct CustomerOverview {
  static constexpr absl::string_view kName = "customer_overview";
  static constexpr int kVersion = 1;
  using Events = JoinEvents<CustomerEvents, ContactEvents, LeadEvents, OpportunityEvents,
                            GroupEvents, PipelineEvents>;

  // Which records of a kind a customer has.
  template <class Id>
  using RecordsOf = Table<std::tuple<domain::CustomerId, Id>, views::v1::CustomerRecord>;

  static constexpr Table<std::tuple<domain::CustomerId>, views::v1::CustomerCard> kCustomers{1};
  static constexpr Table<std::tuple<domain::ContactId>, views::v1::ContactCard> kContacts{2};
  static constexpr Table<std::tuple<domain::LeadId>, views::v1::LeadCard> kLeads{3};
  static constexpr Table<std::tuple<domain::OpportunityId>, views::v1::OpportunityCard>
      kOpportunities{4};
  static constexpr Table<std::tuple<Uuid>, views::v1::PipelineShape> kPipelines{5};
  static constexpr Table<std::tuple<Uuid>, views::v1::GroupShape> kGroups{6};
  static constexpr Table<std::tuple<domain::CustomerId, domain::ContactId>, views::v1::ContactLink>
      kLinks{7};
  static constexpr RecordsOf<domain::LeadId> kLeadsOf{8};
  static constexpr RecordsOf<domain::OpportunityId> kOpportunitiesOf{9};
  static constexpr auto kTables =
      std::tuple(kCustomers, kContacts, kLeads, kOpportunities, kPipelines, kGroups, kLinks,
                 kLeadsOf, kOpportunitiesOf);

  template <CustomerEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(views::v1::CustomerCard * card,
                     kCustomers.Edit(rows, {domain::CustomerId(metadata.stream.id)}));
    FoldCustomer(*card, event, metadata);
    return absl::OkStatus();
  }
  template <ContactEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    const domain::ContactId id(metadata.stream.id);
    ASSIGN_OR_RETURN(views::v1::ContactCard * card, kContacts.Edit(rows, {id}));
    FoldContact(*card, event, metadata);
    if constexpr (std::is_same_v<E, events::v1::ContactLinked>) {
      return Link(domain::FromBytes<domain::CustomerId>(event.customer_id()), id, metadata, rows);
    }
    if constexpr (std::is_same_v<E, events::v1::ContactUnlinked>) {
      kLinks.Erase(rows, {domain::FromBytes<domain::CustomerId>(event.customer_id()), id});
    }
    return absl::OkStatus();
  }
  template <LeadEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    const domain::LeadId id(metadata.stream.id);
    ASSIGN_OR_RETURN(views::v1::LeadCard * card, kLeads.Edit(rows, {id}));
    const std::string before = card->customer_id();
    FoldLead(*card, event, metadata);
    Move(kLeadsOf, id, before, card->customer_id(), rows);
    return absl::OkStatus();
  }
  template <OpportunityEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    const domain::OpportunityId id(metadata.stream.id);
    ASSIGN_OR_RETURN(views::v1::OpportunityCard * card, kOpportunities.Edit(rows, {id}));
    const std::string before = card->customer_id();
    FoldCard(*card, event, metadata);
    Move(kOpportunitiesOf, id, before, card->customer_id(), rows);
    return absl::OkStatus();
  }
  template <GroupEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kGroups.Edit(rows, {metadata.stream.id}), event);
  }
  template <PipelineEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    return FoldShape(kPipelines.Edit(rows, {metadata.stream.id}), event);
  }

  // Everything but the customer itself. INVALID_ARGUMENT INVALID_NAME when it names none; of a
  // customer the view does not know there is nothing to tell.
  static absl::StatusOr<v1::CustomerOverview> Answer(const v1::GetCustomerOverviewRequest& request,
                                                     const ViewReader& rows, QueryContext& context);

 private:
  // Notes the first link; a later one changes roles only.
  static absl::Status Link(const domain::CustomerId& customer, const domain::ContactId& contact,
                           const domain::EventMetadata& metadata, ViewTransaction& rows);
  // Keeps the index of a record's customer; empty ids are none.
  template <class Id>
  static void Move(const RecordsOf<Id>& index, const Id& id, const std::string& before,
                   const std::string& after, ViewTransaction& rows) {
    if (before == after) return;
    if (!before.empty()) index.Erase(rows, {domain::FromBytes<domain::CustomerId>(before), id});
    if (!after.empty()) index.Put(rows, {domain::FromBytes<domain::CustomerId>(after), id}, {});
  }
};

}  // namespace crm::projections
