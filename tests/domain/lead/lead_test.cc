#include "domain/lead/lead.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::EuroMoney;
using crm::testing::Euros;
using crm::testing::ExampleBytes;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::ExampleStage;
using crm::testing::IsOk;
using crm::testing::JunkLeadExample;
using crm::testing::kExampleNow;
using crm::testing::kLeadPipeline;
using crm::testing::kLost;
using crm::testing::kNegotiation;
using crm::testing::kProposal;
using crm::testing::kQualified;
using crm::testing::kWon;
using crm::testing::LeadCapturedExample;
using crm::testing::LeadCapturedFor;
using crm::testing::LeadCommand;
using crm::testing::LeadExample;
using crm::testing::LeadJunkedExample;
using crm::testing::LeadLostExample;
using crm::testing::LeadQualifiedExample;
using crm::testing::LeadScenario;
using crm::testing::LeadStageMovedExample;
using crm::testing::LoseLeadExample;
using crm::testing::MoveLeadStageExample;
using crm::testing::PipelineCreatedExample;
using crm::testing::UpdateLeadExample;
using events::v1::LeadDetailsRevised;
using ::testing::SizeIs;

const LeadId kLead = ExampleId<LeadId>();

v1::RestoreLeadRequest RestoreLead() { return LeadCommand<v1::RestoreLeadRequest>(); }

LeadDetailsRevised Revised(std::initializer_list<std::string> fields) {
  LeadDetailsRevised event;
  event.mutable_fields()->Add(fields.begin(), fields.end());
  event.mutable_details();
  event.set_subject_id(ToBytes(kLead));
  event.mutable_ownership()->set_team_id("");
  event.mutable_ownership()->set_owner_id("");
  return event;
}

events::v1::LeadStageMoved Moved(const StageName& from, const StageName& to) {
  events::v1::LeadStageMoved event;
  event.set_from_pipeline_id(ToBytes(from.pipeline));
  event.set_from_stage_id(ToBytes(from.stage));
  event.set_to_pipeline_id(ToBytes(to.pipeline));
  event.set_to_stage_id(ToBytes(to.stage));
  event.mutable_ownership()->set_team_id("");
  event.mutable_ownership()->set_owner_id("");
  return event;
}

