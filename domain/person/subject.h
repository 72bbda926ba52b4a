// Whose data a record holds: the person whose key seals its personal fields. A contact or customer
// born from a lead shares the lead's person, so erasing one erases them all. Pure and thread-safe.
#pragma once

#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/member/member.h"

namespace crm::domain {

inline PersonId SubjectOf(const Ref<Lead>& lead) { return lead->subject; }
inline PersonId SubjectOf(const Ref<Contact>& contact) { return contact->subject; }
inline PersonId SubjectOf(const Ref<Member>& member) { return PersonId(member.id.uuid()); }
// Nil for a company, which is no person.
inline PersonId SubjectOf(const Ref<Customer>& customer) {
  return customer->kind == v1::CUSTOMER_KIND_PERSON ? customer->subject : PersonId();
}

}  // namespace crm::domain
