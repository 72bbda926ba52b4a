#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::CaptureLeadExample;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::ExampleStage;
using crm::testing::IsOk;
using crm::testing::kExampleBefore;
using crm::testing::kExampleNow;
using crm::testing::kLeadPipeline;
using crm::testing::kProposal;
using crm::testing::kQualified;
using crm::testing::kWon;
using crm::testing::LeadCapturedExample;
using crm::testing::LeadCaptureRefusedExample;
using crm::testing::LeadPipelineGiven;
using crm::testing::LeadScenario;
using crm::testing::LeadsDisabled;
using crm::testing::LeadTakenExample;
using events::v1::LeadCaptured;
using events::v1::LeadCaptureRefused;
using ::testing::Field;
using ::testing::SizeIs;

template <class Event>
Event Decided(const LeadScenario& scenario, size_t index = 0) {
  EXPECT_GT(scenario.decided().size(), index);
  if (scenario.decided().size() <= index) return Event();
  const auto* event = dynamic_cast<const Event*>(scenario.decided()[index].get());
  EXPECT_NE(event, nullptr) << scenario.decided()[index]->GetTypeName();
  return event == nullptr ? Event() : *event;
}

// Expects the capture to be kept as refused, with what was sent.
void ExpectKept(LeadScenario& scenario, const v1::CaptureLeadRequest& command,
                absl::string_view reason) {
  scenario.When(command);
  EXPECT_THAT(scenario.outcome(), IsOk());
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  const auto refused = Decided<LeadCaptureRefused>(scenario);
  EXPECT_EQ(refused.reason(), reason);
  EXPECT_EQ(refused.details().display_name(), command.lead().display_name());
  EXPECT_EQ(refused.details().email(), command.lead().email());
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_REFUSED);
  EXPECT_EQ(scenario.Shown().refusal_reason(), reason);
}

TEST(LeadCaptureTest, I1RecordsWhatWasSent) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_email(" grace@BUYER.example ");
  scenario.When(command);
  LeadCaptured captured = LeadCapturedExample();
  captured.set_subject_id(ToBytes(scenario.Current().id));
  captured.mutable_ownership()->set_team_id("");
  captured.mutable_ownership()->set_owner_id("");
  scenario.Then(captured);
  const v1::Lead shown = scenario.Shown();
  EXPECT_EQ(shown.state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(shown.channel(), v1::CAPTURE_CHANNEL_API);
  EXPECT_EQ(shown.given_name(), "Grace");
  EXPECT_EQ(shown.email(), "grace@buyer.example");
  EXPECT_EQ(shown.expected_revenue().units(), 1'000);
  EXPECT_EQ(shown.etag(), "\"1\"");
}

v1::CaptureLeadRequest UnderExternalId(const char* external_id) {
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_external_id(external_id);
  return command;
}

TEST(LeadCaptureTest, I13AnotherCaptureWithTheSameExternalIdJoins) {
  LeadScenario scenario;
  scenario.When(UnderExternalId("form-17"));
  EXPECT_EQ(Decided<LeadCaptured>(scenario).external_id(), "form-17");
  const v1::Lead first = scenario.Shown();
  EXPECT_EQ(first.external_id(), "form-17");
  EXPECT_EQ(first.capture_count(), 1);
  scenario.Settled();

  v1::CaptureLeadRequest again = UnderExternalId(" form-17 ");
  again.set_channel(v1::CAPTURE_CHANNEL_IMPORT);
  again.mutable_lead()->set_phone("+49 30 7654321");
  scenario.When(again);
  ASSERT_THAT(scenario.decided(), SizeIs(1));
  const auto joined = Decided<events::v1::LeadCaptureJoined>(scenario);
  EXPECT_EQ(joined.details().phone(), "+49 30 7654321");
  EXPECT_EQ(joined.channel(), v1::CAPTURE_CHANNEL_IMPORT);
  EXPECT_EQ(joined.subject_id(), ToBytes(scenario.Current().id));
  const v1::Lead second = scenario.Shown();
  EXPECT_EQ(second.name(), first.name());
  EXPECT_EQ(second.capture_count(), 2);
  EXPECT_EQ(second.phone(), first.phone());
  EXPECT_EQ(second.state(), v1::LEAD_STATE_NEW);
}

TEST(LeadCaptureTest, I13ExternalIdsBelongToTheirSource) {
  const Caller caller = {ExampleId<OrganizationId>(), {}, Uuid::Random()};
  v1::CaptureLeadRequest command = UnderExternalId("17");
  const auto web = Lead::TargetOf(command, caller);
  command.mutable_lead()->set_source(" WEB ");
  EXPECT_EQ(Lead::TargetOf(command, caller), web);
  command.mutable_lead()->set_source("fair");
  EXPECT_NE(Lead::TargetOf(command, caller), web);
  command.mutable_lead()->clear_external_id();
  const auto drawn = Lead::TargetOf(command, caller);
  EXPECT_NE(Lead::TargetOf(command, {caller.organization, {}, Uuid::Random()}), drawn);
}

TEST(LeadCaptureTest, I13WhatWasRefusedIsCapturedAnew) {
  LeadScenario scenario;
  v1::CaptureLeadRequest wrong = UnderExternalId("form-17");
  wrong.mutable_lead()->set_email("grace at buyer");
  ExpectKept(scenario, wrong, "EMAIL_INVALID");
  scenario.Settled();
  scenario.When(UnderExternalId("form-17"));
  ASSERT_THAT(scenario.decided(), SizeIs(1));
  Decided<LeadCaptured>(scenario);
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(scenario.Shown().refusal_reason(), "");
  EXPECT_EQ(scenario.Shown().capture_count(), 2);
}

TEST(LeadCaptureTest, I2WithoutContactDataItIsKeptAsRefused) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->clear_email();
  command.mutable_lead()->clear_phone();
  command.mutable_lead()->clear_company_name();
  command.mutable_lead()->clear_given_name();
  command.mutable_lead()->set_family_name("  ");
  ExpectKept(scenario, command, "NO_CONTACT_DATA");
}

