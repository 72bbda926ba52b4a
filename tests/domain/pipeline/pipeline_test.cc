// Invariants I1..I8 of domain/pipeline/pipeline.h.
#include "domain/pipeline/pipeline.h"

#include "tests/support/born.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Born;
using ::testing::ElementsAre;
using testing::ExampleId;
using testing::ExampleName;
using testing::ExampleStage;
using testing::From;
using testing::kLost;
using testing::kNegotiation;
using testing::kProposal;
using testing::kQualified;
using testing::kWon;
using testing::PipelineCreatedExample;
using ::testing::Property;
using testing::Scenario;
using testing::StageArchivedExample;

std::string StageBytes(int stage) { return ToBytes(ExampleStage(stage).stage); }
std::string NameOfStage(int stage, int pipeline = 1) {
  return NameOf(ExampleStage(stage, pipeline));
}

v1::CreatePipelineRequest Create(absl::string_view pipeline) {
  v1::CreatePipelineRequest command;
  *command.mutable_pipeline() = From<v1::Pipeline>(pipeline);
  return command;
}

v1::AddStageRequest Add(absl::string_view stage, int index = -1) {
  v1::AddStageRequest command;
  command.set_name(ExampleName<PipelineId>());
  *command.mutable_stage() = From<v1::Stage>(stage);
  if (index >= 0) command.set_index(index);
  return command;
}

v1::UpdateStageRequest Update(int stage, absl::string_view values, absl::string_view path = "") {
  v1::UpdateStageRequest command;
  command.set_name(ExampleName<PipelineId>());
  *command.mutable_stage() = From<v1::Stage>(values);
  command.mutable_stage()->set_name(NameOfStage(stage));
  if (!path.empty()) command.mutable_update_mask()->add_paths(std::string(path));
  return command;
}

v1::ReviseStageProbabilityRequest Revise(int stage, int probability_bp) {
  v1::ReviseStageProbabilityRequest command;
  command.set_stage(NameOfStage(stage));
  command.set_probability_bp(probability_bp);
  return command;
}

v1::ReorderStagesRequest Reorder(std::vector<int> stages) {
  v1::ReorderStagesRequest command;
  command.set_name(ExampleName<PipelineId>());
  for (const int stage : stages) command.add_stages(NameOfStage(stage));
  return command;
}

v1::ArchiveStageRequest ArchiveStage(int stage, int target) {
  v1::ArchiveStageRequest command;
  command.set_stage(NameOfStage(stage));
  command.set_target_stage(NameOfStage(target));
  return command;
}

template <class Command>
Command Named() {
  Command command;
  command.set_name(ExampleName<PipelineId>());
  return command;
}

v1::UpdatePipelineRequest Rename(absl::string_view display_name, absl::string_view path = "") {
  v1::UpdatePipelineRequest command;
  command.mutable_pipeline()->set_name(ExampleName<PipelineId>());
  command.mutable_pipeline()->set_display_name(std::string(display_name));
  if (!path.empty()) command.mutable_update_mask()->add_paths(std::string(path));
  return command;
}

auto StageNames(const v1::Pipeline& pipeline) {
  std::vector<std::string> names;
  for (const v1::Stage& stage : pipeline.stages()) names.push_back(stage.display_name());
  return names;
}

