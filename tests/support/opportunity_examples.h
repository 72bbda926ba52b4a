// Opportunities and groups as events and commands: one canonical valid example of each. The n-th
// example concerns ExampleId<OpportunityId>(n) of the first team, member, pipeline and customer.
#pragma once

#include <string>
#include <vector>

#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "tests/support/example_ids.h"
#include "tests/support/setup_examples.h"

namespace crm::testing {

inline events::v1::Amount Euros(int64_t euros) {
  events::v1::Amount amount;
  amount.set_currency_code("EUR");
  amount.set_minor(euros * 100);
  return amount;
}

inline google::type::Money EuroMoney(int64_t euros) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(euros);
  return money;
}

inline google::type::Date ExampleDate(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// An opportunity of 10,000 EUR in a stage of the first pipeline, as it is at the time of an event.
inline events::v1::OpportunitySnapshot SnapshotExample(int stage = kQualified) {
  events::v1::OpportunitySnapshot at;
  at.mutable_ownership()->set_team_id(ExampleBytes<domain::TeamId>());
  at.mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  at.set_pipeline_id(domain::ToBytes(ExampleStage(stage).pipeline));
  at.set_stage_id(domain::ToBytes(ExampleStage(stage).stage));
  *at.mutable_expected_revenue() = Euros(10'000);
  at.set_customer_id(ExampleBytes<domain::CustomerId>());
  return at;
}

inline int32_t ExampleProbabilityBp(int stage) {
  return stage == kQualified ? 1'000 : stage == kProposal ? 5'000 : 8'000;
}

inline events::v1::OpportunityOpened OpportunityOpenedExample(int stage = kQualified) {
  events::v1::OpportunityOpened event;
  event.mutable_details()->set_display_name("Fifty desks");
  *event.mutable_opened() = SnapshotExample(stage);
  event.set_probability_source(events::v1::PROBABILITY_SOURCE_STAGE);
  event.set_probability_bp(ExampleProbabilityBp(stage));
  return event;
}

// A command of this type about the n-th opportunity or group: names, and nothing else.
template <class Command>
Command ExampleCommand(int n = 1) {
  Command command;
  command.set_request_id(ExampleRequestId().ToString());
  command.set_name(ExampleName<domain::OpportunityId>(n));
  return command;
}

inline v1::CreateOpportunityRequest CreateOpportunityExample() {
  v1::CreateOpportunityRequest command;
  command.set_request_id(ExampleRequestId().ToString());
  v1::Opportunity& opportunity = *command.mutable_opportunity();
  opportunity.set_display_name("Fifty desks");
  opportunity.set_customer(ExampleName<domain::CustomerId>());
  opportunity.set_team(ExampleName<domain::TeamId>());
  opportunity.set_owner(ExampleName<domain::MemberId>());
  *opportunity.mutable_expected_revenue() = EuroMoney(10'000);
  return command;
}

inline v1::MoveStageRequest MoveStageExample(int stage, int pipeline = 1, int n = 1) {
  auto command = ExampleCommand<v1::MoveStageRequest>(n);
  command.set_stage(domain::NameOf(ExampleStage(stage, pipeline)));
  return command;
}

inline v1::WinOpportunityRequest WinOpportunityExample(int n = 1) {
  return ExampleCommand<v1::WinOpportunityRequest>(n);
}

inline v1::LoseOpportunityRequest LoseOpportunityExample(absl::string_view reason = "price",
                                                         absl::string_view text = "", int n = 1) {
  auto command = ExampleCommand<v1::LoseOpportunityRequest>(n);
  command.set_loss_reason_id(std::string(reason));
  command.set_text(std::string(text));
  return command;
}

inline v1::AssignOpportunityRequest AssignOpportunityExample(int team, int owner, int n = 1) {
  auto command = ExampleCommand<v1::AssignOpportunityRequest>(n);
  if (team > 0) command.set_team(ExampleName<domain::TeamId>(team));
  if (owner > 0) command.set_owner(ExampleName<domain::MemberId>(owner));
  return command;
}

inline v1::PlaceOnStandbyRequest PlaceOnStandbyExample(int n = 1) {
  auto command = ExampleCommand<v1::PlaceOnStandbyRequest>(n);
  *command.mutable_reminder_date() = ExampleDate(2026, 4, 1);
  return command;
}

inline v1::CreditContributorsRequest CreditContributorsExample(const std::vector<int64_t>& weights,
                                                               int n = 1) {
  auto command = ExampleCommand<v1::CreditContributorsRequest>(n);
  for (size_t i = 0; i < weights.size(); ++i) {
    v1::Contributor& contributor = *command.add_contributors();
    contributor.set_member(ExampleName<domain::MemberId>(static_cast<int>(i) + 1));
    contributor.set_weight(weights[i]);
  }
  return command;
}

inline events::v1::OpportunityGroupCreated OpportunityGroupCreatedExample(
    v1::GroupKind kind = v1::GROUP_KIND_ALTERNATIVES, bool synchronous = false) {
  events::v1::OpportunityGroupCreated event;
  event.set_display_name("Offices");
  event.set_kind(kind);
  event.set_synchronous_stages(synchronous);
  event.mutable_ownership()->set_team_id(ExampleBytes<domain::TeamId>());
  event.mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  return event;
}

// The n-th opportunity joins the first group: in the group's stream, and in its own.
inline events::v1::GroupMemberAdded GroupMemberAddedExample(int n) {
  events::v1::GroupMemberAdded event;
  event.set_opportunity_id(ExampleBytes<domain::OpportunityId>(n));
  return event;
}
inline events::v1::OpportunityGrouped OpportunityGroupedExample(int stage = kQualified) {
  events::v1::OpportunityGrouped event;
  event.set_group_id(ExampleBytes<domain::OpportunityGroupId>());
  *event.mutable_at() = SnapshotExample(stage);
  return event;
}

}  // namespace crm::testing
