// Leads as events and commands: one canonical valid example of each.
// The n-th example concerns ExampleId<LeadId>(n), which nobody owns.
#pragma once

#include <string>

#include "crm/events/v1/lead_events.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "domain/lead/lead.h"
#include "tests/support/examples.h"

namespace crm::testing {

constexpr int kLeadPipeline = 3;  // of GiveSalesWorld

inline v1::Lead LeadExample() {
  v1::Lead lead;
  lead.set_display_name("Asks for fifty desks");
  lead.set_given_name("Grace");
  lead.set_family_name("Example");
  lead.set_email("grace@buyer.example");
  lead.set_phone("+49 30 1234567");
  lead.set_company_name("Buyer Ltd");
  lead.set_region_code("DE");
  lead.set_source("web");
  lead.set_campaign("spring");
  *lead.mutable_expected_revenue() = EuroMoney(1'000);
  lead.add_tags("desks");
  return lead;
}

inline events::v1::LeadDetails LeadDetailsExample() {
  events::v1::LeadDetails details;
  details.set_display_name("Asks for fifty desks");
  details.set_given_name("Grace");
  details.set_family_name("Example");
  details.set_email("grace@buyer.example");
  details.set_phone("+49 30 1234567");
  details.set_company_name("Buyer Ltd");
  details.set_region_code("DE");
  details.set_source("web");
  details.set_campaign("spring");
  *details.mutable_expected_revenue() = Euros(1'000);
  details.add_tags("desks");
  return details;
}

inline v1::CaptureLeadRequest CaptureLeadExample() {
  v1::CaptureLeadRequest command;
  command.set_request_id(ExampleRequestId().ToString());
  *command.mutable_lead() = LeadExample();
  return command;
}

inline events::v1::LeadCaptured LeadCapturedExample(int n = 1) {
  events::v1::LeadCaptured event;
  event.set_channel(v1::CAPTURE_CHANNEL_API);
  *event.mutable_details() = LeadDetailsExample();
  event.mutable_ownership();
  event.set_subject_id(ExampleBytes<domain::LeadId>(n));
  return event;
}

inline events::v1::Ownership OwnershipExample(int team, int member) {
  events::v1::Ownership ownership;
  if (team != 0) ownership.set_team_id(ExampleBytes<domain::TeamId>(team));
  if (member != 0) ownership.set_owner_id(ExampleBytes<domain::MemberId>(member));
  return ownership;
}

inline events::v1::LeadCaptured LeadCapturedFor(int team, int member) {
  events::v1::LeadCaptured event = LeadCapturedExample();
  *event.mutable_ownership() = OwnershipExample(team, member);
  return event;
}

// Bookkeeping: the member took a lead (one that no test is about) at `time`.
inline events::v1::LeadTaken LeadTakenExample(int member, int lead, absl::Time time) {
  events::v1::LeadTaken event;
  event.set_member_id(ExampleBytes<domain::MemberId>(member));
  event.set_lead_id(ExampleBytes<domain::LeadId>(lead));
  event.set_assign_time_us(absl::ToUnixMicros(time));
  return event;
}

inline events::v1::LeadReleased LeadReleasedExample(int member, int lead) {
  events::v1::LeadReleased event;
  event.set_member_id(ExampleBytes<domain::MemberId>(member));
  event.set_lead_id(ExampleBytes<domain::LeadId>(lead));
  return event;
}

// A command of this type about the n-th lead: names, and nothing else.
template <class Command>
Command LeadCommand(int n = 1) {
  Command command;
  command.set_request_id(ExampleRequestId().ToString());
  command.set_name(ExampleName<domain::LeadId>(n));
  return command;
}

inline v1::AssignLeadRequest AssignLeadExample(int team, int member) {
  auto command = LeadCommand<v1::AssignLeadRequest>();
  if (team != 0) command.set_team(ExampleName<domain::TeamId>(team));
  if (member != 0) command.set_owner(ExampleName<domain::MemberId>(member));
  return command;
}

inline v1::MoveLeadStageRequest MoveLeadStageExample(int stage, int pipeline = kLeadPipeline) {
  auto command = LeadCommand<v1::MoveLeadStageRequest>();
  command.set_stage(domain::NameOf(ExampleStage(stage, pipeline)));
  return command;
}

inline v1::LoseLeadRequest LoseLeadExample(absl::string_view reason = "price",
                                           absl::string_view text = "") {
  auto command = LeadCommand<v1::LoseLeadRequest>();
  command.set_loss_reason_id(std::string(reason));
  command.set_text(std::string(text));
  return command;
}

inline v1::JunkLeadRequest JunkLeadExample() {
  auto command = LeadCommand<v1::JunkLeadRequest>();
  command.set_reason("advertises");
  return command;
}

inline v1::UpdateLeadRequest UpdateLeadExample() {
  v1::UpdateLeadRequest command;
  command.set_request_id(ExampleRequestId().ToString());
  command.mutable_lead()->set_name(ExampleName<domain::LeadId>());
  command.mutable_lead()->set_job_title("Buyer");
  return command;
}

inline events::v1::LeadStageMoved LeadStageMovedExample(int stage) {
  events::v1::LeadStageMoved event;
  const domain::StageName to = ExampleStage(stage, kLeadPipeline);
  event.set_to_pipeline_id(domain::ToBytes(to.pipeline));
  event.set_to_stage_id(domain::ToBytes(to.stage));
  event.mutable_ownership();
  return event;
}

inline events::v1::LeadQualified LeadQualifiedExample(const domain::CustomerId& customer) {
  events::v1::LeadQualified event;
  event.set_customer_id(domain::ToBytes(customer));
  event.mutable_ownership();
  return event;
}

inline events::v1::LeadLost LeadLostExample() {
  events::v1::LeadLost event;
  event.mutable_reason()->set_reason_id("price");
  event.mutable_reason()->set_display_name("Reason price");
  event.mutable_ownership();
  event.set_subject_id(ExampleBytes<domain::LeadId>());
  return event;
}

inline events::v1::LeadJunked LeadJunkedExample() {
  events::v1::LeadJunked event;
  event.set_reason("advertises");
  event.mutable_ownership();
  event.set_subject_id(ExampleBytes<domain::LeadId>());
  return event;
}

inline events::v1::LeadConverted LeadConvertedExample() {
  events::v1::LeadConverted event;
  const auto lead = ExampleId<domain::LeadId>();
  event.set_customer_id(domain::ToBytes(domain::CustomerBornOf(lead)));
  event.set_contact_id(domain::ToBytes(domain::ContactBornOf(lead)));
  event.set_opportunity_id(domain::ToBytes(domain::OpportunityBornOf(lead)));
  event.mutable_ownership();
  return event;
}

inline events::v1::LeadCaptureRefused LeadCaptureRefusedExample() {
  events::v1::LeadCaptureRefused event;
  event.set_channel(v1::CAPTURE_CHANNEL_API);
  event.mutable_details()->set_display_name("Asks for fifty desks");
  event.set_reason("NO_CONTACT_DATA");
  event.set_subject_id(ExampleBytes<domain::LeadId>());
  return event;
}

// The first team's leads start in the lead pipeline.
inline events::v1::TeamSettingsRevised LeadPipelineGiven() {
  events::v1::TeamSettingsRevised event;
  event.set_lead_pipeline_id(ExampleBytes<domain::PipelineId>(kLeadPipeline));
  return event;
}

}  // namespace crm::testing
