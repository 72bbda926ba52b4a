#include "domain/contact/contact.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/contact_points.h"
#include "domain/customer/customer.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using events::v1::ContactArchived;
using events::v1::ContactAssigned;
using events::v1::ContactCreated;
using events::v1::ContactDetails;
using events::v1::ContactDetailsRevised;
using events::v1::ContactLinked;
using events::v1::ContactRestored;
using events::v1::ContactUnlinked;
using ContactDecision = absl::StatusOr<Decision<Contact::Event>>;

constexpr size_t kMaxLinks = 20;

void Own(ContactState& state, const events::v1::Ownership& stored) {
  state.team = FromBytes<TeamId>(stored.team_id());
  state.owner = FromBytes<MemberId>(stored.owner_id());
}

void On(ContactState& state, const ContactCreated& event, const EventMetadata& metadata) {
  state.id = ContactId(metadata.stream.id);
  state.details = event.details();
  Own(state, event.ownership());
  state.lead = FromBytes<LeadId>(event.lead_id());
  state.subject = FromBytes<PersonId>(event.subject_id());
}

void On(ContactState& state, const ContactDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
}

void On(ContactState& state, const ContactLinked& event, const EventMetadata&) {
  const auto customer = FromBytes<CustomerId>(event.customer_id());
  const std::vector<std::string> roles(event.roles().begin(), event.roles().end());
  for (ContactState::Link& link : state.links) {
    if (link.customer != customer) continue;
    link.roles = roles;
    return;
  }
  state.links.push_back({customer, roles});
}

void On(ContactState& state, const ContactUnlinked& event, const EventMetadata&) {
  const auto customer = FromBytes<CustomerId>(event.customer_id());
  std::erase_if(state.links,
                [&](const ContactState::Link& link) { return link.customer == customer; });
}

void On(ContactState& state, const ContactAssigned& event, const EventMetadata&) {
  Own(state, event.to());
}

void On(ContactState& state, const ContactArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(ContactState& state, const ContactRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

absl::Status ContactIsArchived(const ContactId& id) {
  return Refuse("CONTACT_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"contact", NameOf(id)}});
}

absl::Status RequireActive(const ContactState& state) {
  return state.archived() ? ContactIsArchived(state.id) : absl::OkStatus();
}

// I1
absl::Status RequireName(const ContactDetails& details) {
  if (!details.given_name().empty() || !details.family_name().empty()) return absl::OkStatus();
  return Invalid("CONTACT_NAME_REQUIRED", "a contact has a given name or a family name");
}

// The stored form: a field is present exactly when it says something, so that details compare.
absl::StatusOr<ContactDetails> DetailsFrom(const v1::Contact& contact) {
  ContactDetails details;
  const absl::string_view given_name = absl::StripAsciiWhitespace(contact.given_name());
  if (!given_name.empty()) details.set_given_name(std::string(given_name));
  const absl::string_view family_name = absl::StripAsciiWhitespace(contact.family_name());
  if (!family_name.empty()) details.set_family_name(std::string(family_name));
  ASSIGN_OR_RETURN(*details.mutable_emails(), NormalizedEmails(contact.emails()));
  *details.mutable_phones() = TrimmedPhones(contact.phones());
  if (!contact.job_title().empty()) details.set_job_title(contact.job_title());
  if (!contact.language_code().empty()) details.set_language_code(contact.language_code());
  *details.mutable_tags() = contact.tags();
  return details;
}

void Show(const ContactDetails& details, v1::Contact& contact) {
  contact.set_given_name(details.given_name());
  contact.set_family_name(details.family_name());
  *contact.mutable_emails() = details.emails();
  *contact.mutable_phones() = details.phones();
  contact.set_job_title(details.job_title());
  contact.set_language_code(details.language_code());
  *contact.mutable_tags() = details.tags();
}

// I3
absl::StatusOr<ContactLinked> Linked(const v1::Contact::Link& link, const DecideContext& context) {
  ASSIGN_OR_RETURN(const CustomerId id, ParseName<CustomerId>(link.customer()));
  ASSIGN_OR_RETURN(const Ref<Customer> customer, context.RequireSeen<Customer>(id));
  RETURN_IF_ERROR(domain::RequireActive(customer));
  ContactLinked linked;
  linked.set_customer_id(ToBytes(id));
  *linked.mutable_roles() = link.roles();
  return linked;
}

// I7
absl::Status RequireNotMain(const ContactId& self, const CustomerId& of,
                            const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Customer> customer, context.Find<Customer>(of));
  // An archived customer names nobody until it is restored, which looks at its main contact.
  if (customer->main_contact != self || customer->archived()) return absl::OkStatus();
  return Refuse("CONTACT_IS_MAIN",
                absl::StrCat(NameOf(self), " is the main contact of ", NameOf(of),
                             ": name another one first"),
                {{"contact", NameOf(self)}, {"customer", NameOf(of)}});
}

}  // namespace

const ContactState::Link* ContactState::FindLink(const CustomerId& customer) const {
  const auto link = std::find_if(links.begin(), links.end(),
                                 [&](const Link& each) { return each.customer == customer; });
  return link == links.end() ? nullptr : &*link;
}

ContactState Contact::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  state.erased = state.erased || metadata.erased;
  return state;
}

