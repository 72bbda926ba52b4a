#include "projections/customer_card.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "projections/personal_details.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using views::v1::ContactCard;
using views::v1::CustomerCard;

template <class Card>
void Touch(Card& card, const EventMetadata& metadata) {
  card.set_update_time_us(absl::ToUnixMicros(metadata.effective_time));
}

template <class Card>
void SetOwnership(Card& card, const events::v1::Ownership& ownership) {
  card.set_team_id(ownership.team_id());
  card.set_owner_id(ownership.owner_id());
}

template <class Card>
void SetArchived(Card& card, bool archived, const EventMetadata& metadata) {
  card.set_archived(archived);
  Touch(card, metadata);
}

template <class Card>
domain::Scope ScopeOfCard(const Card& card) {
  domain::Scope scope;
  scope.team = domain::FromBytes<domain::TeamId>(card.team_id());
  scope.owner = domain::FromBytes<domain::MemberId>(card.owner_id());
  return scope;
}

template <class Wanted>
void SetDetails(CustomerCard& card, const events::v1::CustomerDetails& details, Wanted wanted) {
  if (wanted("tags")) *card.mutable_tags() = details.tags();
  if (wanted("region_code")) card.set_region_code(details.region_code());
  if (wanted("website")) card.set_website(details.website());
}

}  // namespace

void FoldCustomer(CustomerCard& card, const events::v1::CustomerCreated& event,
                  const EventMetadata& metadata) {
  card.Clear();
  card.set_customer_id(metadata.stream.id.ToBytes());
  card.set_subject_id(domain::ToBytes(SubjectOf(event.subject_id(), metadata)));
  card.set_kind(event.kind());
  card.set_lead_id(event.lead_id());
  SetOwnership(card, event.ownership());
  SetDetails(card, event.details(), [](absl::string_view) { return true; });
  Touch(card, metadata);
}

void FoldCustomer(CustomerCard& card, const events::v1::CustomerDetailsRevised& event,
                  const EventMetadata& metadata) {
  SetDetails(card, event.details(),
             [&](absl::string_view path) { return IsNamed(event.fields(), path); });
  Touch(card, metadata);
}

void FoldCustomer(CustomerCard& card, const events::v1::CustomerAssigned& event,
                  const EventMetadata& metadata) {
  SetOwnership(card, event.to());
  Touch(card, metadata);
}

void FoldCustomer(CustomerCard& card, const events::v1::MainContactNamed& event,
                  const EventMetadata& metadata) {
  card.set_main_contact_id(event.contact_id());
  Touch(card, metadata);
}

void FoldCustomer(CustomerCard& card, const events::v1::CustomerArchived&,
                  const EventMetadata& metadata) {
  SetArchived(card, true, metadata);
}

void FoldCustomer(CustomerCard& card, const events::v1::CustomerRestored&,
                  const EventMetadata& metadata) {
  SetArchived(card, false, metadata);
}

domain::Scope ScopeOf(const CustomerCard& card) { return ScopeOfCard(card); }

void FoldContact(ContactCard& card, const events::v1::ContactCreated& event,
                 const EventMetadata& metadata) {
  card.Clear();
  card.set_contact_id(metadata.stream.id.ToBytes());
  card.set_subject_id(domain::ToBytes(SubjectOf(event.subject_id(), metadata)));
  SetOwnership(card, event.ownership());
  Touch(card, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactDetailsRevised&,
                 const EventMetadata& metadata) {
  Touch(card, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactLinked& event,
                 const EventMetadata& metadata) {
  // Linking again replaces the roles and nothing else.
  if (!absl::c_linear_search(card.customer_ids(), event.customer_id())) {
    card.add_customer_ids(event.customer_id());
  }
  Touch(card, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactUnlinked& event,
                 const EventMetadata& metadata) {
  auto& customers = *card.mutable_customer_ids();
  customers.erase(std::remove(customers.begin(), customers.end(), event.customer_id()),
                  customers.end());
  Touch(card, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactAssigned& event,
                 const EventMetadata& metadata) {
  SetOwnership(card, event.to());
  Touch(card, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactArchived&,
                 const EventMetadata& metadata) {
  SetArchived(card, true, metadata);
}

void FoldContact(ContactCard& card, const events::v1::ContactRestored&,
                 const EventMetadata& metadata) {
  SetArchived(card, false, metadata);
}

domain::Scope ScopeOf(const ContactCard& card) { return ScopeOfCard(card); }

}  // namespace crm::projections