TEST(LeadCaptureTest, I2AnyWayToReachSomebodyIsEnough) {
  for (const char* field : {"email", "phone", "company_name", "given_name", "family_name"}) {
    v1::CaptureLeadRequest command = CaptureLeadExample();
    v1::Lead& lead = *command.mutable_lead();
    lead.Clear();
    lead.GetReflection()->SetString(&lead, v1::Lead::descriptor()->FindFieldByName(field),
                                    "a@example.com");
    LeadScenario scenario;
    scenario.When(command);
    EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_NEW) << field;
    EXPECT_THAT(scenario.outcome(), IsOk());
  }
}

TEST(LeadCaptureTest, I2AnImplausibleEmailIsKeptAsRefused) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_email("grace at buyer");
  ExpectKept(scenario, command, "EMAIL_INVALID");
}

TEST(LeadCaptureTest, I1ARefusalByARuleIsKept) {
  LeadScenario archived;
  archived.GivenTeam(events::v1::TeamArchived());
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  ExpectKept(archived, command, "TEAM_ARCHIVED");

  LeadScenario gone;
  gone.GivenStream<Member>(ExampleId<MemberId>(2), events::v1::MemberDeactivated());
  command.mutable_lead()->set_owner(ExampleName<MemberId>(2));
  ExpectKept(gone, command, "MEMBER_INACTIVE");
}

TEST(LeadCaptureTest, I1WhatTheSenderMustCorrectIsRejected) {
  LeadScenario scenario;
  v1::CaptureLeadRequest unknown_team = CaptureLeadExample();
  unknown_team.mutable_lead()->set_team(ExampleName<TeamId>(9));
  scenario.When(unknown_team).ThenRejected("REFERENCE_NOT_FOUND");

  LeadScenario other;
  v1::CaptureLeadRequest negative = CaptureLeadExample();
  negative.mutable_lead()->mutable_expected_revenue()->set_units(-1);
  other.When(negative).ThenRejected("AMOUNT_NEGATIVE");

  LeadScenario third;
  v1::CaptureLeadRequest no_currency = CaptureLeadExample();
  no_currency.mutable_lead()->mutable_expected_revenue()->set_currency_code("XYZ");
  third.When(no_currency).ThenRejected("CURRENCY_UNKNOWN");
}

TEST(LeadCaptureTest, I1BeforeTheTeamBeganThereIsNoTeam) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  scenario.At(kExampleBefore - absl::Hours(1)).When(command);
  scenario.ThenRejected("REFERENCE_NOT_YET_EFFECTIVE");
}

TEST(LeadCaptureTest, I12StartsInTheFirstOpenStageOfTheTeam) {
  LeadScenario scenario;
  scenario.GivenTeam(LeadPipelineGiven());
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  scenario.When(command);
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kQualified, kLeadPipeline)));
  EXPECT_EQ(scenario.Shown().team(), ExampleName<TeamId>());
  EXPECT_TRUE(scenario.Shown().has_stage_enter_time());
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadCaptureTest, I4AGivenStageIsAnOpenOneOfALeadPipeline) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_stage(NameOf(ExampleStage(kProposal, kLeadPipeline)));
  scenario.When(command);
  EXPECT_EQ(scenario.Shown().stage(), command.lead().stage());
  EXPECT_THAT(scenario.outcome(), IsOk());

  LeadScenario won;
  command.mutable_lead()->set_stage(NameOf(ExampleStage(kWon, kLeadPipeline)));
  ExpectKept(won, command, "STAGE_CLOSED_KIND");
  LeadScenario mismatch;
  command.mutable_lead()->set_stage(NameOf(ExampleStage(kProposal, 1)));
  ExpectKept(mismatch, command, "PIPELINE_KIND_MISMATCH");
}