Scope Contact::ScopeOf(const State& state) {
  return {.team = state.team, .owner = state.owner, .contributors = {}, .shared = false};
}

absl::StatusOr<v1::Contact> Contact::Render(const Ref<Contact>& contact, const Lookup&) {
  const State& state = contact.state();
  v1::Contact shown;
  Show(state.details, shown);
  shown.set_name(NameOf(contact.id));
  for (const State::Link& link : state.links) {
    v1::Contact::Link& shown_link = *shown.add_links();
    shown_link.set_customer(NameOf(link.customer));
    shown_link.mutable_roles()->Add(link.roles.begin(), link.roles.end());
  }
  shown.set_team(NameOf(state.team));
  shown.set_owner(NameOf(state.owner));
  shown.set_lead(NameOf(state.lead));
  shown.set_erased(state.erased);
  if (state.archived()) *shown.mutable_archive_time() = TimestampOf(*state.archive_time);
  Stamp(shown, contact.head);
  return shown;
}

ContactDecision Contact::Decide(const State&, const v1::CreateContactRequest& command,
                                const DecideContext& context) {
  const v1::Contact& contact = command.contact();
  ContactCreated created;
  ASSIGN_OR_RETURN(*created.mutable_details(), DetailsFrom(contact));
  RETURN_IF_ERROR(RequireName(created.details()));
  ASSIGN_OR_RETURN(const Ownership ownership,
                   ResolveOwnership(contact.team(), contact.owner(), context));
  *created.mutable_ownership() = ToEvent(ownership);
  created.set_subject_id(ToBytes(context.NewId<ContactId>(0)));
  Decision<Event> decision(std::move(created));
  std::vector<std::string> customers;
  for (const v1::Contact::Link& link : contact.links()) {
    if (std::count(customers.begin(), customers.end(), link.customer()) > 0) {
      return Invalid("CONTACT_LINK_REPEATED",
                     absl::StrCat("the contact is linked to ", link.customer(), " twice"),
                     {{"customer", link.customer()}});
    }
    customers.push_back(link.customer());
    ASSIGN_OR_RETURN(ContactLinked linked, Linked(link, context));
    decision.Add(std::move(linked));
  }
  return decision;
}