TEST(LeadTest, I10ARevisionNamesExactlyWhatChanged) {
  v1::UpdateLeadRequest command = UpdateLeadExample();
  command.mutable_lead()->set_given_name("Grace");  // as it was
  command.mutable_lead()->set_email("grace@NEW.example");
  command.mutable_lead()->clear_job_title();
  command.mutable_lead()->set_priority(2);
  *command.mutable_lead()->mutable_expected_revenue() = EuroMoney(2'000);
  for (const char* path :
       {"given_name", "email", "source", "expected_revenue", "priority", "campaign", "job_title"}) {
    command.mutable_update_mask()->add_paths(path);
  }
  command.mutable_lead()->set_campaign("spring");
  LeadDetailsRevised revised = Revised({"email", "source", "expected_revenue", "priority"});
  revised.mutable_details()->set_email("grace@new.example");
  *revised.mutable_details()->mutable_expected_revenue() = Euros(2'000);
  revised.mutable_details()->set_priority(2);
  LeadScenario scenario;
  scenario.Captured().When(command).Then(revised);
  EXPECT_EQ(scenario.Shown().email(), "grace@new.example");
  EXPECT_EQ(scenario.Shown().source(), "") << "named in the mask and not given: cleared";
  EXPECT_EQ(scenario.Shown().priority(), 2);
  EXPECT_EQ(scenario.Shown().phone(), "+49 30 1234567") << "not named: kept";
}

TEST(LeadTest, I10NoChangeNoEvent) {
  v1::UpdateLeadRequest command = UpdateLeadExample();
  *command.mutable_lead() = LeadExample();
  command.mutable_lead()->set_name(ExampleName<LeadId>());
  LeadScenario().Captured().When(command).ThenNothing();
}

TEST(LeadTest, OwnershipAndStageAreNotRevised) {
  v1::UpdateLeadRequest command = UpdateLeadExample();
  command.mutable_update_mask()->add_paths("owner");
  LeadScenario().Captured().When(command).ThenRejected("FIELD_NOT_UPDATABLE");
  command.mutable_update_mask()->set_paths(0, "ownr");
  LeadScenario().Captured().When(command).ThenRejected("FIELD_UNKNOWN");
}

TEST(LeadTest, I2ARevisionKeepsTheLeadReachable) {
  v1::UpdateLeadRequest command = UpdateLeadExample();
  for (const char* path : {"email", "phone", "company_name", "given_name", "family_name"}) {
    command.mutable_update_mask()->add_paths(path);
  }
  LeadScenario().Captured().When(command).ThenRejected("NO_CONTACT_DATA");
  command.mutable_lead()->set_email("nobody");
  LeadScenario().Captured().When(command).ThenRejected("EMAIL_INVALID");
}

TEST(LeadTest, AmountsAreNotNegative) {
  v1::UpdateLeadRequest command = UpdateLeadExample();
  *command.mutable_lead()->mutable_expected_revenue() = EuroMoney(-1);
  LeadScenario().Captured().When(command).ThenRejected("AMOUNT_NEGATIVE");
}

TEST(LeadTest, I4MovesBetweenStagesAndLeadPipelines) {
  const StageName first = ExampleStage(kQualified, kLeadPipeline);
  const StageName second = ExampleStage(kProposal, kLeadPipeline);
  LeadScenario scenario;
  scenario
      .GivenStream<Pipeline>(ExampleId<PipelineId>(4),
                             PipelineCreatedExample(4, v1::PIPELINE_KIND_LEAD))
      .Given(LeadCapturedExample())
      .When(MoveLeadStageExample(kQualified))
      .Then(Moved({}, first))
      .When(MoveLeadStageExample(kProposal))
      .Then(Moved(first, second))
      .When(MoveLeadStageExample(kProposal))
      .ThenNothing()
      .When(MoveLeadStageExample(kNegotiation, 4))
      .Then(Moved(second, ExampleStage(kNegotiation, 4)));
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kNegotiation, 4)));
  EXPECT_EQ(scenario.Shown().stage_enter_time().seconds(), absl::ToUnixSeconds(kExampleNow));
}

TEST(LeadTest, I4RefusesStagesThatLeadsCannotEnter) {
  LeadScenario scenario;
  scenario.Captured();
  scenario.When(MoveLeadStageExample(kProposal, 1)).ThenRejected("PIPELINE_KIND_MISMATCH");
  scenario.When(MoveLeadStageExample(kLost)).ThenRejected("STAGE_CLOSED_KIND");
  scenario.When(MoveLeadStageExample(9)).ThenRejected("STAGE_NOT_IN_PIPELINE");
  scenario.When(MoveLeadStageExample(1, 9)).ThenRejected("REFERENCE_NOT_FOUND");
  scenario.GivenStream<Pipeline>(ExampleId<PipelineId>(kLeadPipeline),
                                 events::v1::PipelineArchived());
  scenario.When(MoveLeadStageExample(kProposal)).ThenRejected("PIPELINE_ARCHIVED");
}

TEST(LeadTest, I4AStageWantsItsRequiredFields) {
  events::v1::StageDetailsRevised wants;
  wants.set_stage_id(ToBytes(ExampleStage(kProposal, kLeadPipeline).stage));
  wants.add_required_fields("email");
  wants.add_required_fields("owner");
  wants.add_required_fields("job_title");
  wants.set_required_fields_replaced(true);
  LeadScenario scenario;
  scenario.Captured().GivenStream<Pipeline>(ExampleId<PipelineId>(kLeadPipeline), wants);
  scenario.When(MoveLeadStageExample(kProposal))
      .ThenRejected("STAGE_FIELDS_MISSING")
      .Naming("fields", "owner,job_title");
}

