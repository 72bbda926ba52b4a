// SalesStory: a sales tale that a view listens to, and the view's answers to whoever asks.
//
//   SalesStory<TeamDashboard> story;
//   story.On("2026-03-02").Open("A", {.team = "north", .owner = "ann", .minor = 1'000'000});
//   story.Answer(v1::GetTeamDashboardRequest(), {.member = "ann"});
//
// Include from tests only.
#pragma once

#include <string>
#include <vector>

#include "domain/audience.h"
#include "projections/query.h"
#include "tests/projections/sales_tale.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

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
class SalesStory : public ViewScenario<V>, public SalesTale {
 public:
  SalesStory() : SalesTale(this->history()) {}

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
};

}  // namespace crm::projections::testing
