#include "domain/document/document.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/contact/contact.h"
#include "domain/contact_points.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/opportunity/opportunity.h"
#include "domain/person/subject.h"
#include "domain/rejection.h"
#include "domain/types/email.h"

namespace crm::domain {
namespace {

using StoredRecipient = events::v1::Recipient;

constexpr char kSalesChannel[] = "sales";

absl::Status SourceClosed(const std::string& name) {
  return Refuse("SOURCE_CLOSED", absl::StrCat("nothing is made of ", name, " any more"),
                {{"source", name}});
}

template <class A>
events::v1::DocumentSource SourceOf(const Ref<A>& made_of) {
  events::v1::DocumentSource source;
  source.set_category(StreamOf(made_of.id).category);
  source.set_source_id(ToBytes(made_of.id));
  source.set_version(made_of.head.version);
  return source;
}

absl::StatusOr<DocumentOrigin> OriginIn(const OpportunityId& id, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.RequireSeen<Opportunity>(id));
  const bool alive = opportunity->IsOpen() || opportunity->phase == v1::OPPORTUNITY_STATE_WON;
  if (opportunity->archived() || !alive) return SourceClosed(NameOf(id));
  DocumentOrigin origin;
  origin.display_name = opportunity->details.display_name();
  origin.source = SourceOf(opportunity);
  origin.ownership = {opportunity->team, opportunity->owner};
  origin.recipient.set_customer_id(opportunity->details.customer_id());
  origin.recipient.set_contact_id(opportunity->details.contact_id());
  origin.credited = StoredCredit(opportunity->contributors);
  return origin;
}

std::string FullName(absl::string_view given_name, absl::string_view family_name) {
  return std::string(absl::StripAsciiWhitespace(absl::StrCat(given_name, " ", family_name)));
}

absl::StatusOr<DocumentOrigin> OriginIn(const LeadId& id, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Lead> lead, context.RequireSeen<Lead>(id));
  if (!lead->IsOpen()) return SourceClosed(NameOf(id));
  DocumentOrigin origin;
  origin.display_name = lead->details.display_name();
  origin.source = SourceOf(lead);
  origin.ownership = lead->ownership;
  origin.subject = lead->subject;
  origin.recipient.set_customer_id(ToBytes(lead->customer));
  origin.recipient.set_contact_id(ToBytes(lead->contact));
  origin.recipient.set_company_name(lead->details.company_name());
  origin.recipient.set_person_name(
      FullName(lead->details.given_name(), lead->details.family_name()));
  origin.recipient.set_email(lead->details.email());
  return origin;
}

// Fills in what is still empty: whoever is asked first is believed.
class Addressing {
 public:
  explicit Addressing(StoredRecipient entered) : recipient_(std::move(entered)) {}

  void Ask(const ContactState& contact) {
    Person(FullName(contact.details.given_name(), contact.details.family_name()));
    if (!contact.details.emails().empty()) Email(contact.details.emails(0));
  }
  void Ask(const CustomerState& customer) {
    const std::string& name = customer.details.display_name();
    if (customer.kind == v1::CUSTOMER_KIND_PERSON) {
      Person(name);
    } else {
      Company(name);
    }
    if (!customer.details.emails().empty()) Email(customer.details.emails(0));
    if (!recipient_.has_address() && !customer.details.addresses().empty()) {
      *recipient_.mutable_address() = customer.details.addresses(0);
    }
  }
  void Ask(const StoredRecipient& origin) {
    Company(origin.company_name());
    Person(origin.person_name());
    Email(origin.email());
  }
  StoredRecipient Conclude() && { return std::move(recipient_); }

 private:
  void Company(const std::string& name) {
    if (recipient_.company_name().empty()) recipient_.set_company_name(name);
  }
  void Person(const std::string& name) {
    if (recipient_.person_name().empty()) recipient_.set_person_name(name);
  }
  void Email(const std::string& email) {
    if (recipient_.email().empty()) recipient_.set_email(email);
  }

  StoredRecipient recipient_;
};

// D1: what the client names must be seen; what the origin names came with it.
template <class A>
absl::StatusOr<Ref<A>> Party(const std::string& stored_id, bool named,
                             const DecideContext& context) {
  const auto id = FromBytes<typename A::Id>(stored_id);
  absl::StatusOr<Ref<A>> party = named ? context.RequireSeen<A>(id) : context.Require<A>(id);
  if (!party.ok()) return party.status();
  if (const absl::Status active = RequireActive(*party); !active.ok()) return active;
  return party;
}

bool NamesParty(const v1::Recipient& entered) {
  return !entered.customer().empty() || !entered.contact().empty();
}

// As entered; customer and contact are the origin's when neither is named.
absl::StatusOr<StoredRecipient> EnteredRecipient(const v1::Recipient& entered,
                                                 const StoredRecipient& origin) {
  ASSIGN_OR_RETURN(const auto customer, ParseOptionalName<CustomerId>(entered.customer()));
  ASSIGN_OR_RETURN(const auto contact, ParseOptionalName<ContactId>(entered.contact()));
  StoredRecipient recipient;
  const bool named = NamesParty(entered);
  recipient.set_customer_id(named ? ToBytes(customer) : origin.customer_id());
  recipient.set_contact_id(named ? ToBytes(contact) : origin.contact_id());
  recipient.set_company_name(std::string(absl::StripAsciiWhitespace(entered.company_name())));
  recipient.set_person_name(std::string(absl::StripAsciiWhitespace(entered.person_name())));
  if (!entered.email().empty()) {
    ASSIGN_OR_RETURN(*recipient.mutable_email(), NormalizeEmail(entered.email()));
  }
  if (entered.has_address()) CopyAddress(entered.address(), *recipient.mutable_address());
  return recipient;
}

}  // namespace

