// Contact: a person at our customers.
//
//   CreateContact, or a lead's conversion
//        |
//        v
//     active  <-- Archive / Restore -->  archived
//
// Invariants, cited by tests:
//   I1  a contact has a given name or a family name (CONTACT_NAME_REQUIRED)
//   I2  e-mail addresses are plausible and stored normalised (EMAIL_INVALID); phones as entered
//   I3  links name existing customers that are not archived, each customer once
//       (CONTACT_LINK_REPEATED), at most 20 (CONTACT_LINK_LIMIT)
//   I4  nothing changes while archived, except by RestoreContact (CONTACT_ARCHIVED)
//   I5  a revision names exactly the fields whose values changed; no change, no event
//   I6  a contact born of a lead is the lead's person: it shares the lead's subject, and is erased
//       with it
//   I7  a customer's main contact is neither unlinked from it nor archived (CONTACT_IS_MAIN)
//
// Pure functions over immutable values; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/contact_service.pb.h"
#include "domain/aggregate.h"
#include "domain/decide_context.h"
#include "domain/decision.h"
#include "domain/lookup.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct ContactState {
  struct Link {
    CustomerId customer;
    std::vector<std::string> roles;  // in the order given
  };

  ContactId id;
  events::v1::ContactDetails details;  // descriptive fields as stored; personal ones may be erased
  TeamId team;
  MemberId owner;
  std::vector<Link> links;                 // in the order they were made
  LeadId lead;                             // nil: entered directly
  PersonId subject;                        // whose key seals the personal fields
  std::optional<absl::Time> archive_time;  // effective; nullopt: active
  bool erased = false;

  bool archived() const { return archive_time.has_value(); }
  // The link to this customer; null when there is none.
  const Link* FindLink(const CustomerId& customer) const;
};

struct Contact {
  using Id = ContactId;
  using State = ContactState;
  using Event = std::variant<events::v1::ContactCreated, events::v1::ContactDetailsRevised,
                             events::v1::ContactLinked, events::v1::ContactUnlinked,
                             events::v1::ContactAssigned, events::v1::ContactArchived,
                             events::v1::ContactRestored>;
  using Resource = v1::Contact;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<Contact>& contact, const Lookup& lookup);

  // Refuses by I1, I2, I3, and what ResolveOwnership (domain/ownership.h) refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateContactRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2, I4. Links, team and owner are not paths of an update.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateContactRequest&,
                                                const DecideContext&);
  // Refuses by I3, I4. Replaces the roles of an existing link.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::LinkContactRequest&,
                                                const DecideContext&);
  // Refuses by I4, I7. Unlinking what is not linked decides nothing.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UnlinkContactRequest&,
                                                const DecideContext&);
  // Refuses by I4, and what ResolveOwnership refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AssignContactRequest&,
                                                const DecideContext&);
  // Refuses by I7.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveContactRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreContactRequest&,
                                                const DecideContext&);

  // The update's target is named inside the resource.
  static absl::StatusOr<ContactId> TargetOf(const v1::UpdateContactRequest&, const Caller&);
};

// Whether a lead names a person, so that its conversion makes a contact.
bool NamesPerson(const events::v1::LeadDetails& details);

// The birth of a contact from a lead (I6), as an effect of its conversion.
events::v1::ContactCreated ContactFromLead(const LeadId& lead, const PersonId& lead_person,
                                           const events::v1::LeadDetails& details,
                                           const events::v1::Ownership& ownership);

// FAILED_PRECONDITION CONTACT_LINK_LIMIT when the contact belongs to as many customers as it may.
absl::Status RequireRoomForLink(const ContactState& contact);

// FAILED_PRECONDITION CONTACT_ARCHIVED unless the contact is active: for records that refer to one.
absl::Status RequireActive(const Ref<Contact>& contact);

}  // namespace crm::domain
