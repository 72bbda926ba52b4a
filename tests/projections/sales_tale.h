// SalesTale: a history told in the words of a sales team, for views of leads and opportunities.
// Everything is named; ids derive from the names. The tale remembers where each opportunity
// stands, so that events carry what they were at the time, as commands write them.
//
//   tale.Organization("Europe/Berlin").Pipeline("sales", {{"new", 2000}, {"offer", 5000}});
//   tale.On("2026-03-02").Open("A", {.team = "north", .owner = "ann", .minor = 1'000'000});
//   tale.On("2026-03-09").Win("A");
//
// Include from tests only.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "crm/v1/opportunity_group_service.pb.h"
#include "tests/projections/story_names.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

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

class SalesTale {
 public:
  // Told into `history`, which must outlive it.
  explicit SalesTale(History& history) : history_(history) {}

  // The instant of what is told next, until the next On.
  SalesTale& On(const std::string& time);
  SalesTale& Tell(const std::string& category, const std::string& name,
                  const google::protobuf::Message& event);

  SalesTale& Organization(const std::string& zone);
  SalesTale& Pipeline(const std::string& name,
                      const std::vector<std::pair<std::string, int>>& stages,
                      const std::string& won_stage = "");
  SalesTale& Team(const std::string& name);
  SalesTale& Member(const std::string& name);
  SalesTale& Join(const std::string& team, const std::string& member, int maximum_leads = 0);
  SalesTale& Lead(const std::string& team, const std::string& leader);

  SalesTale& Open(const std::string& name, const Terms& terms = {});
  SalesTale& Move(const std::string& name, const std::string& stage,
                  const std::string& pipeline = "sales");
  // `minor` negative: no longer known.
  SalesTale& Price(const std::string& name, int64_t minor, const std::string& currency = "EUR");
  SalesTale& Assign(const std::string& name, const std::string& team, const std::string& owner);
  SalesTale& Win(const std::string& name, const std::string& won_stage = "");
  SalesTale& Lose(const std::string& name);
  SalesTale& Supersede(const std::string& name, const std::string& winner);
  SalesTale& Reopen(const std::string& name, const std::string& stage);
  SalesTale& Standby(const std::string& name);
  SalesTale& Archive(const std::string& name);
  SalesTale& Group(const std::string& group, const std::vector<std::string>& members,
                   v1::GroupKind kind = v1::GROUP_KIND_ALTERNATIVES);
  SalesTale& Ungroup(const std::string& group, const std::string& member);

  SalesTale& CaptureLead(const std::string& name, const std::string& team,
                         const std::string& owner = "");
  SalesTale& AssignLead(const std::string& name, const std::string& team, const std::string& owner);
  // LeadConverted, LeadLost, LeadJunked, LeadRestored.
  template <class Event>
  SalesTale& EndLead(const std::string& name) {
    Event event;
    *event.mutable_ownership() = lead_owners_[name];
    return Tell("lead", name, event);
  }

 private:
  template <class Event>
  Event At(const std::string& name);

  History& history_;
  absl::Time now_ = TimeAt("2026-01-01");
  std::map<std::string, events::v1::OpportunitySnapshot> standing_;
  std::map<std::string, events::v1::Ownership> lead_owners_;
};

}  // namespace crm::projections::testing
