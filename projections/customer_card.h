// What a view remembers of a customer and of a contact, and how their events change that. What is
// personal in the same events goes to PersonalDetails (personal_details.h), so the cards may be
// kept and scanned by whatever key suits a view.
//
// Pure functions.
#pragma once

#include <variant>

#include "crm/events/v1/customer_events.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/event_codec.h"
#include "domain/scope.h"
#include "projections/opportunity_card.h"

namespace crm::projections {

using CustomerEvents = std::variant<events::v1::CustomerCreated, events::v1::CustomerDetailsRevised,
                                    events::v1::CustomerAssigned, events::v1::MainContactNamed,
                                    events::v1::CustomerArchived, events::v1::CustomerRestored>;
template <class E>
concept CustomerEvent = IsOneOf<E, CustomerEvents>::value;

void FoldCustomer(views::v1::CustomerCard& card, const events::v1::CustomerCreated& event,
                  const domain::EventMetadata& metadata);
void FoldCustomer(views::v1::CustomerCard& card, const events::v1::CustomerDetailsRevised& event,
                  const domain::EventMetadata& metadata);
void FoldCustomer(views::v1::CustomerCard& card, const events::v1::CustomerAssigned& event,
                  const domain::EventMetadata& metadata);
void FoldCustomer(views::v1::CustomerCard& card, const events::v1::MainContactNamed& event,
                  const domain::EventMetadata& metadata);
void FoldCustomer(views::v1::CustomerCard& card, const events::v1::CustomerArchived& event,
                  const domain::EventMetadata& metadata);
void FoldCustomer(views::v1::CustomerCard& card, const events::v1::CustomerRestored& event,
                  const domain::EventMetadata& metadata);
domain::Scope ScopeOf(const views::v1::CustomerCard& card);

using ContactEvents = std::variant<events::v1::ContactCreated, events::v1::ContactDetailsRevised,
                                   events::v1::ContactLinked, events::v1::ContactUnlinked,
                                   events::v1::ContactAssigned, events::v1::ContactArchived,
                                   events::v1::ContactRestored>;
template <class E>
concept ContactEvent = IsOneOf<E, ContactEvents>::value;

void FoldContact(views::v1::ContactCard& card, const events::v1::ContactCreated& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactDetailsRevised& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactLinked& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactUnlinked& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactAssigned& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactArchived& event,
                 const domain::EventMetadata& metadata);
void FoldContact(views::v1::ContactCard& card, const events::v1::ContactRestored& event,
                 const domain::EventMetadata& metadata);
domain::Scope ScopeOf(const views::v1::ContactCard& card);

}  // namespace crm::projections
