// A projector step by step: what it applies, where it goes on, what stops it, what it rebuilds.
// Mutations seen to fail this:
//   Commit that writes the checkpoint without the rows, or one behind; Advance that is done after a
//   page, or keeps what was applied of a poisoned commit; CommitBefore that goes back to what is
//   stored; ApplyPage that skips what it cannot apply, or stands still at what it does not hear;
//   ApplyIfHeard that passes over an unknown type;
//   Resume that drops what is being built, keeps what queries cannot read, older or newer, only
//   warns of a loss, or advances an old version by new rules; FindLoss without the head or the
//   hash; AdvanceBuilding that lets the first page take over; BeginBuild that drops what serves;
//   SwapIn that leaves the old generation; StepOrFail that advances nothing beside a build, or
//   takes one organization's builds for another's; TakeUp that ignores a rebuild; Publish that says
//   live too early, or that a failed build stops what serves; RequestRebuild that says nothing at
//   once; BoundRows without Commit.
#include "projections/projector.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/projector_fixture.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(ProjectorTest, AppliesEverythingAndIsLive) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_EQ(Count("a"), 5);
  EXPECT_EQ(Snapshot()->position(), 5);
  const ProjectionStatus status = Status();
  EXPECT_EQ(NameOf(status.state), "live");
  EXPECT_EQ(status.position, 5);
  EXPECT_EQ(status.head, 5);
  EXPECT_EQ(status.lag, 0);
  EXPECT_EQ(status.rebuild_position, std::nullopt);
}

TEST_F(ProjectorTest, RowsAndPositionAlwaysBelongTogether) {
  GivenTeams(1);
  OpenProjector<ToyView>();
  StepToEnd();
  GivenTeams(9);
  for (bool more = true; more;) {
    more = projector_->Step(history_.organization());
    const auto snapshot = Snapshot();
    EXPECT_EQ(CountOf(snapshot->rows(), "a"), snapshot->position());
    EXPECT_EQ(NameOf(Status().state), more ? "catching_up" : "live");
  }
  EXPECT_EQ(Snapshot()->position(), 10);
}

TEST_F(ProjectorTest, ReadersKeepTheirSnapshotWhileMoreIsApplied) {
  GivenTeams(1);
  OpenProjector<ToyView>();
  StepToEnd();
  const auto before = Snapshot();
  GivenTeams(3);
  StepToEnd();
  EXPECT_EQ(CountOf(before->rows(), "a"), 1);
  EXPECT_EQ(before->position(), 1);
  EXPECT_EQ(Count("a"), 4);
}

TEST_F(ProjectorTest, NothingServesBeforeTheFirstBuildHasCaughtUp) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Snapshot(), nullptr);
  EXPECT_EQ(NameOf(Status().state), "catching_up");
  EXPECT_EQ(Status().rebuild_position, 2);
  StepToEnd();
  EXPECT_EQ(Count("a"), 5);
}

TEST_F(ProjectorTest, RestartGoesOnWhereItStopped) {
  GivenTeams(3);
  OpenProjector<ToyView>();
  StepToEnd();
  GivenTeams(4);
  OpenStore();
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_EQ(Count("a"), 7);  // an event applied twice or left out would show
  EXPECT_EQ(Status().warning, "");
}

TEST_F(ProjectorTest, RestartResumesAnUnfinishedBuild) {
  GivenTeams(6);
  Projector::Options options;
  options.page.max_events = options.max_held_events = 2;
  OpenProjector<ToyView>(options);
  ASSERT_TRUE(projector_->Step(history_.organization()));
  OpenStore();
  OpenProjector<ToyView>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Status().rebuild_position, 4);
  StepToEnd();
  EXPECT_EQ(Count("a"), 6);
}

TEST_F(ProjectorTest, PageNeverEndsInsideACommit) {
  GivenTeam(history_, "a");
  for (int i = 0; i < 4; ++i) history_.And({"team", IdOf("x")}, Team("a"));
  GivenTeam(history_, "a");
  history_.WriteTo(log_);
  OpenProjector<ToyView>(2);
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Status().rebuild_position, 5);
}

