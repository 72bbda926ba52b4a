// Customer: a company or a person we sell to.
//
//   CreateCustomer, or a lead's qualification or conversion
//        |
//        v
//     active  <-- Archive / Restore -->  archived
//
// Invariants, cited by tests:
//   I1  a customer always has a name (CUSTOMER_NAME_REQUIRED)
//   I2  e-mail addresses are plausible and stored normalised (EMAIL_INVALID); phones as entered
//   I3  the chain of parents ends: no cycle (CUSTOMER_PARENT_CYCLE), at most 32 ancestors
//       (CUSTOMER_PARENT_TOO_DEEP)
//   I4  nothing changes while archived, except by RestoreCustomer (CUSTOMER_ARCHIVED)
//   I5  the main contact is linked to the customer (CONTACT_NOT_LINKED) and not archived
//   I6  a revision names exactly the fields whose values changed; no change, no event
//   I7  personal fields belong to one person for ever: the lead's person for a person born of a
//       lead, the customer itself otherwise
//
// Pure functions over immutable values; thread-safe.
#pragma once

#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "domain/aggregate.h"
#include "domain/decide_context.h"
#include "domain/decision.h"
#include "domain/lookup.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct CustomerState {
  CustomerId id;
  v1::CustomerKind kind = v1::CUSTOMER_KIND_COMPANY;
  events::v1::CustomerDetails details;  // descriptive fields as stored; personal ones may be erased
  TeamId team;
  MemberId account_manager;
  ContactId main_contact;
  LeadId lead;                             // nil: entered directly
  PersonId subject;                        // whose key seals the personal fields
  std::optional<absl::Time> archive_time;  // effective; nullopt: active
  bool erased = false;

  bool archived() const { return archive_time.has_value(); }
  CustomerId parent() const { return FromBytes<CustomerId>(details.parent_id()); }
};

struct Customer {
  using Id = CustomerId;
  using State = CustomerState;
  using Event = std::variant<events::v1::CustomerCreated, events::v1::CustomerDetailsRevised,
                             events::v1::CustomerAssigned, events::v1::MainContactNamed,
                             events::v1::CustomerArchived, events::v1::CustomerRestored>;
  using Resource = v1::Customer;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  static absl::StatusOr<Resource> Render(const Ref<Customer>& customer, const Lookup& lookup);

  // Refuses by I1, I2, I3, and what ResolveOwnership (domain/ownership.h) refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateCustomerRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2, I3, I4. Kind, team and account manager are not paths of an update.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateCustomerRequest&,
                                                const DecideContext&);
  // Refuses by I4, and what ResolveOwnership refuses.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AssignCustomerRequest&,
                                                const DecideContext&);
  // Refuses by I4, I5. An empty contact removes the main contact.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::NameMainContactRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveCustomerRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreCustomerRequest&,
                                                const DecideContext&);

  // The update's target is named inside the resource.
  static absl::StatusOr<CustomerId> TargetOf(const v1::UpdateCustomerRequest&, const Caller&);
};

// The birth of a customer from a lead, as an effect of the lead's qualification or conversion: a
// company when the lead names one, else a person, who is then the lead's person (I7). A lead's
// e-mail and phone go to its person; to the company only when the lead names nobody.
events::v1::CustomerCreated BornFromLead(const LeadId& lead, const PersonId& lead_person,
                                         const events::v1::LeadDetails& details,
                                         const events::v1::Ownership& ownership,
                                         const CustomerId& customer);

// FAILED_PRECONDITION CUSTOMER_ARCHIVED unless the customer is active: for records that refer to
// one.
absl::Status RequireActive(const Ref<Customer>& customer);

}  // namespace crm::domain