TEST(LeadCaptureTest, I7AGivenOwnerTakesTheLead) {
  LeadScenario scenario;
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  command.mutable_lead()->set_owner(ExampleName<MemberId>(2));
  command.set_route(true);  // has an owner: nothing to route
  scenario.When(command);
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  events::v1::LeadTaken taken = LeadTakenExample(2, 1, kExampleNow);
  taken.set_lead_id(ToBytes(scenario.Current().id));
  scenario.ThenAlso<Roster>(RosterOf(ExampleId<TeamId>()), taken);
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadCaptureTest, I8AFullOwnerRefusesTheCaptureWhichIsKept) {
  LeadScenario scenario;
  scenario.GivenTaken(2, 30, kExampleNow - absl::Hours(1));
  scenario.Denying("lead.exceed_capacity");
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  command.mutable_lead()->set_owner(ExampleName<MemberId>(2));
  ExpectKept(scenario, command, "CAPACITY");
}

TEST(LeadCaptureTest, RoutesInTheSameCommit) {
  LeadScenario scenario;
  scenario.GivenTeam(LeadPipelineGiven());
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.set_route(true);
  scenario.When(command);
  EXPECT_THAT(scenario.decided(), SizeIs(3));
  const auto assigned = Decided<events::v1::LeadAssigned>(scenario, 1);
  EXPECT_EQ(assigned.explanation().candidates_size(), 3);
  const auto moved = Decided<events::v1::LeadStageMoved>(scenario, 2);
  EXPECT_EQ(moved.from_stage_id(), "");
  const v1::Lead shown = scenario.Shown();
  EXPECT_EQ(shown.team(), ExampleName<TeamId>());
  EXPECT_NE(shown.owner(), "");
  EXPECT_EQ(shown.stage(), NameOf(ExampleStage(kQualified, kLeadPipeline)));
  EXPECT_EQ(shown.assignment().rule_version(), "weighted-round-robin/1");
  EXPECT_TRUE(scenario.effects().contains(StreamOf(RosterOf(ExampleId<TeamId>()))));
  scenario.Settled();
}

TEST(LeadCaptureTest, I11WhereLeadsAreNotUsedItBecomesAnOpportunity) {
  LeadScenario scenario;
  scenario.GivenOrganization(LeadsDisabled());
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  scenario.When(command);
  EXPECT_THAT(scenario.decided(), SizeIs(2));
  Decided<LeadCaptured>(scenario, 0);
  Decided<events::v1::LeadConverted>(scenario, 1);
  const LeadId lead = scenario.Current().id;
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(scenario.Shown().opportunity(), NameOf(OpportunityBornOf(lead)));
  const Ref<Opportunity> opportunity = scenario.CurrentOf<Opportunity>(OpportunityBornOf(lead));
  EXPECT_EQ(opportunity->details.display_name(), "Asks for fifty desks");
  EXPECT_EQ(opportunity->stage, ExampleStage(kQualified));
  EXPECT_EQ(opportunity->customer(), CustomerBornOf(lead));
  EXPECT_EQ(opportunity->lead, lead);
  scenario.Settled();
}

TEST(LeadCaptureTest, I11WithoutAPipelineForItTheCaptureIsKeptAsRefused) {
  LeadScenario scenario;
  scenario.GivenOrganization(LeadsDisabled());
  ExpectKept(scenario, CaptureLeadExample(), "STAGE_REQUIRED");
}

TEST(LeadCaptureTest, I1ACaptureForATeamWhereTeamsAreNotUsedIsKeptAsRefused) {
  LeadScenario scenario;
  events::v1::OrganizationSettingsRevised revised;
  revised.set_teams_enabled(false);
  scenario.GivenOrganization(revised);
  v1::CaptureLeadRequest command = CaptureLeadExample();
  command.mutable_lead()->set_team(ExampleName<TeamId>());
  ExpectKept(scenario, command, "TEAMS_NOT_USED");
}

TEST(LeadCaptureTest, ARefusedCaptureBelongsToNobody) {
  LeadScenario scenario;
  scenario.Given(LeadCaptureRefusedExample());
  EXPECT_EQ(Lead::ScopeOf(scenario.Current().state()), Scope());
}

}  // namespace
}  // namespace crm::domain