TEST_F(ProjectorTest, PoisonStopsBeforeItsCommitAndNamesThePlace) {
  GivenTeam(history_, "a");
  GivenTeam(history_, "a");
  history_.And({"team", IdOf("poison")}, Team("poison"));
  GivenTeam(history_, "a");
  history_.WriteTo(log_);
  OpenProjector<ToyView>(100);
  StepToEnd();
  const ProjectionStatus status = Status();
  EXPECT_EQ(NameOf(status.state), "stopped");
  EXPECT_THAT(status.problem,
              AllOf(HasSubstr("position 3"), HasSubstr("team/" + IdOf("poison").ToString()),
                    HasSubstr("invariant broken")));
  EXPECT_EQ(status.rebuild_position, 1);
  EXPECT_EQ(Stored().position(), 1);
  // Nothing of the poisoned commit stays.
  EXPECT_EQ(CountOf(store_->Rows(Stored()), "a"), 1);
  EXPECT_FALSE(projector_->Step(history_.organization()));
}

TEST_F(ProjectorTest, PoisonAfterCatchingUpLeavesTheOldRowsReadable) {
  GivenTeams(2);
  OpenProjector<ToyView>();
  StepToEnd();
  GivenTeam(history_, "poison");
  GivenTeams(1);
  StepToEnd();
  EXPECT_EQ(Count("a"), 2);
  EXPECT_EQ(Status().position, 2);
  EXPECT_EQ(Status().lag, 2);
}

TEST_F(ProjectorTest, PoisonStopsOnlyItsOrganization) {
  History other(IdOf("other"));
  GivenTeam(history_, "poison");
  GivenTeam(other, "a");
  history_.WriteTo(log_);
  other.WriteTo(log_);
  OpenProjector<ToyView>();
  StepToEnd();
  StepToEnd(other.organization());
  EXPECT_EQ(NameOf(Status().state), "stopped");
  EXPECT_EQ(NameOf(Status(other.organization()).state), "live");
  EXPECT_EQ(CountOf(Snapshot(other.organization())->rows(), "a"), 1);
}

TEST_F(ProjectorTest, UndecodableEventStopsTheView) {
  GivenTeams(1);
  RecordedEvent broken = history_.Events()[0];
  broken.set_data("\xff\xff");
  log_.Add(history_.organization(), {broken});
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_THAT(Status().problem, AllOf(HasSubstr("position 2"), HasSubstr("malformed event")));
}

TEST_F(ProjectorTest, EventsItDoesNotHearMoveThePosition) {
  GivenTeams(1);
  RecordedEvent foreign = history_.Events()[0];
  foreign.set_type(events::v1::TeamArchived::descriptor()->full_name());
  log_.Add(history_.organization(), {foreign});
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_EQ(Snapshot()->position(), 2);
  EXPECT_EQ(Count("a"), 1);
}

// Whether a view should have heard it, nobody can tell.
TEST_F(ProjectorTest, AnEventOfATypeNobodyKnowsStopsTheView) {
  GivenTeams(1);
  RecordedEvent foreign = history_.Events()[0];
  foreign.set_type("crm.events.v1.SomethingElse");
  log_.Add(history_.organization(), {foreign});
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_THAT(Status().problem, AllOf(HasSubstr("position 2"), HasSubstr("SomethingElse"),
                                      HasSubstr("unknown type")));
  EXPECT_FALSE(Status().answers);
}

TEST_F(ProjectorTest, ARebuildThatFailsLeavesWhatServesAnswering) {
  GivenTeams(2);
  OpenProjector<ToyView>();
  StepToEnd();
  log_.Damage(history_.organization(), 1, "\xff\xff");
  projector_->RequestRebuild(history_.organization());
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "stopped");
  EXPECT_TRUE(Status().answers);
  EXPECT_EQ(Count("a"), 2);
  GivenTeams(1);
  StepToEnd();
  EXPECT_EQ(Count("a"), 3) << "it goes on";
}

TEST_F(ProjectorTest, NewVersionIsBuiltBesideTheOldWhichAnswersMeanwhile) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  GivenTeams(1);
  OpenProjector<ToyViewV2>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(NameOf(Status().state), "rebuilding");
  EXPECT_EQ(Status().rebuild_position, 2);
  // The old version's Apply is gone, so it stands still; its rows still answer.
  EXPECT_EQ(Count("a"), 5);
  EXPECT_EQ(Snapshot()->version(), 1);
  StepToEnd();
  EXPECT_EQ(Snapshot()->version(), 2);
  EXPECT_EQ(Count("a!"), 6);
  EXPECT_EQ(Count("a"), 0);
  EXPECT_THAT(*store_->ListAllGenerations(), SizeIs(1));
}

