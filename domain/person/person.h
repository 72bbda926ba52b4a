// Person: the proof that somebody's data was erased. One stream per record that named the person,
// with the record's id; its event names the subject, whose key is destroyed once the event is
// durable. The log stays whole: what was sealed with that key can be read by nobody any more.
//
//   (not erased) -> erased for ever
//
// Invariants
//   I1  Only persons are erased: a contact, a lead, a customer that is a person, or a member who is
//       deactivated (and so never the last administrator).
//   I2  Erasing twice changes nothing, whichever request asks; erasing a second record of the same
//       person proves it for that record too.
//   I3  An erased member's e-mail address is free for another. Its claim's id remains, from which
//       the address cannot be read.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/privacy_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct PersonState {
  PersonId subject;             // nil before the first event
  std::string record_category;  // of the record that named the person: "contact"
  std::string reason;

  bool erased() const { return !subject.IsNil(); }
};

struct Person {
  using Id = PersonId;
  using State = PersonState;
  using Event = std::variant<events::v1::SubjectErased>;
  using Resource = v1::Erasure;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Person>& self, const Lookup& lookup);

  // The id of the record. INVALID_ARGUMENT INVALID_NAME when it is of another kind.
  static absl::StatusOr<PersonId> TargetOf(const v1::ErasePersonRequest&, const Caller&);
  static void BirthsIfAbsent(const v1::ErasePersonRequest&);

  // Refuses REFERENCE_NOT_FOUND, NOT_A_PERSON, MEMBER_STILL_ACTIVE, ERASURE_REASON_REQUIRED.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ErasePersonRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain
