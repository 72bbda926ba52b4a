#include "projections/stage_flow.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/sales_story.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;
using ::testing::ElementsAre;

using Story = SalesStory<StageFlow>;

struct Office : Story {
  Office() {
    Organization("Europe/Berlin");
    Pipeline("sales", {{"new", 1000}, {"offer", 5000}, {"closing", 8000}, {"done", 10000}}, "done");
  }
};

v1::GetStageFlowRequest March() {
  v1::GetStageFlowRequest request;
  request.set_pipeline(ResourceOf<domain::PipelineId>("sales"));
  *request.mutable_from_date() = DateOf(2026, 3, 1);
  *request.mutable_to_date() = DateOf(2026, 3, 31);
  return request;
}

v1::StageFlow FlowOf(Story& story, const v1::GetStageFlowRequest& request = March(),
                     const Asker& asker = {}) {
  const auto flow = story.Answer(request, asker);
  EXPECT_THAT(flow, IsOk());
  return flow.ok() ? *flow : v1::StageFlow();
}

v1::StageFlow::Row RowOf(const v1::StageFlow& flow, const std::string& stage) {
  for (const auto& row : flow.rows()) {
    if (row.stage() == StageOf("sales", stage)) return row;
  }
  ADD_FAILURE() << "no row for " << stage;
  return {};
}

// "entries/exits/regressions/lost"
std::string Moves(const v1::StageFlow& flow, const std::string& stage) {
  const auto row = RowOf(flow, stage);
  return absl::StrCat(row.entry_count(), "/", row.exit_count(), "/", row.regression_count(), "/",
                      row.lost_count());
}

TEST(StageFlowTest, CountsEntriesExitsAndRegressions) {
  Office story;
  story.On("2026-02-27").Open("A").Open("B");
  story.On("2026-03-02").Move("A", "offer").Move("B", "closing").Open("C");
  story.On("2026-03-05").Move("A", "new").Move("B", "offer").Lose("C");
  story.On("2026-04-01").Move("A", "offer");
  const v1::StageFlow flow = FlowOf(story);
  EXPECT_EQ(Moves(flow, "new"), "2/3/0/1");
  EXPECT_EQ(Moves(flow, "offer"), "2/1/1/0");
  EXPECT_EQ(Moves(flow, "closing"), "1/1/1/0");
  EXPECT_EQ(Moves(flow, "done"), "0/0/0/0");
  EXPECT_EQ(RowOf(flow, "new").flow_conversion_bp(), 6667);
  EXPECT_EQ(RowOf(flow, "offer").flow_conversion_bp(), 0);
  EXPECT_FALSE(RowOf(flow, "done").has_flow_conversion_bp());
  ExpectReplayEquality(story);
}

// T63: what was superseded is neither won nor lost.
TEST(StageFlowTest, RatesWinsAgainstWhatWasDecided) {
  Office story;
  story.On("2026-03-02");
  for (int i = 0; i < 7; ++i) story.Open(absl::StrCat("w", i)).Win(absl::StrCat("w", i), "done");
  for (int i = 0; i < 5; ++i) story.Open(absl::StrCat("l", i)).Lose(absl::StrCat("l", i));
  for (int i = 0; i < 8; ++i) story.Open(absl::StrCat("o", i));
  story.Open("s").Supersede("s", "w0");
  const v1::StageFlow flow = FlowOf(story);
  EXPECT_EQ(flow.won_count(), 7);
  EXPECT_EQ(flow.lost_count(), 5);
  EXPECT_EQ(flow.win_rate_bp(), 5833);
  EXPECT_EQ(Moves(flow, "new"), "21/13/0/5");
  EXPECT_EQ(Moves(flow, "done"), "7/0/0/0");
  EXPECT_EQ(RowOf(flow, "new").cohort_win_bp(), 3333);
}