absl::StatusOr<DocumentOrigin> OriginFrom(absl::string_view opportunity, absl::string_view lead,
                                          const DecideContext& context) {
  ASSIGN_OR_RETURN(const auto opportunity_id, ParseOptionalName<OpportunityId>(opportunity));
  ASSIGN_OR_RETURN(const auto lead_id, ParseOptionalName<LeadId>(lead));
  if (!opportunity_id.IsNil() && !lead_id.IsNil()) {
    return Invalid("SOURCE_AMBIGUOUS", "name the opportunity or the lead, not both");
  }
  if (!opportunity_id.IsNil()) return OriginIn(opportunity_id, context);
  if (!lead_id.IsNil()) return OriginIn(lead_id, context);
  return DocumentOrigin();
}

absl::StatusOr<Addressee> AddresseeFrom(const v1::Recipient& entered, const DocumentOrigin& origin,
                                        const PersonId& own, const DecideContext& context) {
  ASSIGN_OR_RETURN(const StoredRecipient recipient, EnteredRecipient(entered, origin.recipient));
  const bool named = NamesParty(entered);
  Addressing addressing(recipient);
  PersonId subject;
  if (!recipient.contact_id().empty()) {
    ASSIGN_OR_RETURN(const auto contact, Party<Contact>(recipient.contact_id(), named, context));
    addressing.Ask(contact.state());
    subject = SubjectOf(contact);
  }
  if (!recipient.customer_id().empty()) {
    ASSIGN_OR_RETURN(const auto customer, Party<Customer>(recipient.customer_id(), named, context));
    addressing.Ask(customer.state());
    if (subject.IsNil()) subject = SubjectOf(customer);
  }
  addressing.Ask(origin.recipient);
  if (subject.IsNil()) subject = origin.subject;
  return Addressee{std::move(addressing).Conclude(), subject.IsNil() ? own : subject};
}

v1::Recipient ShownRecipient(const StoredRecipient& recipient) {
  v1::Recipient shown;
  shown.set_customer(NameOf(FromBytes<CustomerId>(recipient.customer_id())));
  shown.set_contact(NameOf(FromBytes<ContactId>(recipient.contact_id())));
  shown.set_company_name(recipient.company_name());
  shown.set_person_name(recipient.person_name());
  shown.set_email(recipient.email());
  if (recipient.has_address()) CopyAddress(recipient.address(), *shown.mutable_address());
  return shown;
}

absl::StatusOr<DocumentState> DocumentFrom(const EnteredDocument& entered,
                                           const DocumentOrigin& origin, const PersonId& own,
                                           const DecideContext& context) {
  DocumentState document;
  document.source = origin.source;
  if (entered.team.empty() && entered.owner.empty()) {
    document.ownership = ToEvent(origin.ownership);
  } else {
    ASSIGN_OR_RETURN(const Ownership given, ResolveOwnership(entered.team, entered.owner, context));
    document.ownership = ToEvent(given);
  }
  ASSIGN_OR_RETURN(Addressee addressee, AddresseeFrom(entered.recipient, origin, own, context));
  document.recipient = std::move(addressee.recipient);
  document.subject = addressee.subject;
  if (entered.content.lines().empty() && !origin.content.lines().empty()) {
    document.content = origin.content;
  } else {
    ASSIGN_OR_RETURN(document.content, ContentFrom(entered.content, origin.content, context));
  }
  ASSIGN_OR_RETURN(const auto contributions, ContributorsFrom(entered.contributors, context));
  document.credited = contributions.empty() ? origin.credited : StoredCredit(contributions);
  document.channel = entered.channel.empty() ? kSalesChannel : std::string(entered.channel);
  SetContributors(document);
  return document;
}

events::v1::DocumentSnapshot SnapshotOf(const DocumentState& document) {
  events::v1::DocumentSnapshot at;
  *at.mutable_ownership() = document.ownership;
  at.set_customer_id(document.recipient.customer_id());
  at.set_currency_code(document.content.currency_code());
  at.set_base_minor(document.content.base_minor());
  at.set_total_minor(document.content.total_minor());
  at.set_channel(document.channel);
  return at;
}

void SetContributors(DocumentState& document) {
  auto& contributors = *document.ownership.mutable_contributor_ids();
  contributors.Clear();
  const auto add = [&](const CreditedMembers& credited) {
    for (const events::v1::CreditedMember& member : credited) {
      const bool known = std::find(contributors.begin(), contributors.end(), member.member_id()) !=
                         contributors.end();
      if (!known) *contributors.Add() = member.member_id();
    }
  };
  add(document.credited);
  for (const events::v1::DocumentLine& line : document.content.lines()) add(line.credited());
}

}  // namespace crm::domain