TEST(PipelineTest, IsBornWithItsStages) {
  auto created = From<events::v1::PipelineCreated>(R"(
    display_name: "Sales" kind: 1
    stages { display_name: "New" probability_bp: 1000 kind: 1 warn_after_days: 3
             exceeded_after_days: 5 required_fields: "expected_revenue" }
    stages { display_name: "Won" probability_bp: 10000 kind: 2 }
    stages { display_name: "Lost" kind: 3 })");
  for (int i = 0; i < 3; ++i) {
    created.mutable_stages(i)->set_stage_id(ToBytes(Born<StageId>(i + 1)));
  }
  Scenario<Pipeline> scenario;
  scenario
      .When(Create(R"(
        display_name: "Sales" kind: PIPELINE_KIND_OPPORTUNITY
        stages { display_name: "New" probability_bp: 1000 warn_after_days: 3
                 exceeded_after_days: 5 required_fields: "expected_revenue" }
        stages { display_name: "Won" kind: STAGE_KIND_WON }
        stages { display_name: "Lost" kind: STAGE_KIND_LOST })"))
      .Then(created);
  const v1::Pipeline shown = scenario.Shown();
  EXPECT_EQ(shown.stages(0).name(), NameOf(StageName{Born<PipelineId>(), Born<StageId>(1)}));
  EXPECT_EQ(shown.stages(1).probability_bp(), 10'000);
  EXPECT_EQ(shown.kind(), v1::PIPELINE_KIND_OPPORTUNITY);
}

TEST(PipelineTest, I1NeedsAnOpenStageAndAKind) {
  Scenario<Pipeline>()
      .When(Create("display_name: 'x' kind: PIPELINE_KIND_LEAD "
                   "stages { display_name: 'Won' kind: STAGE_KIND_WON }"))
      .ThenRejected("OPEN_STAGE_REQUIRED");
  Scenario<Pipeline>()
      .When(Create("display_name: 'x' stages { display_name: 'New' }"))
      .ThenRejected("PIPELINE_KIND_REQUIRED");
  Scenario<Pipeline>()
      .When(Create("display_name: ' ' kind: PIPELINE_KIND_LEAD stages { display_name: 'New' }"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<Pipeline>()
      .When(Create("display_name: 'x' kind: PIPELINE_KIND_LEAD stages { }"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
}

TEST(PipelineTest, I1HasAtMostFiftyLiveStages) {
  auto created = PipelineCreatedExample();
  for (int i = created.stages_size(); i < 50; ++i) {
    *created.add_stages() = testing::StageExample(100 + i, absl::StrCat("Step ", i), 0);
  }
  auto revised = From<events::v1::StageDetailsRevised>("display_name: 'Offer'");
  revised.set_stage_id(StageBytes(kProposal));
  Scenario<Pipeline>()
      .Given(created)
      .When(Update(kProposal, "display_name: 'Offer'"))
      .Then(revised)
      .When(Add("display_name: 'One more'"))
      .ThenRejected("TOO_MANY_STAGES")
      .When(ArchiveStage(kProposal, kQualified))
      .Then(StageArchivedExample(kProposal, kQualified))
      .When(Add("display_name: 'One more'"))
      .Then([] {
        auto added =
            From<events::v1::StageAdded>("stage { display_name: 'One more' kind: 1 } index: 49");
        added.mutable_stage()->set_stage_id(ToBytes(Born<StageId>(1, /*command=*/4)));
        return added;
      }());
}

TEST(PipelineTest, I2LiveStagesHaveDifferentNames) {
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(Add("display_name: ' proposal '"))
      .ThenRejected("STAGE_NAME_TAKEN")
      .Naming("display_name", "Proposal")
      .When(Update(kQualified, "display_name: 'PROPOSAL'"))
      .ThenRejected("STAGE_NAME_TAKEN")
      .When(ArchiveStage(kProposal, kNegotiation))
      .Then(StageArchivedExample(kProposal, kNegotiation))
      .When(Update(kQualified, "display_name: 'Proposal'"))
      .Then([] {
        auto revised = From<events::v1::StageDetailsRevised>("display_name: 'Proposal'");
        revised.set_stage_id(StageBytes(kQualified));
        return revised;
      }());
}

TEST(PipelineTest, I3WonAndLostHaveFixedProbabilities) {
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(Add("display_name: 'x' kind: STAGE_KIND_WON probability_bp: 9000"))
      .ThenRejected("PROBABILITY_FIXED_BY_KIND")
      .When(Add("display_name: 'x' kind: STAGE_KIND_LOST probability_bp: 1"))
      .ThenRejected("PROBABILITY_FIXED_BY_KIND")
      .When(Revise(kWon, 9'999))
      .ThenRejected("PROBABILITY_FIXED_BY_KIND")
      .When(Revise(kLost, 1))
      .ThenRejected("PROBABILITY_FIXED_BY_KIND")
      .When(Revise(kWon, 10'000))
      .ThenNothing();
}

TEST(PipelineTest, AnOpenStagesProbabilityIsRevised) {
  events::v1::StageProbabilityRevised revised;
  revised.set_stage_id(StageBytes(kProposal));
  revised.set_probability_bp(6'000);
  Scenario<Pipeline> scenario;
  scenario.Given(PipelineCreatedExample())
      .When(Revise(kProposal, 6'000))
      .Then(revised)
      .When(Revise(kProposal, 6'000))
      .ThenNothing()
      .When(Revise(kProposal, 10'001))
      .ThenRejected("PROBABILITY_INVALID");
  EXPECT_EQ(scenario.Current()->Find(ExampleStage(kProposal).stage)->probability.basis_points(),
            6'000);
}

TEST(PipelineTest, StagesAreAddedWhereAsked) {
  events::v1::StageAdded added;
  *added.mutable_stage() =
      From<events::v1::StageDefinition>("display_name: 'Demo' kind: 1 probability_bp: 3000");
  added.mutable_stage()->set_stage_id(ToBytes(Born<StageId>(1)));
  added.set_index(1);
  Scenario<Pipeline> scenario;
  scenario.Given(PipelineCreatedExample(), StageArchivedExample(kNegotiation, kProposal))
      .When(Add("display_name: 'Demo' probability_bp: 3000", 1))
      .Then(added)
      .When(Add("display_name: 'Last'"));
  EXPECT_THAT(scenario.outcome(), testing::IsOk());
  scenario.When(Add("display_name: 'Very last'", 99));
  EXPECT_THAT(scenario.outcome(), testing::IsOk());
  EXPECT_THAT(StageNames(scenario.Shown()), ElementsAre("Qualified", "Demo", "Proposal", "Won",
                                                        "Lost", "Last", "Very last", "Negotiation"))
      << "archived ones stay last";
}

TEST(PipelineTest, I4AnArchivedStageNamesALiveTargetOfItsKind) {
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(ArchiveStage(kProposal, kProposal))
      .ThenRejected("STAGE_TARGET_INVALID")
      .When(ArchiveStage(kProposal, kWon))
      .ThenRejected("STAGE_TARGET_INVALID")
      .When(ArchiveStage(kProposal, 9))
      .ThenRejected("STAGE_TARGET_INVALID")
      .When([] {
        auto command = ArchiveStage(kProposal, kQualified);
        command.set_target_stage(NameOfStage(kQualified, 2));
        return command;
      }())
      .ThenRejected("STAGE_TARGET_INVALID")
      .When(ArchiveStage(9, kProposal))
      .ThenRejected("STAGE_NOT_IN_PIPELINE")
      .When(ArchiveStage(kQualified, kProposal))
      .Then(StageArchivedExample(kQualified, kProposal))
      .When(ArchiveStage(kProposal, kQualified))
      .ThenRejected("STAGE_TARGET_INVALID")
      .When(ArchiveStage(kQualified, kProposal))
      .ThenRejected("STAGE_ARCHIVED")
      .When(Revise(kQualified, 1))
      .ThenRejected("STAGE_ARCHIVED");
}

TEST(PipelineTest, I4TargetsLeadToALiveStage) {
  Scenario<Pipeline> scenario;
  scenario.Given(PipelineCreatedExample(), StageArchivedExample(kQualified, kProposal),
                 StageArchivedExample(kProposal, kNegotiation));
  const auto pipeline = scenario.Current();
  EXPECT_EQ(pipeline->Resolve(ExampleStage(kQualified).stage)->id,
            ExampleStage(kNegotiation).stage);
  EXPECT_EQ(pipeline->Resolve(ExampleStage(kWon).stage)->id, ExampleStage(kWon).stage);
  EXPECT_EQ(pipeline->Resolve(ExampleId<StageId>(999)), nullptr);
  EXPECT_EQ(pipeline->FirstOpen()->id, ExampleStage(kNegotiation).stage);
  EXPECT_EQ(pipeline->FirstOfKind(v1::STAGE_KIND_LOST)->id, ExampleStage(kLost).stage);
  EXPECT_EQ(scenario.Shown().stages(3).archived_target(), NameOfStage(kNegotiation));
}

TEST(PipelineTest, I4TheLastOpenStageHasNoTarget) {
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample(), StageArchivedExample(kQualified, kProposal),
             StageArchivedExample(kProposal, kNegotiation))
      .When(ArchiveStage(kNegotiation, kProposal))
      .ThenRejected("STAGE_TARGET_INVALID");
}

TEST(PipelineTest, I5AnOrderNamesEachLiveStageOnce) {
  events::v1::StagesReordered reordered;
  for (const int stage : {kLost, kProposal, kQualified, kWon}) {
    reordered.add_stage_ids(StageBytes(stage));
  }
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample(), StageArchivedExample(kNegotiation, kProposal))
      .When(Reorder({kLost, kProposal, kQualified}))
      .ThenRejected("STAGE_ORDER_INCOMPLETE")
      .When(Reorder({kLost, kProposal, kQualified, kQualified}))
      .ThenRejected("STAGE_ORDER_INCOMPLETE")
      .When(Reorder({kLost, kProposal, kQualified, kWon, kNegotiation}))
      .ThenRejected("STAGE_ARCHIVED")
      .When(Reorder({kQualified, kProposal, kWon, kLost}))
      .ThenNothing()
      .When(Reorder({kLost, kProposal, kQualified, kWon}))
      .Then(reordered)
      .ThenShows(::testing::ResultOf(
          StageNames, ElementsAre("Lost", "Proposal", "Qualified", "Won", "Negotiation")));
}

TEST(PipelineTest, I6RequiredFieldsCanBeFilledIn) {
  const auto refused = [](absl::string_view field) {
    return Add(absl::StrCat("display_name: 'x' required_fields: '", field, "'"));
  };
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(refused("employee_count"))
      .ThenRejected("REQUIRED_FIELD_UNKNOWN")
      .Naming("field", "employee_count")
      .When(refused("etag"))
      .ThenRejected("REQUIRED_FIELD_UNKNOWN")
      .When(refused("stage"))
      .ThenRejected("REQUIRED_FIELD_UNKNOWN")
      .When(Update(kProposal, "required_fields: 'phone'"))
      .ThenRejected("REQUIRED_FIELD_UNKNOWN");
  Scenario<Pipeline> leads;
  leads.Given(PipelineCreatedExample(1, v1::PIPELINE_KIND_LEAD)).When(refused("employee_count"));
  EXPECT_THAT(leads.outcome(), testing::IsOk());
}

TEST(PipelineTest, UpdatesWhatDiffersInAStage) {
  auto revised = From<events::v1::StageDetailsRevised>(
      "warn_after_days: 2 required_fields: 'customer' required_fields_replaced: true");
  revised.set_stage_id(StageBytes(kProposal));
  auto cleared = From<events::v1::StageDetailsRevised>("required_fields_replaced: true");
  cleared.set_stage_id(StageBytes(kProposal));
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(Update(kProposal,
                   "display_name: 'Proposal' warn_after_days: 2 required_fields: 'customer'"))
      .Then(revised)
      .When(Update(kProposal, "warn_after_days: 2"))
      .ThenNothing()
      .When(Update(kProposal, "", "required_fields"))
      .Then(cleared)
      .When(Update(kProposal, "probability_bp: 1", "probability_bp"))
      .ThenRejected("FIELD_NOT_UPDATABLE")
      .When(Update(9, "display_name: 'x'"))
      .ThenRejected("STAGE_NOT_IN_PIPELINE");
}

TEST(PipelineTest, I7AnArchivedPipelineDoesNotChange) {
  Scenario<Pipeline>()
      .Given(PipelineCreatedExample())
      .When(Named<v1::RestorePipelineRequest>())
      .ThenNothing()
      .When(Named<v1::ArchivePipelineRequest>())
      .Then(events::v1::PipelineArchived())
      .ThenShows(Property(&v1::Pipeline::has_archive_time, true))
      .When(Named<v1::ArchivePipelineRequest>())
      .ThenNothing()
      .When(Rename("x"))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(Add("display_name: 'x'"))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(Update(kProposal, "display_name: 'x'"))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(Revise(kProposal, 1))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(Reorder({}))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(ArchiveStage(kProposal, kQualified))
      .ThenRejected("PIPELINE_ARCHIVED")
      .When(Named<v1::RestorePipelineRequest>())
      .Then(events::v1::PipelineRestored())
      .When(Rename("x"))
      .Then(From<events::v1::PipelineRenamed>("display_name: 'x'"))
      .When(Rename("x"))
      .ThenNothing()
      .When(Rename(" "))
      .ThenRejected("DISPLAY_NAME_REQUIRED")
      .When(Rename("x", "stages"))
      .ThenRejected("FIELD_NOT_UPDATABLE");
}

TEST(PipelineTest, I8TheWarningDoesNotComeAfterTheLimit) {
  Scenario<Pipeline> scenario;
  scenario.Given(PipelineCreatedExample())
      .When(Add("display_name: 'x' warn_after_days: 6 exceeded_after_days: 5"))
      .ThenRejected("DWELL_LIMITS_INVALID")
      .When(Update(kProposal, "warn_after_days: 6 exceeded_after_days: 5"))
      .ThenRejected("DWELL_LIMITS_INVALID")
      .When(Add("display_name: 'x' warn_after_days: 5 exceeded_after_days: 5"));
  EXPECT_THAT(scenario.outcome(), testing::IsOk());
  scenario.When(Add("display_name: 'y' warn_after_days: 6"));
  EXPECT_THAT(scenario.outcome(), testing::IsOk());
}

}  // namespace
}  // namespace crm::domain
