#include "domain/customer/customer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "domain/contact/contact.h"
#include "domain/contact_points.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using events::v1::CustomerArchived;
using events::v1::CustomerAssigned;
using events::v1::CustomerCreated;
using events::v1::CustomerDetails;
using events::v1::CustomerDetailsRevised;
using events::v1::CustomerRestored;
using events::v1::MainContactNamed;
using CustomerDecision = absl::StatusOr<Decision<Customer::Event>>;

constexpr int kMaxAncestors = 32;

void Own(CustomerState& state, const events::v1::Ownership& stored) {
  state.team = FromBytes<TeamId>(stored.team_id());
  state.account_manager = FromBytes<MemberId>(stored.owner_id());
}

void On(CustomerState& state, const CustomerCreated& event, const EventMetadata& metadata) {
  state.id = CustomerId(metadata.stream.id);
  state.kind = static_cast<v1::CustomerKind>(event.kind());
  state.details = event.details();
  Own(state, event.ownership());
  state.lead = FromBytes<LeadId>(event.lead_id());
  state.subject = FromBytes<PersonId>(event.subject_id());
}

void On(CustomerState& state, const CustomerDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
}

void On(CustomerState& state, const CustomerAssigned& event, const EventMetadata&) {
  Own(state, event.to());
}

void On(CustomerState& state, const MainContactNamed& event, const EventMetadata&) {
  state.main_contact = FromBytes<ContactId>(event.contact_id());
}