TEST(StageFlowTest, RanksWholeDaysOfWhatEndedInThePeriod) {
  Office story;
  // Days in the stage: 0, 2, 10, 20, and one that ends after the period.
  story.On("2026-03-02").Open("A").Open("B").Open("C").Open("D").Open("E").Open("F");
  story.On("2026-03-02T22:59:00").Move("A", "offer");
  story.On("2026-03-03T23:30:00").Move("B", "offer");  // the 4th in Berlin
  story.On("2026-03-12").Move("C", "offer").On("2026-03-22").Move("D", "offer");
  story.On("2026-03-31T22:00:00").Move("E", "offer");  // 1 April in Berlin
  auto row = RowOf(FlowOf(story), "new");
  EXPECT_EQ(row.dwell_p50_days(), 2);
  EXPECT_EQ(row.dwell_p75_days(), 10);
  EXPECT_EQ(row.dwell_p90_days(), 20);
  EXPECT_FALSE(RowOf(FlowOf(story), "offer").has_dwell_p50_days());
}

TEST(StageFlowTest, FollowsCohortsToTheCut) {
  Office story;
  story.On("2026-03-02").Open("A").Open("B").Open("C").Open("D");
  story.On("2026-04-10").Move("A", "offer").Win("B", "done").Lose("C");
  story.On("2026-04-20").Move("A", "new");  // it has been there
  auto row = RowOf(FlowOf(story), "new");
  EXPECT_EQ(row.cohort_conversion_bp(), 5000);
  EXPECT_EQ(row.cohort_win_bp(), 2500);
  EXPECT_FALSE(row.has_flow_conversion_bp());
  EXPECT_EQ(FlowOf(story).won_count(), 0);
  // One that comes back within the period is one record, not two.
  story.On("2026-04-21").Reopen("B", "new");
  row = RowOf(FlowOf(story), "new");
  EXPECT_EQ(row.cohort_conversion_bp(), 2500);
  EXPECT_EQ(row.cohort_win_bp(), 0);
}

// "stage reached/exits cohort flow" to each later stage.
std::vector<std::string> Conversions(const v1::StageFlow::Row& row) {
  std::vector<std::string> all;
  for (const auto& to : row.conversions()) {
    for (const std::string stage : {"offer", "closing", "done"}) {
      if (to.stage() != StageOf("sales", stage)) continue;
      all.push_back(absl::StrCat(stage, " ", to.reached_count(), "/", to.exit_count(), " ",
                                 to.cohort_conversion_bp(), " ", to.flow_conversion_bp()));
    }
  }
  return all;
}

TEST(StageFlowTest, ConvertsToEachLaterStage) {
  Office story;
  story.On("2026-03-02").Open("A").Open("B").Open("C").Open("D").Open("E");
  story.On("2026-03-10").Move("A", "offer").Move("B", "closing").Lose("C").Win("E", "done");
  story.On("2026-04-10").Move("A", "closing").Move("A", "new");
  const v1::StageFlow flow = FlowOf(story);
  // A went to the offer and beyond later, B past it, E was won from where it was.
  EXPECT_EQ(RowOf(flow, "new").cohort_count(), 5);
  EXPECT_THAT(Conversions(RowOf(flow, "new")),
              ElementsAre("offer 3/1 6000 2500", "closing 3/1 6000 2500", "done 1/1 2000 2500"));
  EXPECT_THAT(Conversions(RowOf(flow, "offer")),
              ElementsAre("closing 1/0 10000 0", "done 0/0 0 0"));
  EXPECT_THAT(RowOf(flow, "done").conversions(), ::testing::IsEmpty());
  ExpectReplayEquality(story);
}

TEST(StageFlowTest, CountsARecordOncePerCohort) {
  Office story;
  story.On("2026-03-02").Open("A").Open("B");
  story.On("2026-03-03").Move("A", "offer").On("2026-03-04").Move("A", "new");
  const auto row = RowOf(FlowOf(story), "new");
  EXPECT_EQ(row.entry_count(), 3);
  EXPECT_EQ(row.cohort_conversion_bp(), 5000);
}

