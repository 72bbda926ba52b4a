// What every command decides in every phase, as one table: documentation, and a guard against a
// rule that moves unnoticed. tests/golden/decisions_opportunity.txt; UPDATE_GOLDEN=1 rewrites it.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/support/golden.h"
#include "tests/support/opportunity_scenario.h"

namespace crm::testing {
namespace {

using domain::Opportunity;
using domain::OpportunityId;

// Every scenario has an opportunity in a group of alternatives with one other.
using Act = std::function<void(OpportunityScenario&)>;

struct Named {
  std::string name;
  Act act;
};

template <class Command>
Named Case(const Command& command) {
  std::string name = Command::descriptor()->name();
  name.resize(name.size() - std::string("Request").size());
  return {name, [command](OpportunityScenario& scenario) { scenario.When(command); }};
}

std::vector<Named> Phases() {
  const auto nothing = [](OpportunityScenario&) {};
  const auto lose = [](OpportunityScenario& scenario) { scenario.When(LoseOpportunityExample()); };
  return {
      {"open", nothing},
      {"standby", Case(PlaceOnStandbyExample()).act},
      {"won", Case(WinOpportunityExample()).act},
      {"lost", lose},
      {"superseded", Case(WinOpportunityExample(2)).act},
      {"archived", Case(ExampleCommand<v1::ArchiveOpportunityRequest>()).act},
  };
}

std::vector<Named> Commands() {
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(ExampleName<OpportunityId>());
  update.mutable_opportunity()->set_source("fair");
  auto revenue = ExampleCommand<v1::ReviseExpectedRevenueRequest>();
  *revenue.mutable_expected_revenue() = EuroMoney(1);
  auto probability = ExampleCommand<v1::ReviseProbabilityRequest>();
  probability.set_probability_bp(4'200);
  auto won_at = WinOpportunityExample();
  *won_at.mutable_won_revenue() = EuroMoney(1);
  std::vector<Named> commands = {
      Case(update),
      Case(revenue),
      Case(probability),
      Case(MoveStageExample(kProposal)),
      Case(AssignOpportunityExample(1, 2)),
      Case(CreditContributorsExample({1, 1})),
      Case(PlaceOnStandbyExample()),
      Case(ExampleCommand<v1::ResumeOpportunityRequest>()),
      Case(WinOpportunityExample()),
      Case(won_at),
      Case(LoseOpportunityExample()),
      Case(ExampleCommand<v1::ReopenOpportunityRequest>()),
      Case(ExampleCommand<v1::ArchiveOpportunityRequest>()),
      Case(ExampleCommand<v1::RestoreOpportunityRequest>()),
  };
  commands[9].name = "WinOpportunity for less";
  return commands;
}

std::string NamesOf(const std::vector<MessagePtr>& events) {
  return absl::StrJoin(events, " + ", [](std::string* out, const MessagePtr& event) {
    out->append(event->GetDescriptor()->name());
  });
}

std::string Cell(const Act& phase, const Act& command) {
  OpportunityScenario scenario;
  GiveGroup(scenario, 2);
  phase(scenario);
  scenario.Settled();
  command(scenario);
  if (!scenario.outcome().ok()) return ReasonOf(scenario.outcome());
  std::string cell = scenario.decided().empty() ? "-" : NamesOf(scenario.decided());
  for (const auto& [stream, events] : scenario.effects()) {
    absl::StrAppend(&cell, ", beside it ", NamesOf(events));
  }
  scenario.Settled();
  return cell;
}

TEST(OpportunityDecisionTableTest, IsAsWritten) {
  std::string table =
      "What each command decides about one of two alternatives, by phase. \"-\" is nothing.\n"
      "One block per phase; refusals in capitals.\n";
  for (const Named& phase : Phases()) {
    absl::StrAppend(&table, "\n", phase.name, "\n");
    for (const Named& command : Commands()) {
      absl::StrAppendFormat(&table, "  %-24s %s\n", command.name, Cell(phase.act, command.act));
    }
  }
  ExpectGolden("decisions_opportunity.txt", table);
}

}  // namespace
}  // namespace crm::testing