void On(CustomerState& state, const CustomerArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(CustomerState& state, const CustomerRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

absl::Status CustomerIsArchived(const CustomerId& id) {
  return Refuse("CUSTOMER_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"customer", NameOf(id)}});
}

absl::Status RequireActive(const CustomerState& state) {
  return state.archived() ? CustomerIsArchived(state.id) : absl::OkStatus();
}

// I1
absl::Status RequireName(const CustomerDetails& details) {
  if (!details.display_name().empty()) return absl::OkStatus();
  return Invalid("CUSTOMER_NAME_REQUIRED", "a customer has a display name");
}

absl::Status ParentCycle(const CustomerId& parent) {
  return Refuse("CUSTOMER_PARENT_CYCLE",
                absl::StrCat(NameOf(parent), " is the customer itself or one of its descendants"),
                {{"parent", NameOf(parent)}});
}

// I3. Every customer on the way up is consulted, so that two that become each other's parent at
// once meet in one of the streams.
absl::Status CheckParent(const CustomerId& self, const CustomerId& parent,
                         const DecideContext& context) {
  if (parent.IsNil()) return absl::OkStatus();
  if (parent == self) return ParentCycle(parent);
  ASSIGN_OR_RETURN(Ref<Customer> ancestor, context.RequireSeen<Customer>(parent));
  RETURN_IF_ERROR(domain::RequireActive(ancestor));
  for (int ancestors = 1; !ancestor->parent().IsNil(); ++ancestors) {
    if (ancestor->parent() == self) return ParentCycle(parent);
    if (ancestors == kMaxAncestors) {
      return Refuse("CUSTOMER_PARENT_TOO_DEEP",
                    absl::StrCat("a customer has at most ", kMaxAncestors, " ancestors"),
                    {{"parent", NameOf(parent)}, {"maximum", absl::StrCat(kMaxAncestors)}});
    }
    ASSIGN_OR_RETURN(ancestor, context.Find<Customer>(ancestor->parent()));
  }
  return absl::OkStatus();
}

// The stored form: a field is present exactly when it says something, so that details compare.
absl::StatusOr<CustomerDetails> DetailsFrom(const v1::Customer& customer) {
  CustomerDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(customer.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  ASSIGN_OR_RETURN(*details.mutable_emails(), NormalizedEmails(customer.emails()));
  *details.mutable_phones() = TrimmedPhones(customer.phones());
  for (const v1::Address& address : customer.addresses()) {
    CopyAddress(address, *details.add_addresses());
  }
  if (!customer.website().empty()) details.set_website(customer.website());
  if (!customer.industry().empty()) details.set_industry(customer.industry());
  if (customer.has_employee_count()) details.set_employee_count(customer.employee_count());
  if (customer.has_annual_revenue()) {
    ASSIGN_OR_RETURN(const Money revenue, Money::FromProto(customer.annual_revenue()));
    *details.mutable_annual_revenue() = StoredAmount(revenue);
  }
  if (!customer.language_code().empty()) details.set_language_code(customer.language_code());
  if (!customer.region_code().empty()) details.set_region_code(customer.region_code());
  *details.mutable_tags() = customer.tags();
  ASSIGN_OR_RETURN(const CustomerId parent, ParseOptionalName<CustomerId>(customer.parent()));
  if (!parent.IsNil()) details.set_parent_id(ToBytes(parent));
  if (customer.has_latitude_e7()) details.set_latitude_e7(customer.latitude_e7());
  if (customer.has_longitude_e7()) details.set_longitude_e7(customer.longitude_e7());
  return details;
}

void Show(const CustomerDetails& details, v1::Customer& customer) {
  customer.set_display_name(details.display_name());
  *customer.mutable_emails() = details.emails();
  *customer.mutable_phones() = details.phones();
  for (const events::v1::Address& address : details.addresses()) {
    CopyAddress(address, *customer.add_addresses());
  }
  customer.set_website(details.website());
  customer.set_industry(details.industry());
  if (details.has_employee_count()) customer.set_employee_count(details.employee_count());
  if (const auto revenue = AmountFromStored(details.annual_revenue()); revenue.has_value()) {
    *customer.mutable_annual_revenue() = revenue->ToProto();
  }
  customer.set_language_code(details.language_code());
  customer.set_region_code(details.region_code());
  *customer.mutable_tags() = details.tags();
  customer.set_parent(NameOf(FromBytes<CustomerId>(details.parent_id())));
  if (details.has_latitude_e7()) customer.set_latitude_e7(details.latitude_e7());
  if (details.has_longitude_e7()) customer.set_longitude_e7(details.longitude_e7());
}

}  // namespace

CustomerState Customer::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  state.erased = state.erased || metadata.erased;
  return state;
}

Scope Customer::ScopeOf(const State& state) {
  return {.team = state.team, .owner = state.account_manager, .contributors = {}, .shared = false};
}

absl::StatusOr<v1::Customer> Customer::Render(const Ref<Customer>& customer, const Lookup&) {
  const State& state = customer.state();
  v1::Customer shown;
  Show(state.details, shown);
  shown.set_name(NameOf(customer.id));
  shown.set_kind(state.kind);
  shown.set_team(NameOf(state.team));
  shown.set_account_manager(NameOf(state.account_manager));
  shown.set_main_contact(NameOf(state.main_contact));
  shown.set_lead(NameOf(state.lead));
  shown.set_erased(state.erased);
  if (state.archived()) *shown.mutable_archive_time() = TimestampOf(*state.archive_time);
  Stamp(shown, customer.head);
  return shown;
}

CustomerDecision Customer::Decide(const State&, const v1::CreateCustomerRequest& command,
                                  const DecideContext& context) {
  const v1::Customer& customer = command.customer();
  const auto id = context.NewId<CustomerId>(0);
  CustomerCreated created;
  ASSIGN_OR_RETURN(*created.mutable_details(), DetailsFrom(customer));
  RETURN_IF_ERROR(RequireName(created.details()));
  RETURN_IF_ERROR(CheckParent(id, FromBytes<CustomerId>(created.details().parent_id()), context));
  ASSIGN_OR_RETURN(const Ownership ownership,
                   ResolveOwnership(customer.team(), customer.account_manager(), context));
  *created.mutable_ownership() = ToEvent(ownership);
  created.set_kind(customer.kind() == v1::CUSTOMER_KIND_PERSON ? v1::CUSTOMER_KIND_PERSON
                                                               : v1::CUSTOMER_KIND_COMPANY);
  created.set_subject_id(ToBytes(id));
  return created;
}

CustomerDecision Customer::Decide(const State& state, const v1::UpdateCustomerRequest& command,
                                  const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.customer(), command.update_mask(),
                            {"display_name", "emails", "phones", "addresses", "website", "industry",
                             "employee_count", "annual_revenue", "language_code", "region_code",
                             "tags", "parent", "latitude_e7", "longitude_e7"}));
  v1::Customer current;
  Show(state.details, current);
  ASSIGN_OR_RETURN(const CustomerDetails details,
                   DetailsFrom(changes.Merged(current, command.customer())));
  auto revised = RevisionOf<CustomerDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  if (changes.Has("display_name")) RETURN_IF_ERROR(RequireName(details));
  if (changes.Has("parent")) {
    RETURN_IF_ERROR(CheckParent(state.id, FromBytes<CustomerId>(details.parent_id()), context));
  }
  revised.set_subject_id(ToBytes(state.subject));
  return revised;
}

