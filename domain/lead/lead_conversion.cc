// What a lead becomes: customer, contact and opportunity, in one commit.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/lead/lead_details.h"
#include "domain/lead/lead_draft.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity/opportunity_birth.h"
#include "domain/opportunity/opportunity_details.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using LeadDecision = absl::StatusOr<Decision<Lead::Event>>;

absl::Status RequireSameCustomer(const CustomerId& named, const LeadState& state) {
  if (named.IsNil() || state.customer.IsNil() || named == state.customer) return absl::OkStatus();
  return Refuse("LEAD_CUSTOMER_DIFFERS",
                absl::StrCat("the lead was qualified as ", NameOf(state.customer)),
                {{"lead", NameOf(state.id)}, {"customer", NameOf(state.customer)}});
}

// I5: the customer of the lead, the one named, or one born now.
absl::StatusOr<CustomerId> CustomerFor(const CustomerId& named, LeadDraft& draft) {
  const LeadState& state = draft.state();
  RETURN_IF_ERROR(RequireSameCustomer(named, state));
  const CustomerId known = state.customer.IsNil() ? named : state.customer;
  if (!known.IsNil()) {
    // What the lead was qualified with is its own, whoever sees it.
    ASSIGN_OR_RETURN(const Ref<Customer> customer,
                     state.customer.IsNil() ? draft.context().RequireSeen<Customer>(known)
                                            : draft.context().Require<Customer>(known));
    RETURN_IF_ERROR(RequireActive(customer));
    return known;
  }
  const CustomerId id = CustomerBornOf(state.id);
  ASSIGN_OR_RETURN(const Ref<Customer> customer, draft.context().Find<Customer>(id));
  events::v1::CustomerCreated created =
      BornFromLead(state.id, state.subject, state.details, ToEvent(state.ownership), id);
  if (created.details().display_name().empty()) {
    return Refuse("SUBJECT_ERASED", "nothing is left of the lead that a customer could be named",
                  {{"lead", NameOf(state.id)}});
  }
  draft.Affect(customer, std::move(created));
  return id;
}

events::v1::ContactLinked LinkTo(const CustomerId& customer) {
  events::v1::ContactLinked linked;
  linked.set_customer_id(ToBytes(customer));
  return linked;
}

// Linking changes the contact, which takes the right to.
absl::Status ContactNotLinked(const ContactId& contact, const CustomerId& customer) {
  return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                    absl::StrCat(NameOf(contact), " does not belong to ", NameOf(customer),
                                 ", and you may not link it"),
                    {{"permission", "contact.edit"}, {"contact", NameOf(contact)}});
}

// The contact named, or one born now of the person the lead names; nil when it names nobody.
absl::StatusOr<ContactId> ContactFor(const ContactId& named, const CustomerId& customer,
                                     LeadDraft& draft) {
  const LeadState& state = draft.state();
  if (!named.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Contact> contact, draft.context().RequireSeen<Contact>(named));
    RETURN_IF_ERROR(RequireActive(contact));
    if (contact->FindLink(customer) != nullptr) return named;
    ASSIGN_OR_RETURN(const bool may_link,
                     draft.context().Permits("contact.edit", Contact::ScopeOf(contact.state())));
    if (!may_link) return ContactNotLinked(named, customer);
    RETURN_IF_ERROR(RequireRoomForLink(contact.state()));
    draft.Affect(contact, LinkTo(customer));
    return named;
  }
  if (!NamesPerson(state.details)) return ContactId();
  const ContactId id = ContactBornOf(state.id);
  ASSIGN_OR_RETURN(const Ref<Contact> contact, draft.context().Find<Contact>(id));
  draft.Affect(contact,
               ContactFromLead(state.id, state.subject, state.details, ToEvent(state.ownership)));
  draft.Affect(contact, LinkTo(customer));
  return id;
}

// Never a person's name: what an opportunity is called is not sealed.
std::string OpportunityNameFor(const Conversion& conversion, const LeadState& state) {
  if (!conversion.opportunity_display_name.empty()) return conversion.opportunity_display_name;
  if (!state.details.display_name().empty()) return state.details.display_name();
  if (!state.details.company_name().empty()) return state.details.company_name();
  return absl::StrCat("Lead ", state.id.ToString().substr(0, 8));
}

absl::StatusOr<StageName> StageFor(const Conversion& conversion, const DecideContext& context) {
  if (!conversion.stage.IsNil() || conversion.pipeline.IsNil()) return conversion.stage;
  ASSIGN_OR_RETURN(
      const Ref<Pipeline> pipeline,
      RequireLivePipeline(conversion.pipeline, v1::PIPELINE_KIND_OPPORTUNITY, context));
  return StageName{pipeline.id, pipeline->FirstOpen()->id};
}

