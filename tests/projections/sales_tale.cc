#include "tests/projections/sales_tale.h"

#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/pipeline_service.pb.h"

namespace crm::projections::testing {
namespace {

void SetAmount(events::v1::Amount& amount, int64_t minor, const std::string& currency) {
  amount.set_minor(minor);
  amount.set_currency_code(currency);
}
template <class Event>
void SetProbability(Event& event, int bp) {
  event.set_probability_source(bp < 0 ? events::v1::PROBABILITY_SOURCE_STAGE
                                      : events::v1::PROBABILITY_SOURCE_EXPLICIT);
  event.set_probability_bp(bp < 0 ? 0 : bp);
}

}  // namespace

template <class Event>
Event SalesTale::At(const std::string& name) {
  Event event;
  *event.mutable_at() = standing_[name];
  return event;
}

SalesTale& SalesTale::On(const std::string& time) {
  now_ = TimeAt(time);
  return *this;
}

SalesTale& SalesTale::Tell(const std::string& category, const std::string& name,
                           const google::protobuf::Message& event) {
  history_.Given({category, Named(name)}, event, {.at = now_});
  return *this;
}

SalesTale& SalesTale::Organization(const std::string& zone) {
  events::v1::OrganizationCreated created;
  created.set_time_zone(zone);
  created.set_currency_code("EUR");
  return Tell("organization", "organization", created);
}

SalesTale& SalesTale::Pipeline(const std::string& name,
                               const std::vector<std::pair<std::string, int>>& stages,
                               const std::string& won_stage) {
  events::v1::PipelineCreated created;
  created.set_kind(v1::PIPELINE_KIND_OPPORTUNITY);
  for (const auto& [stage, probability_bp] : stages) {
    events::v1::StageDefinition& definition = *created.add_stages();
    definition.set_stage_id(BytesOf(stage));
    definition.set_display_name(stage);
    definition.set_probability_bp(probability_bp);
    definition.set_kind(stage == won_stage ? v1::STAGE_KIND_WON : v1::STAGE_KIND_OPEN);
  }
  return Tell("pipeline", name, created);
}

SalesTale& SalesTale::Team(const std::string& name) {
  events::v1::TeamCreated created;
  created.set_display_name(name);
  return Tell("team", name, created);
}

SalesTale& SalesTale::Member(const std::string& name) {
  events::v1::MemberCreated created;
  created.set_display_name(name);
  created.set_email(name + "@example.org");
  return Tell("member", name, created);
}

SalesTale& SalesTale::Join(const std::string& team, const std::string& member, int maximum_leads) {
  events::v1::MembershipBegan began;
  began.set_member_id(BytesOf(member));
  began.mutable_terms()->set_maximum_leads(maximum_leads);
  return Tell("team", team, began);
}

SalesTale& SalesTale::Lead(const std::string& team, const std::string& leader) {
  events::v1::LeaderAppointed appointed;
  appointed.set_member_id(BytesOf(leader));
  return Tell("team", team, appointed);
}

SalesTale& SalesTale::Open(const std::string& name, const Terms& terms) {
  events::v1::OpportunitySnapshot& at = standing_[name];
  *at.mutable_ownership() = OwnershipOf(terms.team, terms.owner, terms.contributors);
  at.set_pipeline_id(BytesOf(terms.pipeline));
  at.set_stage_id(BytesOf(terms.stage));
  at.set_customer_id(BytesOf(terms.customer));
  if (terms.minor >= 0) SetAmount(*at.mutable_expected_revenue(), terms.minor, terms.currency);
  events::v1::OpportunityOpened opened;
  *opened.mutable_opened() = at;
  opened.mutable_details()->set_display_name(name);
  opened.mutable_details()->set_customer_id(at.customer_id());
  if (terms.expected_close_day >= 0) {
    opened.mutable_details()->mutable_expected_close()->set_days(terms.expected_close_day);
  }
  SetProbability(opened, terms.probability_bp);
  return Tell("opportunity", name, opened);
}

SalesTale& SalesTale::Move(const std::string& name, const std::string& stage,
                           const std::string& pipeline) {
  events::v1::StageMoved moved;
  *moved.mutable_at() = standing_[name];
  moved.set_to_pipeline_id(BytesOf(pipeline));
  moved.set_to_stage_id(BytesOf(stage));
  SetProbability(moved, -1);
  standing_[name].set_pipeline_id(moved.to_pipeline_id());
  standing_[name].set_stage_id(moved.to_stage_id());
  return Tell("opportunity", name, moved);
}

SalesTale& SalesTale::Price(const std::string& name, int64_t minor, const std::string& currency) {
  events::v1::ExpectedRevenueRevised revised;
  *revised.mutable_at() = standing_[name];
  standing_[name].clear_expected_revenue();
  if (minor >= 0) {
    SetAmount(*revised.mutable_to(), minor, currency);
    *standing_[name].mutable_expected_revenue() = revised.to();
  }
  return Tell("opportunity", name, revised);
}

SalesTale& SalesTale::Assign(const std::string& name, const std::string& team,
                             const std::string& owner) {
  events::v1::OpportunityAssigned assigned;
  *assigned.mutable_at() = standing_[name];
  *assigned.mutable_to() = OwnershipOf(team, owner);
  *standing_[name].mutable_ownership() = assigned.to();
  return Tell("opportunity", name, assigned);
}

SalesTale& SalesTale::Win(const std::string& name, const std::string& won_stage) {
  events::v1::OpportunityWon won;
  *won.mutable_at() = standing_[name];
  if (!won_stage.empty()) standing_[name].set_stage_id(BytesOf(won_stage));
  won.set_stage_id(standing_[name].stage_id());
  return Tell("opportunity", name, won);
}

SalesTale& SalesTale::Lose(const std::string& name) {
  return Tell("opportunity", name, At<events::v1::OpportunityLost>(name));
}

SalesTale& SalesTale::Supersede(const std::string& name, const std::string& winner) {
  auto superseded = At<events::v1::OpportunitySuperseded>(name);
  superseded.set_winner_id(BytesOf(winner));
  return Tell("opportunity", name, superseded);
}

SalesTale& SalesTale::Reopen(const std::string& name, const std::string& stage) {
  auto reopened = At<events::v1::OpportunityReopened>(name);
  reopened.set_stage_id(BytesOf(stage));
  SetProbability(reopened, -1);
  standing_[name].set_stage_id(reopened.stage_id());
  return Tell("opportunity", name, reopened);
}

SalesTale& SalesTale::Standby(const std::string& name) {
  return Tell("opportunity", name, At<events::v1::OpportunityPlacedOnStandby>(name));
}

SalesTale& SalesTale::Archive(const std::string& name) {
  return Tell("opportunity", name, At<events::v1::OpportunityArchived>(name));
}

SalesTale& SalesTale::Group(const std::string& group, const std::vector<std::string>& members,
                            v1::GroupKind kind) {
  events::v1::OpportunityGroupCreated created;
  created.set_kind(kind);
  Tell("opportunity_group", group, created);
  for (const std::string& member : members) {
    events::v1::GroupMemberAdded added;
    added.set_opportunity_id(BytesOf(member));
    Tell("opportunity_group", group, added);
    auto grouped = At<events::v1::OpportunityGrouped>(member);
    grouped.set_group_id(BytesOf(group));
    Tell("opportunity", member, grouped);
  }
  return *this;
}

SalesTale& SalesTale::Ungroup(const std::string& group, const std::string& member) {
  events::v1::GroupMemberRemoved removed;
  removed.set_opportunity_id(BytesOf(member));
  Tell("opportunity_group", group, removed);
  auto ungrouped = At<events::v1::OpportunityUngrouped>(member);
  ungrouped.set_group_id(BytesOf(group));
  return Tell("opportunity", member, ungrouped);
}

SalesTale& SalesTale::CaptureLead(const std::string& name, const std::string& team,
                                  const std::string& owner) {
  events::v1::LeadCaptured captured;
  *captured.mutable_ownership() = lead_owners_[name] = OwnershipOf(team, owner);
  captured.set_subject_id(BytesOf(name));
  captured.mutable_details()->set_email(name + "@example.org");
  return Tell("lead", name, captured);
}

SalesTale& SalesTale::AssignLead(const std::string& name, const std::string& team,
                                 const std::string& owner) {
  events::v1::LeadAssigned assigned;
  *assigned.mutable_from() = lead_owners_[name];
  *assigned.mutable_to() = lead_owners_[name] = OwnershipOf(team, owner);
  assigned.set_assign_time_us(absl::ToUnixMicros(now_));
  return Tell("lead", name, assigned);
}

}  // namespace crm::projections::testing