CustomerDecision Customer::Decide(const State& state, const v1::AssignCustomerRequest& command,
                                  const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(const Ownership to,
                   ResolveOwnership(command.team(), command.account_manager(), context));
  const Ownership from = {state.team, state.account_manager};
  if (to == from) return Decision<Event>();
  CustomerAssigned assigned;
  *assigned.mutable_from() = ToEvent(from);
  *assigned.mutable_to() = ToEvent(to);
  return assigned;
}

CustomerDecision Customer::Decide(const State& state, const v1::NameMainContactRequest& command,
                                  const DecideContext& context) {
  RETURN_IF_ERROR(RequireActive(state));
  ASSIGN_OR_RETURN(const ContactId id, ParseOptionalName<ContactId>(command.contact()));
  if (id == state.main_contact) return Decision<Event>();
  if (!id.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Contact> contact, context.RequireSeen<Contact>(id));
    RETURN_IF_ERROR(domain::RequireActive(contact));
    if (contact->FindLink(state.id) == nullptr) {
      return Refuse("CONTACT_NOT_LINKED",
                    absl::StrCat(NameOf(id), " is not a contact of ", NameOf(state.id)),
                    {{"contact", NameOf(id)}, {"customer", NameOf(state.id)}});
    }
  }
  MainContactNamed named;
  named.set_contact_id(ToBytes(id));
  return named;
}

CustomerDecision Customer::Decide(const State& state, const v1::ArchiveCustomerRequest&,
                                  const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return CustomerArchived();
}

CustomerDecision Customer::Decide(const State& state, const v1::RestoreCustomerRequest&,
                                  const DecideContext& context) {
  if (!state.archived()) return Decision<Event>();
  Decision<Event> decision{CustomerRestored()};
  if (state.main_contact.IsNil()) return decision;
  // I5: the contact may have been archived or unlinked meanwhile.
  ASSIGN_OR_RETURN(const Ref<Contact> contact, context.Find<Contact>(state.main_contact));
  const bool holds = !contact->archived() && contact->FindLink(state.id) != nullptr;
  if (!holds) decision.Add(MainContactNamed());
  return decision;
}

absl::StatusOr<CustomerId> Customer::TargetOf(const v1::UpdateCustomerRequest& command,
                                              const Caller&) {
  return ParseName<CustomerId>(command.customer().name());
}

CustomerCreated BornFromLead(const LeadId& lead, const PersonId& lead_person,
                             const events::v1::LeadDetails& details,
                             const events::v1::Ownership& ownership, const CustomerId& customer) {
  CustomerCreated created;
  CustomerDetails& born = *created.mutable_details();
  const bool company = !details.company_name().empty();
  created.set_kind(company ? v1::CUSTOMER_KIND_COMPANY : v1::CUSTOMER_KIND_PERSON);
  created.set_subject_id(company ? ToBytes(customer) : ToBytes(lead_person));
  created.set_lead_id(ToBytes(lead));
  *created.mutable_ownership() = ownership;

  const std::string person(
      absl::StripAsciiWhitespace(absl::StrCat(details.given_name(), " ", details.family_name())));
  // What people would call it: I1 holds for every lead with contact data.
  for (const std::string& name :
       {details.company_name(), person, details.display_name(), details.email(), details.phone()}) {
    if (!born.has_display_name() && !name.empty()) born.set_display_name(name);
  }
  if (!company || !NamesPerson(details)) {
    if (!details.email().empty()) born.add_emails(details.email());
    if (!details.phone().empty()) born.add_phones(details.phone());
  }
  if (details.has_website()) born.set_website(details.website());
  if (details.has_industry()) born.set_industry(details.industry());
  if (details.has_employee_count()) born.set_employee_count(details.employee_count());
  if (details.has_language_code()) born.set_language_code(details.language_code());
  if (details.has_region_code()) born.set_region_code(details.region_code());
  *born.mutable_tags() = details.tags();
  return created;
}

absl::Status RequireActive(const Ref<Customer>& customer) {
  return customer->archived() ? CustomerIsArchived(customer.id) : absl::OkStatus();
}

}  // namespace crm::domain
