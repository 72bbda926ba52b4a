// What is being built holds its changes over several pages: when they are written, and what becomes
// of them when something ends the build before. That the rows are the same is T70's business
// (replay_property.h).
#include <string>

#include "gmock/gmock.h"
#include "projections/projector.h"
#include "tests/projections/projector_fixture.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::testing::HasSubstr;

using ProjectorHoldTest = ProjectorTest;

// Pages of two.
Projector::Options Holding(int64_t events) {
  Projector::Options options;
  options.page.max_events = 2;
  options.max_held_events = events;
  return options;
}

TEST_F(ProjectorHoldTest, ABuildWritesWhatItHoldsAfterSomeEvents) {
  GivenTeams(9);
  OpenProjector<ToyView>(Holding(4));
  for (const int written : {0, 4, 4, 8}) {
    ASSERT_TRUE(projector_->Step(history_.organization()));
    EXPECT_EQ(Stored().position(), written);
    EXPECT_EQ(CountOf(store_->Rows(Stored()), "a"), written);
  }
  EXPECT_EQ(Status().rebuild_position, 8);
  StepToEnd();
  EXPECT_EQ(Count("a"), 9);
}

TEST_F(ProjectorHoldTest, WhatABuildHeldAtARestartIsFoldedAgain) {
  GivenTeams(9);
  OpenProjector<ToyView>(Holding(4));
  for (int step = 0; step < 3; ++step) ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Status().rebuild_position, 6);
  OpenStore();
  OpenProjector<ToyView>();
  ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Status().rebuild_position, 6) << "two after the four that were written";
  StepToEnd();
  EXPECT_EQ(Count("a"), 9);
}

// Seen to fail when what serves is written only once so much is held, or with each page.
TEST_F(ProjectorHoldTest, WhatServesHoldsOnlyWhileItIsBehind) {
  GivenTeams(1);
  Projector::Options options = Holding(INT64_MAX);
  options.max_held_behind = 4;
  OpenProjector<ToyView>(options);
  StepToEnd();
  GivenTeams(7);
  for (const int written : {1, 5, 5}) {
    ASSERT_TRUE(projector_->Step(history_.organization()));
    EXPECT_EQ(Snapshot()->position(), written);
    EXPECT_EQ(Status().position, written) << "what queries see";
  }
  ASSERT_FALSE(projector_->Step(history_.organization()));
  EXPECT_EQ(Snapshot()->position(), 8);
  EXPECT_EQ(Count("a"), 8);
}

// The bound is over all organizations, so that of one may have to give way to another's.
TEST_F(ProjectorHoldTest, HeldChangesAreWrittenWhenTheyOutgrowTheirMemory) {
  GivenTeams(9);
  History other(IdOf("other"));
  for (int i = 0; i < 9; ++i) GivenTeam(other, "b");
  other.WriteTo(log_);
  Projector::Options options = Holding(INT64_MAX);
  options.max_row_bytes = 800;  // the rows of one organization, not of two
  OpenProjector<ToyView>(options);
  for (int step = 0; step < 2; ++step) ASSERT_TRUE(projector_->Step(history_.organization()));
  EXPECT_EQ(Stored().position(), 0);
  ASSERT_TRUE(projector_->Step(other.organization()));
  EXPECT_EQ(Stored().position(), 4);
  EXPECT_EQ(Stored(other.organization()).position(), 2);
  StepToEnd();
  StepToEnd(other.organization());
  EXPECT_EQ(Count("a"), 9);
  EXPECT_EQ(CountOf(Snapshot(other.organization())->rows(), "b"), 9);
}

TEST_F(ProjectorHoldTest, PoisonLeavesWhatWasHeldBeforeItsCommitWritten) {
  GivenTeams(7);
  GivenTeam(history_, "a");
  history_.And({"team", IdOf("poison")}, Team("poison"));
  GivenTeams(1);
  OpenProjector<ToyView>(Holding(4));
  StepToEnd();
  EXPECT_EQ(NameOf(Status().state), "stopped");
  EXPECT_THAT(Status().problem, HasSubstr("position 9"));
  EXPECT_EQ(Status().rebuild_position, 7);
  EXPECT_EQ(Stored().position(), 7);
  EXPECT_EQ(CountOf(store_->Rows(Stored()), "a"), 7);
  OpenStore();
  OpenProjector<ToyView>();
  StepToEnd();
  EXPECT_EQ(Status().rebuild_position, 7) << "the same after a restart";
}

}  // namespace
}  // namespace crm::projections::testing