TEST(LeadTest, I4LeavesAnArchivedStageForItsTargetAsItIs) {
  events::v1::StageDetailsRevised wants;
  wants.set_stage_id(ToBytes(ExampleStage(kProposal, kLeadPipeline).stage));
  wants.add_required_fields("job_title");
  wants.set_required_fields_replaced(true);
  events::v1::StageArchived archived;
  archived.set_stage_id(ToBytes(ExampleStage(kQualified, kLeadPipeline).stage));
  archived.set_target_stage_id(wants.stage_id());
  LeadScenario scenario;
  scenario.Captured()
      .When(MoveLeadStageExample(kQualified))
      .GivenStream<Pipeline>(ExampleId<PipelineId>(kLeadPipeline), wants, archived,
                             events::v1::PipelineArchived())
      .When(MoveLeadStageExample(kProposal))
      .Then(Moved(ExampleStage(kQualified, kLeadPipeline), ExampleStage(kProposal, kLeadPipeline)));
}

TEST(LeadTest, I4AWonStageQualifies) {
  LeadScenario scenario;
  scenario.Captured().When(MoveLeadStageExample(kWon));
  ASSERT_THAT(scenario.decided(), SizeIs(2));
  EXPECT_EQ(scenario.decided()[1]->GetDescriptor()->name(), "LeadQualified");
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(scenario.Shown().customer(), NameOf(CustomerBornOf(kLead)));
  EXPECT_TRUE(scenario.CurrentOf<Customer>(CustomerBornOf(kLead)).head.exists());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.Settled();
  // Already qualified: nothing is born again, moving back takes nothing away.
  scenario.When(MoveLeadStageExample(kProposal));
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  scenario.When(MoveLeadStageExample(kWon));
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  EXPECT_TRUE(scenario.effects().empty());
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadTest, I9LosesForAConfiguredReason) {
  events::v1::LeadLost lost;
  lost.mutable_reason()->set_reason_id("price");
  lost.mutable_reason()->set_display_name("Reason price");
  lost.set_text("too dear");
  lost.mutable_ownership()->set_team_id("");
  lost.mutable_ownership()->set_owner_id("");
  lost.set_subject_id(ExampleBytes<LeadId>());
  LeadScenario scenario;
  scenario.Captured().When(LoseLeadExample("price", "too dear")).Then(lost);
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_LOST);
  EXPECT_EQ(scenario.Shown().loss_reason().loss_reason_id(), "price");
  EXPECT_EQ(scenario.Shown().loss_text(), "too dear");
  scenario.When(LoseLeadExample("price", "too dear")).ThenNothing();
  scenario.When(LoseLeadExample("price", "never mind")).ThenRejected("LEAD_CLOSED");
}

TEST(LeadTest, I9UnknownAndArchivedReasonsAreRefused) {
  LeadScenario scenario;
  scenario.Captured();
  scenario.When(LoseLeadExample("weather")).ThenRejected("LOSS_REASON_UNKNOWN");
  scenario.When(LoseLeadExample("gone")).ThenRejected("LOSS_REASON_UNKNOWN");
}

TEST(LeadTest, I9OtherWantsAText) {
  LeadScenario scenario;
  scenario.Captured();
  scenario.When(LoseLeadExample("other")).ThenRejected("LOSS_TEXT_REQUIRED");
  scenario.When(LoseLeadExample("other", " ")).ThenRejected("LOSS_TEXT_REQUIRED");
  scenario.When(LoseLeadExample("other", "moved to the moon"));
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadTest, JunkIsJunk) {
  LeadScenario scenario;
  scenario.Captured().When(JunkLeadExample());
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_JUNK);
  EXPECT_EQ(scenario.Shown().loss_text(), "advertises");
  EXPECT_FALSE(scenario.Shown().has_loss_reason());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.When(JunkLeadExample()).ThenNothing();
  scenario.When(LoseLeadExample()).ThenRejected("LEAD_CLOSED").Naming("state", "JUNK");
}

TEST(LeadTest, JunkHasAReason) {
  LeadScenario scenario;
  v1::JunkLeadRequest command = JunkLeadExample();
  command.set_reason(" \t");
  scenario.Captured().When(command).ThenRejected("JUNK_REASON_REQUIRED");
}

