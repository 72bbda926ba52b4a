// What an organization looks like before anybody sells: itself, its members, a team, pipelines, a
// customer and a contact, as the events that made them. Each is valid; a test changes what it is
// about.
#pragma once

#include <string>

#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tests/support/example_ids.h"

namespace crm::testing {

inline events::v1::OrganizationCreated OrganizationCreatedExample() {
  events::v1::OrganizationCreated event;
  event.set_display_name("Example");
  event.set_currency_code("EUR");
  event.set_time_zone("Europe/Berlin");
  event.set_administrator_id(ExampleBytes<domain::MemberId>());
  return event;
}

inline events::v1::LossReasonDefined LossReasonDefinedExample(absl::string_view id = "price",
                                                              bool requires_text = false,
                                                              bool archived = false) {
  events::v1::LossReasonDefined event;
  event.mutable_reason()->set_reason_id(std::string(id));
  event.mutable_reason()->set_display_name(absl::StrCat("Reason ", id));
  event.mutable_reason()->set_requires_text(requires_text);
  event.mutable_reason()->set_archived(archived);
  return event;
}

inline events::v1::MemberCreated MemberCreatedExample(int n = 1) {
  events::v1::MemberCreated event;
  event.set_display_name(absl::StrCat("Member ", n));
  event.set_email(absl::StrCat("member", n, "@example.com"));
  return event;
}

// A team that sells through ExampleId<PipelineId>().
inline events::v1::TeamCreated TeamCreatedExample(int n = 1) {
  events::v1::TeamCreated event;
  event.set_display_name(absl::StrCat("Team ", n));
  event.set_pipeline_id(ExampleBytes<domain::PipelineId>());
  event.set_privacy(v1::TEAM_PRIVACY_LEADERS_SEE);
  return event;
}

inline events::v1::MembershipBegan MembershipBeganExample(int member = 1) {
  events::v1::MembershipBegan event;
  event.set_member_id(ExampleBytes<domain::MemberId>(member));
  event.mutable_terms()->set_maximum_leads(30);
  return event;
}

inline events::v1::TeamRegistered TeamRegisteredExample(int team = 1) {
  events::v1::TeamRegistered event;
  event.set_team_id(ExampleBytes<domain::TeamId>(team));
  return event;
}

// Bookkeeping: the member belongs to the team.
inline events::v1::AffiliationNoted AffiliationNotedExample(int team, int member,
                                                            bool leader = false) {
  events::v1::AffiliationNoted event;
  event.set_team_id(ExampleBytes<domain::TeamId>(team));
  event.set_member_id(ExampleBytes<domain::MemberId>(member));
  event.set_member(true);
  event.set_leader(leader);
  return event;
}

inline events::v1::StageDefinition StageExample(int stage, absl::string_view display_name,
                                                int probability_bp,
                                                v1::StageKind kind = v1::STAGE_KIND_OPEN) {
  events::v1::StageDefinition definition;
  definition.set_stage_id(ExampleBytes<domain::StageId>(stage));
  definition.set_display_name(std::string(display_name));
  definition.set_probability_bp(probability_bp);
  definition.set_kind(kind);
  return definition;
}

// Stages of the n-th pipeline, as numbers for ExampleId<StageId>(): 10 * n + one of these.
constexpr int kQualified = 1;    // open, 10 %
constexpr int kProposal = 2;     // open, 50 %
constexpr int kNegotiation = 3;  // open, 80 %
constexpr int kWon = 4;
constexpr int kLost = 5;

inline domain::StageName ExampleStage(int stage, int pipeline = 1) {
  return {ExampleId<domain::PipelineId>(pipeline),
          ExampleId<domain::StageId>(10 * pipeline + stage)};
}

inline events::v1::PipelineCreated PipelineCreatedExample(
    int n = 1, v1::PipelineKind kind = v1::PIPELINE_KIND_OPPORTUNITY) {
  events::v1::PipelineCreated event;
  event.set_display_name(absl::StrCat("Pipeline ", n));
  event.set_kind(kind);
  *event.add_stages() = StageExample(10 * n + kQualified, "Qualified", 1'000);
  *event.add_stages() = StageExample(10 * n + kProposal, "Proposal", 5'000);
  *event.add_stages() = StageExample(10 * n + kNegotiation, "Negotiation", 8'000);
  *event.add_stages() = StageExample(10 * n + kWon, "Won", 10'000, v1::STAGE_KIND_WON);
  *event.add_stages() = StageExample(10 * n + kLost, "Lost", 0, v1::STAGE_KIND_LOST);
  return event;
}

// A stage of the first pipeline was archived in favour of another.
inline events::v1::StageArchived StageArchivedExample(int stage, int target) {
  events::v1::StageArchived archived;
  archived.set_stage_id(domain::ToBytes(ExampleStage(stage).stage));
  archived.set_target_stage_id(domain::ToBytes(ExampleStage(target).stage));
  return archived;
}

inline events::v1::CustomerCreated CustomerCreatedExample(int n = 1) {
  events::v1::CustomerCreated event;
  event.set_kind(v1::CUSTOMER_KIND_COMPANY);
  event.mutable_details()->set_display_name(absl::StrCat("Customer ", n));
  event.mutable_details()->add_emails(absl::StrCat("buyer@customer", n, ".example"));
  event.mutable_details()->set_region_code("DE");
  event.mutable_ownership()->set_team_id(ExampleBytes<domain::TeamId>());
  event.mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  event.set_subject_id(ExampleBytes<domain::CustomerId>(n));
  return event;
}

inline events::v1::ContactCreated ContactCreatedExample(int n = 1) {
  events::v1::ContactCreated event;
  event.mutable_details()->set_given_name("Ada");
  event.mutable_details()->set_family_name(absl::StrCat("Example ", n));
  event.mutable_details()->add_emails(absl::StrCat("ada", n, "@example.com"));
  event.mutable_ownership()->set_team_id(ExampleBytes<domain::TeamId>());
  event.mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  event.set_subject_id(ExampleBytes<domain::ContactId>(n));
  return event;
}

}  // namespace crm::testing