struct UnreadableV2 : ToyViewV2 {
  static constexpr int kReadableFrom = 2;
};

TEST_F(ProjectorTest, AVersionTheQueriesCannotReadServesNoMore) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  OpenProjector<UnreadableV2>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Snapshot(), nullptr);
  StepToEnd();
  EXPECT_EQ(Count("a!"), 5);
}

TEST_F(ProjectorTest, DowngradeDropsTheNewerVersionAtOnce) {
  GivenTeams(5);
  OpenProjector<ToyViewV2>();
  StepToEnd();
  OpenProjector<ToyView>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Snapshot(), nullptr);
  StepToEnd();
  EXPECT_EQ(Count("a"), 5);
}

TEST_F(ProjectorTest, RebuildOnRequestKeepsServingAndAdvancing) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  const uint32_t before = (*store_->ListAllGenerations())[0].number();
  projector_->RequestRebuild(history_.organization());
  EXPECT_EQ(NameOf(Status().state), "rebuilding") << "for whoever looks before it has begun";
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(NameOf(Status().state), "rebuilding");
  GivenTeams(1);
  projector_->Step(history_.organization());
  EXPECT_EQ(Count("a"), 6);
  EXPECT_EQ(Status().rebuild_position, 4);
  StepToEnd();
  const auto generations = *store_->ListAllGenerations();
  ASSERT_THAT(generations, SizeIs(1));
  EXPECT_NE(generations[0].number(), before);
  EXPECT_EQ(Count("a"), 6);
  EXPECT_EQ(NameOf(Status().state), "live");
}

TEST_F(ProjectorTest, RebuildHealsAStoppedView) {
  GivenTeam(history_, "poison");
  history_.WriteTo(log_);
  OpenProjector<ToyView>();
  StepToEnd();
  ASSERT_EQ(NameOf(Status().state), "stopped");
  log_.Truncate(history_.organization(), 0);
  History healed;
  GivenTeam(healed, "a");
  healed.WriteTo(log_);
  projector_->RequestRebuild(history_.organization());
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "live");
  EXPECT_EQ(Status().problem, "");
  EXPECT_EQ(Count("a"), 1);
}

TEST_F(ProjectorTest, CheckpointBeyondTheHeadRebuildsAndReportsLoss) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  log_.Truncate(history_.organization(), 3);
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_THAT(Status().warning, AllOf(HasSubstr("possible log loss"), HasSubstr("position 5"),
                                      HasSubstr("ends at 3")));
  EXPECT_EQ(Count("a"), 3);
  EXPECT_EQ(Snapshot()->position(), 3);
  EXPECT_EQ(NameOf(Status().state), "live");
}

TEST_F(ProjectorTest, AnotherEventAtTheCheckpointRebuildsAndReportsLoss) {
  GivenTeams(5);
  OpenProjector<ToyView>();
  StepToEnd();
  log_.Truncate(history_.organization(), 0);
  History rewritten;
  for (int i = 0; i < 5; ++i) GivenTeam(rewritten, "b");
  rewritten.WriteTo(log_);
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_THAT(Status().warning,
              AllOf(HasSubstr("possible log loss"), HasSubstr("another event there")));
  EXPECT_EQ(Count("a"), 0);
  EXPECT_EQ(Count("b"), 5);
}

TEST_F(ProjectorTest, ReplayIsTheSameAtAnyPageSizeAndAcrossRestarts) {
  for (int i = 0; i < 40; ++i) {
    GivenTeam(history_, std::string(1, static_cast<char>('a' + i % 3)));
    if (i % 4 == 0) history_.And({"customer", IdOf(std::to_string(i))}, Customer("c", IdOf("p")));
    if (i == 30) history_.Given({"person", IdOf("p")}, Erasure(IdOf("p")));
  }
  ExpectReplayEquality(DefinitionOf<ToyView>(), history_);
}

}  // namespace
}  // namespace crm::projections::testing