// The key that would seal what is said of an erased person is gone; closing the lead is possible.
TEST(LeadTest, NothingIsSaidOfAnErasedPerson) {
  const auto forget = [](LeadScenario& lead) {
    EXPECT_THAT(lead.world().streams.keys().Destroy(ExampleId<OrganizationId>().uuid(),
                                                    ExampleId<LeadId>().uuid()),
                IsOk());
  };
  LeadScenario scenario;
  forget(scenario.Captured());
  events::v1::LeadLost lost = LeadLostExample();
  scenario.When(LoseLeadExample("price", "Grace found it dear")).Then(lost);
  scenario.When(LoseLeadExample("price", "Grace found it dear")).ThenNothing();
  LeadScenario junk;
  forget(junk.Captured());
  events::v1::LeadJunked junked = LeadJunkedExample();
  junked.clear_reason();
  junk.When(JunkLeadExample()).Then(junked);
}

TEST(LeadTest, RestoredToThePhaseAndStageItHad) {
  LeadScenario scenario;
  scenario.Captured()
      .Given(LeadStageMovedExample(kProposal), LeadQualifiedExample(ExampleId<CustomerId>()),
             LeadLostExample())
      .When(RestoreLead());
  EXPECT_THAT(scenario.decided(), SizeIs(1));
  EXPECT_EQ(scenario.Shown().state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kProposal, kLeadPipeline)));
  EXPECT_EQ(scenario.Shown().customer(), ExampleName<CustomerId>());
  EXPECT_FALSE(scenario.Shown().has_loss_reason());
  EXPECT_THAT(scenario.outcome(), IsOk());
  scenario.When(RestoreLead()).ThenNothing();

  LeadScenario junk;
  junk.Captured().Given(LeadJunkedExample()).When(RestoreLead());
  EXPECT_EQ(junk.Shown().state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(junk.Shown().loss_text(), "");
  EXPECT_THAT(junk.outcome(), IsOk());
}

TEST(LeadTest, RestoredToWhereItsArchivedStageWent) {
  events::v1::StageArchived archived;
  archived.set_stage_id(ToBytes(ExampleStage(kProposal, kLeadPipeline).stage));
  archived.set_target_stage_id(ToBytes(ExampleStage(kNegotiation, kLeadPipeline).stage));
  LeadScenario scenario;
  scenario.Captured()
      .Given(LeadStageMovedExample(kProposal), LeadLostExample())
      .GivenStream<Pipeline>(ExampleId<PipelineId>(kLeadPipeline), archived)
      .When(RestoreLead());
  EXPECT_THAT(scenario.decided(), SizeIs(2));
  EXPECT_EQ(scenario.Shown().stage(), NameOf(ExampleStage(kNegotiation, kLeadPipeline)));
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadTest, ErasureLeavesWhatIsNotPersonal) {
  const events::v1::LeadCaptured captured = LeadCapturedExample();
  EventMetadata metadata;
  metadata.stream = StreamOf(kLead);
  metadata.erased = true;
  events::v1::LeadCaptured erased = captured;
  erased.mutable_details()->clear_given_name();
  erased.mutable_details()->clear_family_name();
  erased.mutable_details()->clear_email();
  erased.mutable_details()->clear_phone();
  erased.mutable_details()->clear_company_name();
  const LeadState state = Lead::Evolve({}, erased, metadata);
  EXPECT_TRUE(state.erased);
  // Nothing is left to name a customer after but what it is about.
  EXPECT_EQ(BornFromLead(kLead, state.subject, state.details, {}, CustomerBornOf(kLead))
                .details()
                .display_name(),
            "Asks for fifty desks");
  // It may still be labelled.
  LeadScenario scenario;
  scenario.Given(erased);
  v1::UpdateLeadRequest command = UpdateLeadExample();
  command.mutable_lead()->clear_job_title();
  command.mutable_lead()->add_tags("old");
  scenario.When(command);
  EXPECT_THAT(scenario.outcome(), IsOk());
}

TEST(LeadTest, ItsScopeIsItsOwner) {
  LeadScenario scenario;
  scenario.Given(LeadCapturedFor(1, 2));
  const Scope scope = Lead::ScopeOf(scenario.Current().state());
  EXPECT_EQ(scope.team, ExampleId<TeamId>());
  EXPECT_EQ(scope.owner, ExampleId<MemberId>(2));
  EXPECT_FALSE(scope.shared);
}

}  // namespace
}  // namespace crm::domain