ContactDecision Contact::Decide(const State& state, const v1::UpdateContactRequest& command,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(command.contact(), command.update_mask(),
                                         {"given_name", "family_name", "emails", "phones",
                                          "job_title", "language_code", "tags"}));
  v1::Contact current;
  Show(state.details, current);
  ASSIGN_OR_RETURN(const ContactDetails details,
                   DetailsFrom(changes.Merged(current, command.contact())));
  auto revised = RevisionOf<ContactDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  if (changes.Has("given_name") || changes.Has("family_name")) {
    RETURN_IF_ERROR(RequireName(details));
  }
  revised.set_subject_id(ToBytes(state.subject));
  return revised;
}

ContactDecision Contact::Decide(const State& state, const v1::LinkContactRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(ContactLinked linked, Linked(command.link(), context));
  const State::Link* link = state.FindLink(FromBytes<CustomerId>(linked.customer_id()));
  if (link != nullptr && std::equal(link->roles.begin(), link->roles.end(), linked.roles().begin(),
                                    linked.roles().end())) {
    return Decision<Event>();
  }
  if (link == nullptr) RETURN_IF_ERROR(RequireRoomForLink(state));
  return linked;
}

ContactDecision Contact::Decide(const State& state, const v1::UnlinkContactRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(const CustomerId id, ParseName<CustomerId>(command.customer()));
  if (state.FindLink(id) == nullptr) return Decision<Event>();
  RETURN_IF_ERROR(RequireNotMain(state.id, id, context));
  ContactUnlinked unlinked;
  unlinked.set_customer_id(ToBytes(id));
  return unlinked;
}

ContactDecision Contact::Decide(const State& state, const v1::AssignContactRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  const Ownership from = {state.team, state.owner};
  if (to == from) return Decision<Event>();
  ContactAssigned assigned;
  *assigned.mutable_from() = ToEvent(from);
  *assigned.mutable_to() = ToEvent(to);
  return assigned;
}

ContactDecision Contact::Decide(const State& state, const v1::ArchiveContactRequest&,
                                const DecideContext& context) {
  if (state.archived()) return Decision<Event>();
  for (const State::Link& link : state.links) {
    RETURN_IF_ERROR(RequireNotMain(state.id, link.customer, context));
  }
  return ContactArchived();
}

ContactDecision Contact::Decide(const State& state, const v1::RestoreContactRequest&,
                                const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return ContactRestored();
}

absl::StatusOr<ContactId> Contact::TargetOf(const v1::UpdateContactRequest& command,
                                            const Caller&) {
  return ParseName<ContactId>(command.contact().name());
}

bool NamesPerson(const events::v1::LeadDetails& details) {
  return !details.given_name().empty() || !details.family_name().empty();
}

ContactCreated ContactFromLead(const LeadId& lead, const PersonId& lead_person,
                               const events::v1::LeadDetails& details,
                               const events::v1::Ownership& ownership) {
  ContactCreated created;
  ContactDetails& born = *created.mutable_details();
  if (!details.given_name().empty()) born.set_given_name(details.given_name());
  if (!details.family_name().empty()) born.set_family_name(details.family_name());
  if (!details.email().empty()) born.add_emails(details.email());
  if (!details.phone().empty()) born.add_phones(details.phone());
  if (!details.job_title().empty()) born.set_job_title(details.job_title());
  if (!details.language_code().empty()) born.set_language_code(details.language_code());
  *born.mutable_tags() = details.tags();
  *created.mutable_ownership() = ownership;
  created.set_lead_id(ToBytes(lead));
  created.set_subject_id(ToBytes(lead_person));
  return created;
}

absl::Status RequireRoomForLink(const ContactState& contact) {
  if (contact.links.size() < kMaxLinks) return absl::OkStatus();
  return Refuse("CONTACT_LINK_LIMIT",
                absl::StrCat("a contact belongs to at most ", kMaxLinks, " customers"),
                {{"contact", NameOf(contact.id)}, {"maximum", absl::StrCat(kMaxLinks)}});
}

absl::Status RequireActive(const Ref<Contact>& contact) {
  return contact->archived() ? ContactIsArchived(contact.id) : absl::OkStatus();
}

}  // namespace crm::domain
