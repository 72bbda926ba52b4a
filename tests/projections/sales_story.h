// SalesStory: a history told in the words of a sales team, for views of leads and opportunities.
// Everything is named; ids derive from the names. The story remembers where each opportunity
// stands, so that events carry what they were at the time, as commands write them.
//
//   SalesStory<TeamDashboard> story;
//   story.Organization("Europe/Berlin").Pipeline("sales", {{"new", 2000}, {"offer", 5000}});
//   story.On("2026-03-02").Open("A", {.team = "north", .owner = "ann", .minor = 1'000'000});
//   story.On("2026-03-09").Win("A");
//   story.Answer(v1::GetTeamDashboardRequest(), {.member = "ann"});
//
// Include from tests only.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/events/v1/organization_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "domain/types/ids.h"
#include "google/type/date.pb.h"
#include "projections/query.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

// The id of what a story calls `name`; nil for "".
inline Uuid Named(const std::string& name) {
  return name.empty() ? Uuid() : Uuid::FromName({}, name);
}
inline std::string BytesOf(const std::string& name) {
  return name.empty() ? std::string() : Named(name).ToBytes();
}
template <class Id>
std::string ResourceOf(const std::string& name) {
  return domain::NameOf(Id(Named(name)));
}
inline std::string StageOf(const std::string& pipeline, const std::string& stage) {
  return domain::NameOf(
      domain::StageName{domain::PipelineId(Named(pipeline)), domain::StageId(Named(stage))});
}
inline events::v1::Ownership OwnershipOf(const std::string& team, const std::string& owner,
                                         const std::vector<std::string>& contributors = {}) {
  events::v1::Ownership ownership;
  ownership.set_team_id(BytesOf(team));
  ownership.set_owner_id(BytesOf(owner));
  for (const std::string& member : contributors) ownership.add_contributor_ids(BytesOf(member));
  return ownership;
}
// "2026-03-02" (noon) or "2026-03-02T09:30:00", UTC.
inline absl::Time TimeAt(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M:%S", text.size() > 10 ? text : text + "T12:00:00",
                              &time, &error))
      << error;
  return time;
}
inline google::type::Date DateOf(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

struct Terms {
  std::string team = "north";
  std::string owner = "ann";
  int64_t minor = -1;  // negative: expected revenue is not known
  std::string currency = "EUR";
  std::string pipeline = "sales";
  std::string stage = "new";
  int probability_bp = -1;  // negative: follows the stage
  std::string customer = {};
  std::vector<std::string> contributors = {};
  int32_t expected_close_day = -1;  // negative: none
};

// Who asks, and when.
struct Asker {
  bool everything = true;
  std::string member = "boss";
  std::vector<std::string> teams = {};
  std::string at = "2026-12-31T23:59:59";
  int page_size = 50;
  std::string after = {};
};

template <class V>
class SalesStory : public ViewScenario<V> {
 public:
  // The instant of what is told next, until the next On.
  SalesStory& On(const std::string& time) {
    now_ = TimeAt(time);
    return *this;
  }
  SalesStory& Tell(const std::string& category, const std::string& name,
                   const google::protobuf::Message& event) {
    this->Given({category, Named(name)}, event, {.at = now_});
    return *this;
  }

  SalesStory& Organization(const std::string& zone) {
    events::v1::OrganizationCreated created;
    created.set_time_zone(zone);
    created.set_currency_code("EUR");
    return Tell("organization", "organization", created);
  }
  SalesStory& Pipeline(const std::string& name,
                       const std::vector<std::pair<std::string, int>>& stages,
                       const std::string& won_stage = "") {
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
  SalesStory& Team(const std::string& name) {
    events::v1::TeamCreated created;
    created.set_display_name(name);
    return Tell("team", name, created);
  }
  SalesStory& Member(const std::string& name) {
    events::v1::MemberCreated created;
    created.set_display_name(name);
    created.set_email(name + "@example.org");
    return Tell("member", name, created);
  }
  SalesStory& Join(const std::string& team, const std::string& member, int maximum_leads = 0) {
    events::v1::MembershipBegan began;
    began.set_member_id(BytesOf(member));
    began.mutable_terms()->set_maximum_leads(maximum_leads);
    return Tell("team", team, began);
  }
  SalesStory& Lead(const std::string& team, const std::string& leader) {
    events::v1::LeaderAppointed appointed;
    appointed.set_member_id(BytesOf(leader));
    return Tell("team", team, appointed);
  }

  SalesStory& Open(const std::string& name, const Terms& terms = {}) {
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
  SalesStory& Move(const std::string& name, const std::string& stage,
                   const std::string& pipeline = "sales") {
    events::v1::StageMoved moved;
    *moved.mutable_at() = standing_[name];
    moved.set_to_pipeline_id(BytesOf(pipeline));
    moved.set_to_stage_id(BytesOf(stage));
    SetProbability(moved, -1);
    standing_[name].set_pipeline_id(moved.to_pipeline_id());
    standing_[name].set_stage_id(moved.to_stage_id());
    return Tell("opportunity", name, moved);
  }
  // `minor` negative: no longer known.
  SalesStory& Price(const std::string& name, int64_t minor, const std::string& currency = "EUR") {
    events::v1::ExpectedRevenueRevised revised;
    *revised.mutable_at() = standing_[name];
    standing_[name].clear_expected_revenue();
    if (minor >= 0) {
      SetAmount(*revised.mutable_to(), minor, currency);
      *standing_[name].mutable_expected_revenue() = revised.to();
    }
    return Tell("opportunity", name, revised);
  }
  SalesStory& Assign(const std::string& name, const std::string& team, const std::string& owner) {
    events::v1::OpportunityAssigned assigned;
    *assigned.mutable_at() = standing_[name];
    *assigned.mutable_to() = OwnershipOf(team, owner);
    *standing_[name].mutable_ownership() = assigned.to();
    return Tell("opportunity", name, assigned);
  }
  SalesStory& Win(const std::string& name, const std::string& won_stage = "") {
    events::v1::OpportunityWon won;
    *won.mutable_at() = standing_[name];
    if (!won_stage.empty()) standing_[name].set_stage_id(BytesOf(won_stage));
    won.set_stage_id(standing_[name].stage_id());
    return Tell("opportunity", name, won);
  }
  SalesStory& Lose(const std::string& name) {
    return Tell("opportunity", name, At<events::v1::OpportunityLost>(name));
  }
  SalesStory& Supersede(const std::string& name, const std::string& winner) {
    auto superseded = At<events::v1::OpportunitySuperseded>(name);
    superseded.set_winner_id(BytesOf(winner));
    return Tell("opportunity", name, superseded);
  }
  SalesStory& Reopen(const std::string& name, const std::string& stage) {
    auto reopened = At<events::v1::OpportunityReopened>(name);
    reopened.set_stage_id(BytesOf(stage));
    SetProbability(reopened, -1);
    standing_[name].set_stage_id(reopened.stage_id());
    return Tell("opportunity", name, reopened);
  }
  SalesStory& Standby(const std::string& name) {
    return Tell("opportunity", name, At<events::v1::OpportunityPlacedOnStandby>(name));
  }
  SalesStory& Archive(const std::string& name) {
    return Tell("opportunity", name, At<events::v1::OpportunityArchived>(name));
  }
  SalesStory& Group(const std::string& group, const std::vector<std::string>& members,
                    v1::GroupKind kind = v1::GROUP_KIND_ALTERNATIVES) {
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
  SalesStory& Ungroup(const std::string& group, const std::string& member) {
    events::v1::GroupMemberRemoved removed;
    removed.set_opportunity_id(BytesOf(member));
    Tell("opportunity_group", group, removed);
    auto ungrouped = At<events::v1::OpportunityUngrouped>(member);
    ungrouped.set_group_id(BytesOf(group));
    return Tell("opportunity", member, ungrouped);
  }

  SalesStory& CaptureLead(const std::string& name, const std::string& team,
                          const std::string& owner = "") {
    events::v1::LeadCaptured captured;
    *captured.mutable_ownership() = lead_owners_[name] = OwnershipOf(team, owner);
    captured.set_subject_id(BytesOf(name));
    captured.mutable_details()->set_email(name + "@example.org");
    return Tell("lead", name, captured);
  }
  SalesStory& AssignLead(const std::string& name, const std::string& team,
                         const std::string& owner) {
    events::v1::LeadAssigned assigned;
    *assigned.mutable_from() = lead_owners_[name];
    *assigned.mutable_to() = lead_owners_[name] = OwnershipOf(team, owner);
    assigned.set_assign_time_us(absl::ToUnixMicros(now_));
    return Tell("lead", name, assigned);
  }
  // LeadConverted, LeadLost, LeadJunked, LeadRestored.
  template <class Event>
  SalesStory& EndLead(const std::string& name) {
    Event event;
    *event.mutable_ownership() = lead_owners_[name];
    return Tell("lead", name, event);
  }

  // What the view answers; the place where the next page begins goes to `next`.
  template <class Request>
  auto Answer(const Request& request, const Asker& asker = {}, std::string* next = nullptr) {
    domain::Audience audience;
    audience.everything = asker.everything;
    audience.member = domain::MemberId(Named(asker.member));
    for (const std::string& team : asker.teams) audience.teams.insert(domain::TeamId(Named(team)));
    QueryContext context(audience, TimeAt(asker.at), asker.page_size, asker.after);
    auto answer = V::Answer(request, this->Rows(), context);
    if (next != nullptr) *next = context.next();
    return answer;
  }

 private:
  template <class Event>
  Event At(const std::string& name) {
    Event event;
    *event.mutable_at() = standing_[name];
    return event;
  }
  static void SetAmount(events::v1::Amount& amount, int64_t minor, const std::string& currency) {
    amount.set_minor(minor);
    amount.set_currency_code(currency);
  }
  template <class Event>
  static void SetProbability(Event& event, int bp) {
    event.set_probability_source(bp < 0 ? events::v1::PROBABILITY_SOURCE_STAGE
                                        : events::v1::PROBABILITY_SOURCE_EXPLICIT);
    event.set_probability_bp(bp < 0 ? 0 : bp);
  }

  absl::Time now_ = TimeAt("2026-01-01");
  std::map<std::string, events::v1::OpportunitySnapshot> standing_;
  std::map<std::string, events::v1::Ownership> lead_owners_;
};

}  // namespace crm::projections::testing
