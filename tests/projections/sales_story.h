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
  std::vector<std::string> teams = {};      // that show their records
  std::vector<std::string> own_teams = {};  // that the asker belongs to or leads
  bool sees_leads = true;
  bool sees_opportunities = true;
  bool sees_invoices = true;
  bool sees_payments = true;
  std::string at = "2026-12-31T23:59:59";
  int page_size = 50;
  std::string after = {};
  AsOfCut cut = {};           // of the past
  bool last_instant = false;  // asks at the last instant that counts, instead of `at`
};

template <class V>
class SalesStory : public ViewScenario<V>, public SalesTale {
 public:
  // What the rows are said to reflect.
  static constexpr int64_t kPosition = 4711;

  SalesStory() : SalesTale(this->history()) {}

  // What the view answers; the place where the next page begins goes to `next`.
  template <class Request>
  auto Answer(const Request& request, const Asker& asker = {}, std::string* next = nullptr) {
    domain::Audience audience;
    audience.everything = asker.everything;
    audience.member = domain::MemberId(Named(asker.member));
    for (const std::string& team : asker.teams) audience.teams.insert(domain::TeamId(Named(team)));
    for (const std::string& team : asker.own_teams) {
      audience.own_teams.insert(domain::TeamId(Named(team)));
    }
    domain::RecordAudiences records = {audience, audience, audience, audience, audience, audience};
    records.leads.nothing = !asker.sees_leads;
    records.opportunities.nothing = !asker.sees_opportunities;
    records.invoices.nothing = !asker.sees_invoices;
    records.payments.nothing = !asker.sees_payments;
    const absl::Time at =
        asker.last_instant ? *asker.cut.effective_before - absl::Microseconds(1) : TimeAt(asker.at);
    QueryContext context(audience, at, asker.page_size, asker.after);
    context.WithRecords(records, kPosition);
    auto answer = V::Answer(request, this->RowsAt(asker.cut), context);
    if (next != nullptr) *next = context.next();
    return answer;
  }
};

}  // namespace crm::projections::testing
