// What every command decides in every phase of a lead, as a table in tests/golden.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/golden.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::AssignLeadExample;
using crm::testing::ExampleId;
using crm::testing::ExpectGolden;
using crm::testing::JunkLeadExample;
using crm::testing::kLost;
using crm::testing::kProposal;
using crm::testing::kWon;
using crm::testing::LeadCapturedFor;
using crm::testing::LeadCaptureRefusedExample;
using crm::testing::LeadCommand;
using crm::testing::LeadConvertedExample;
using crm::testing::LeadJunkedExample;
using crm::testing::LeadLostExample;
using crm::testing::LeadQualifiedExample;
using crm::testing::LeadScenario;
using crm::testing::LoseLeadExample;
using crm::testing::MessagePtr;
using crm::testing::MoveLeadStageExample;
using crm::testing::UpdateLeadExample;

using Phase = std::pair<std::string, std::function<void(LeadScenario&)>>;
using Command = std::pair<std::string, std::function<void(LeadScenario&)>>;

std::vector<Phase> Phases() {
  const auto qualified = LeadQualifiedExample(ExampleId<CustomerId>());
  const auto captured = LeadCapturedFor(1, 1);
  return {
      {"new", [=](auto& s) { s.Given(captured); }},
      {"new, unassigned", [=](auto& s) { s.Captured(); }},
      {"qualified", [=](auto& s) { s.Given(captured, qualified); }},
      {"converted", [=](auto& s) { s.Given(captured, LeadConvertedExample()); }},
      {"lost", [=](auto& s) { s.Given(captured, LeadLostExample()); }},
      {"junk", [=](auto& s) { s.Given(captured, LeadJunkedExample()); }},
      {"refused", [=](auto& s) { s.Given(LeadCaptureRefusedExample()); }},
  };
}

template <class C>
Command When(const std::string& label, C command) {
  return {label, [command](LeadScenario& s) { s.When(command); }};
}

std::vector<Command> Commands() {
  return {
      When("UpdateLead", UpdateLeadExample()),
      When("MoveLeadStage to an open stage", MoveLeadStageExample(kProposal)),
      When("MoveLeadStage to a won stage", MoveLeadStageExample(kWon)),
      When("MoveLeadStage to a lost stage", MoveLeadStageExample(kLost)),
      When("AssignLead to the first member", AssignLeadExample(1, 1)),
      When("AssignLead to the second member", AssignLeadExample(1, 2)),
      When("RouteLead", LeadCommand<v1::RouteLeadRequest>()),
      When("QualifyLead", LeadCommand<v1::QualifyLeadRequest>()),
      When("ConvertLead", LeadCommand<v1::ConvertLeadRequest>()),
      When("LoseLead", LoseLeadExample()),
      When("JunkLead", JunkLeadExample()),
      When("RestoreLead", LeadCommand<v1::RestoreLeadRequest>()),
  };
}

// "LeadStageMoved, LeadQualified + customer: CustomerCreated", "nothing" or the reason.
std::string Outcome(LeadScenario& scenario) {
  const absl::Status& outcome = scenario.outcome();
  if (!outcome.ok()) return ReasonOf(outcome);
  std::vector<std::string> own;
  for (const MessagePtr& event : scenario.decided()) {
    own.push_back(event->GetDescriptor()->name());
  }
  std::string text = own.empty() ? "nothing" : absl::StrJoin(own, ", ");
  for (const auto& [stream, events] : scenario.effects()) {
    std::vector<std::string> names;
    for (const MessagePtr& event : events) names.push_back(event->GetDescriptor()->name());
    absl::StrAppend(&text, " + ", stream.category, ": ", absl::StrJoin(names, ", "));
  }
  scenario.Settled();
  return text;
}

TEST(LeadDecisionTableTest, EveryCommandInEveryPhase) {
  std::string table =
      "What a lead decides: phase, command -> events (+ effects on other streams), or the reason\n"
      "why not.\n";
  for (const auto& [phase, given] : Phases()) {
    absl::StrAppend(&table, "\n", phase, "\n");
    for (const auto& [label, when] : Commands()) {
      LeadScenario scenario;
      given(scenario);
      when(scenario);
      absl::StrAppend(&table, "  ", label, " -> ", Outcome(scenario), "\n");
    }
  }
  ExpectGolden("decisions_lead.txt", table);
}

}  // namespace
}  // namespace crm::domain
