// RequireLiveStage: which stages a record may enter.
#include "domain/pipeline/pipeline.h"
#include "tests/support/examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::ExampleId;
using testing::ExampleStage;
using testing::kProposal;
using testing::kQualified;
using testing::PipelineCreatedExample;

class RequireLiveStageTest : public ::testing::Test {
 protected:
  void Given(const google::protobuf::Message& event, absl::Time at = testing::kExampleBefore) {
    ASSERT_THAT(streams_.Append(StreamOf(ExampleId<PipelineId>()), event, at, {}), testing::IsOk());
  }
  absl::Status Require(int stage, v1::PipelineKind kind = v1::PIPELINE_KIND_OPPORTUNITY,
                       const PipelineId& within = {}) {
    return RequireLiveStage(ExampleStage(stage), kind, within, context_).status();
  }

  testing::MemoryStreams streams_{ExampleId<OrganizationId>()};
  testing::ExampleRights rights_;
  DecideContext context_{{}, testing::kExampleNow, std::nullopt, streams_, rights_};
};

TEST_F(RequireLiveStageTest, AnswersWhatARecordMayEnter) {
  EXPECT_THAT(Require(kProposal), testing::HasReason("REFERENCE_NOT_FOUND"));
  Given(PipelineCreatedExample());
  Given(testing::StageArchivedExample(kQualified, kProposal));
  EXPECT_THAT(Require(kProposal), testing::IsOk());
  EXPECT_THAT(Require(kQualified), testing::HasReason("STAGE_ARCHIVED"));
  EXPECT_THAT(Require(99), testing::HasReason("STAGE_NOT_IN_PIPELINE"));
  EXPECT_THAT(Require(kProposal, v1::PIPELINE_KIND_LEAD),
              testing::HasReason("PIPELINE_KIND_MISMATCH"));
  Given(events::v1::PipelineArchived());
  EXPECT_THAT(Require(kProposal), testing::HasReason("PIPELINE_ARCHIVED"));
}

TEST_F(RequireLiveStageTest, I7LetsThroughWhatIsInTheArchivedPipeline) {
  Given(PipelineCreatedExample());
  Given(events::v1::PipelineArchived());
  const auto kind = v1::PIPELINE_KIND_OPPORTUNITY;
  EXPECT_THAT(Require(kProposal, kind, ExampleId<PipelineId>()), testing::IsOk());
  EXPECT_THAT(Require(kProposal, kind, ExampleId<PipelineId>(2)),
              testing::HasReason("PIPELINE_ARCHIVED"));
}

}  // namespace
}  // namespace crm::domain