TEST(StageFlowTest, ReopeningUndoesTheClosing) {
  Office story;
  story.On("2026-03-02").Open("A").Open("B").Open("C");
  story.On("2026-03-05").Lose("A").Win("B", "done").Win("C", "done");
  EXPECT_EQ(Moves(FlowOf(story), "new"), "3/3/0/1");
  story.On("2026-03-20").Reopen("A", "new").Reopen("B", "offer");
  v1::StageFlow flow = FlowOf(story);
  EXPECT_EQ(flow.won_count(), 1);
  EXPECT_EQ(flow.lost_count(), 0);
  EXPECT_EQ(Moves(flow, "new"), "3/2/0/0");  // A never left, B moved on when it was reopened
  EXPECT_EQ(RowOf(flow, "new").dwell_p90_days(), 18);
  EXPECT_EQ(Moves(flow, "offer"), "1/0/0/0");
  EXPECT_EQ(Moves(flow, "done"), "1/0/0/0");
  story.On("2026-03-21").Move("A", "closing");
  flow = FlowOf(story);
  EXPECT_EQ(RowOf(flow, "new").dwell_p90_days(), 19);
  ExpectReplayEquality(story);
}

TEST(StageFlowTest, TellsVisitsOfOneInstantApart) {
  Office story;
  story.On("2026-03-02").Open("A").Move("A", "offer").Move("A", "new").Move("A", "offer");
  const v1::StageFlow flow = FlowOf(story);
  EXPECT_EQ(Moves(flow, "new"), "2/2/0/0");
  EXPECT_EQ(Moves(flow, "offer"), "2/1/1/0");
}

TEST(StageFlowTest, LeavesTheStageForAnotherPipeline) {
  Office story;
  story.Pipeline("service", {{"first", 1000}});
  story.On("2026-03-02").Open("A").Move("A", "first", "service").Win("A");
  const v1::StageFlow flow = FlowOf(story);
  EXPECT_EQ(Moves(flow, "new"), "1/1/0/0");
  EXPECT_EQ(flow.won_count(), 0);
  EXPECT_EQ(RowOf(flow, "new").flow_conversion_bp(), 0);
  EXPECT_EQ(RowOf(flow, "new").cohort_win_bp(), 10000);
}

TEST(StageFlowTest, CountsForWhoeverHeldItAndForWhoeverAsks) {
  Office story;
  story.On("2026-03-02").Open("A", {.team = "north", .owner = "ann"});
  story.Assign("A", "south", "bob").Move("A", "offer");
  v1::GetStageFlowRequest request = March();
  request.set_team(ResourceOf<domain::TeamId>("north"));
  EXPECT_EQ(Moves(FlowOf(story, request), "new"), "1/0/0/0");
  request.set_team("");
  request.set_owner(ResourceOf<domain::MemberId>("bob"));
  EXPECT_EQ(Moves(FlowOf(story, request), "new"), "0/1/0/0");
  const Asker ann = {.everything = false, .member = "ann"};
  EXPECT_EQ(Moves(FlowOf(story, March(), ann), "new"), "1/0/0/0");
  EXPECT_EQ(Moves(FlowOf(story, March(), ann), "offer"), "0/0/0/0");
}

TEST(StageFlowTest, HidesArchivedStagesNothingHappenedIn) {
  Office story;
  events::v1::StageArchived archived;
  archived.set_stage_id(BytesOf("closing"));
  archived.set_target_stage_id(BytesOf("offer"));
  story.Tell("pipeline", "sales", archived);
  EXPECT_EQ(FlowOf(story).rows_size(), 3);
}

TEST(StageFlowTest, RefusesWhatItCannotReport) {
  Office story;
  v1::GetStageFlowRequest request = March();
  *request.mutable_to_date() = DateOf(2026, 2, 28);
  EXPECT_THAT(story.Answer(request), HasReason("RANGE_INVALID"));
  request = March();
  request.set_pipeline(ResourceOf<domain::PipelineId>("none"));
  EXPECT_THAT(story.Answer(request), HasReason("NOT_FOUND"));
}

}  // namespace
}  // namespace crm::projections::testing