absl::StatusOr<OpportunityId> OpportunityFor(const Conversion& conversion,
                                             const CustomerId& customer, const ContactId& contact,
                                             LeadDraft& draft) {
  if (conversion.without_opportunity) return OpportunityId();
  const LeadState& state = draft.state();
  v1::Opportunity inputs;
  inputs.set_display_name(OpportunityNameFor(conversion, state));
  inputs.set_customer(NameOf(customer));
  inputs.set_contact(NameOf(contact));
  inputs.set_source(state.details.source());
  inputs.set_campaign(state.details.campaign());
  *inputs.mutable_tags() = state.details.tags();
  inputs.set_priority(state.details.priority());
  OpportunityBirth birth;
  ASSIGN_OR_RETURN(birth.details, DetailsFrom(inputs));
  birth.ownership = state.ownership;
  ASSIGN_OR_RETURN(birth.stage, StageFor(conversion, draft.context()));
  birth.expected_revenue = AmountFromStored(state.details.expected_revenue());
  birth.lead = state.id;
  ASSIGN_OR_RETURN(events::v1::OpportunityOpened opened, OpenOpportunity(birth, draft.context()));
  const OpportunityId id = OpportunityBornOf(state.id);
  ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, draft.context().Find<Opportunity>(id));
  draft.Affect(opportunity, std::move(opened));
  return id;
}

// I6: a repeated conversion asks for what the lead became.
absl::Status RequireSameConversion(const Conversion& conversion, const LeadState& state) {
  const bool same = (conversion.customer.IsNil() || conversion.customer == state.customer) &&
                    (conversion.contact.IsNil() || conversion.contact == state.contact) &&
                    conversion.without_opportunity == state.opportunity.IsNil();
  if (same) return absl::OkStatus();
  return Refuse("LEAD_ALREADY_CONVERTED", "the lead was converted to something else",
                {{"lead", NameOf(state.id)},
                 {"customer", NameOf(state.customer)},
                 {"contact", NameOf(state.contact)},
                 {"opportunity", NameOf(state.opportunity)}});
}

}  // namespace

absl::Status Qualify(const CustomerId& named, LeadDraft& draft) {
  const LeadState& state = draft.state();
  RETURN_IF_ERROR(RequireOpen(state));
  if (state.phase == v1::LEAD_STATE_QUALIFIED) return RequireSameCustomer(named, state);
  ASSIGN_OR_RETURN(const CustomerId customer, CustomerFor(named, draft));
  events::v1::LeadQualified qualified;
  qualified.set_customer_id(ToBytes(customer));
  *qualified.mutable_ownership() = ToEvent(state.ownership);
  draft.Add(std::move(qualified));
  return absl::OkStatus();
}

absl::Status Convert(const Conversion& conversion, LeadDraft& draft) {
  const LeadState& state = draft.state();
  if (state.phase == v1::LEAD_STATE_CONVERTED) return RequireSameConversion(conversion, state);
  RETURN_IF_ERROR(RequireOpen(state));
  ASSIGN_OR_RETURN(const CustomerId customer, CustomerFor(conversion.customer, draft));
  ASSIGN_OR_RETURN(const ContactId contact, ContactFor(conversion.contact, customer, draft));
  ASSIGN_OR_RETURN(const OpportunityId opportunity,
                   OpportunityFor(conversion, customer, contact, draft));
  events::v1::LeadConverted converted;
  converted.set_customer_id(ToBytes(customer));
  converted.set_contact_id(ToBytes(contact));
  converted.set_opportunity_id(ToBytes(opportunity));
  *converted.mutable_ownership() = ToEvent(state.ownership);
  draft.Add(std::move(converted));
  return absl::OkStatus();
}

LeadDecision Lead::Decide(const State& state, const v1::QualifyLeadRequest& command,
                          const DecideContext& context) {
  ASSIGN_OR_RETURN(const CustomerId customer, ParseOptionalName<CustomerId>(command.customer()));
  LeadDraft draft(state, context);
  RETURN_IF_ERROR(Qualify(customer, draft));
  return draft.Take();
}

LeadDecision Lead::Decide(const State& state, const v1::ConvertLeadRequest& command,
                          const DecideContext& context) {
  Conversion conversion;
  ASSIGN_OR_RETURN(conversion.customer, ParseOptionalName<CustomerId>(command.customer()));
  ASSIGN_OR_RETURN(conversion.contact, ParseOptionalName<ContactId>(command.contact()));
  ASSIGN_OR_RETURN(conversion.pipeline, ParseOptionalName<PipelineId>(command.pipeline()));
  conversion.opportunity_display_name = command.opportunity_display_name();
  conversion.without_opportunity = command.without_opportunity();
  LeadDraft draft(state, context);
  RETURN_IF_ERROR(Convert(conversion, draft));
  return draft.Take();
}

}  // namespace crm::domain
