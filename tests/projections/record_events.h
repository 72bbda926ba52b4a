// Events of records as tests tell them: who is named by words, ids derive from them (see asking.h).
//
//   scenario.Given(StreamNamed<LeadId>("anna"), Captured("anna", "Anna", "Schmidt"))
//       .Given(StreamNamed<PersonId>("anna"), ErasureOf("anna"));
//
// Records are Alice's unless told otherwise. Include from tests only.
#pragma once

#include <string>

#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "domain/types/ids.h"
#include "tests/projections/asking.h"

namespace crm::projections::testing {

template <class Id>
StreamId StreamNamed(absl::string_view name) {
  return domain::StreamOf(Named<Id>(name));
}

inline events::v1::Amount Euros(int64_t cents) {
  events::v1::Amount amount;
  amount.set_currency_code("EUR");
  amount.set_minor(cents);
  return amount;
}

inline events::v1::Ownership OwnedBy(absl::string_view owner, absl::string_view team = "") {
  events::v1::Ownership ownership;
  if (!owner.empty()) ownership.set_owner_id(Bytes(owner));
  if (!team.empty()) ownership.set_team_id(Bytes(team));
  return ownership;
}

// A lead about a person who is called as the lead is.
inline events::v1::LeadCaptured Captured(absl::string_view lead, const std::string& given_name,
                                         const std::string& family_name,
                                         const std::string& company_name = "") {
  events::v1::LeadCaptured event;
  event.set_subject_id(Bytes(lead));
  events::v1::LeadDetails& details = *event.mutable_details();
  details.set_given_name(given_name);
  details.set_family_name(family_name);
  details.set_company_name(company_name);
  *event.mutable_ownership() = OwnedBy("alice");
  return event;
}

inline events::v1::CustomerCreated Company(absl::string_view customer, const std::string& name) {
  events::v1::CustomerCreated event;
  event.set_kind(v1::CUSTOMER_KIND_COMPANY);
  event.set_subject_id(Bytes(customer));
  event.mutable_details()->set_display_name(name);
  *event.mutable_ownership() = OwnedBy("alice");
  return event;
}

inline events::v1::ContactCreated Contact(absl::string_view contact, const std::string& given_name,
                                          const std::string& family_name) {
  events::v1::ContactCreated event;
  event.set_subject_id(Bytes(contact));
  event.mutable_details()->set_given_name(given_name);
  event.mutable_details()->set_family_name(family_name);
  *event.mutable_ownership() = OwnedBy("alice");
  return event;
}

template <class Event>
Event OfCustomer(absl::string_view customer) {
  Event event;
  event.set_customer_id(Bytes(customer));
  return event;
}

// Opened in pipeline "sales", stage "offer".
inline events::v1::OpportunityOpened Opened(const std::string& name, absl::string_view customer,
                                            const events::v1::Amount& revenue) {
  events::v1::OpportunityOpened event;
  event.mutable_details()->set_display_name(name);
  events::v1::OpportunitySnapshot& opened = *event.mutable_opened();
  *opened.mutable_ownership() = OwnedBy("alice");
  opened.set_pipeline_id(Bytes("sales"));
  opened.set_stage_id(Bytes("offer"));
  if (!customer.empty()) opened.set_customer_id(Bytes(customer));
  *opened.mutable_expected_revenue() = revenue;
  event.set_probability_source(events::v1::PROBABILITY_SOURCE_STAGE);
  return event;
}

inline void AddStage(events::v1::PipelineCreated& pipeline, const std::string& name,
                     int32_t probability_bp) {
  events::v1::StageDefinition& stage = *pipeline.add_stages();
  stage.set_stage_id(Bytes(name));
  stage.set_display_name(name);
  stage.set_probability_bp(probability_bp);
}

inline events::v1::SubjectErased ErasureOf(absl::string_view subject) {
  events::v1::SubjectErased event;
  event.set_subject_id(Bytes(subject));
  return event;
}

}  // namespace crm::projections::testing
