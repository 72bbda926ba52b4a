#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/scratch_folder.h"
#include "tools/crm_bench/growth.h"
#include "tools/crm_bench/lags.h"
#include "tools/crm_bench/office.h"
#include "tools/crm_bench/peers.h"

namespace crm::bench {
namespace {

// Mutation: the turn not counted on.
TEST(MoveOrderTest, EveryMoveIsAChange) {
  MoveOrder moves(3, 5);
  std::vector<size_t> stages(3, 0);
  for (int i = 0; i < 30; ++i) {
    const MoveOrder::Move move = moves.Next();
    EXPECT_EQ(move.opportunity, static_cast<size_t>(i % 3)) << "one after the other";
    EXPECT_NE(move.stage, stages[move.opportunity]);
    stages[move.opportunity] = move.stage;
  }
  moves.SetAll(4);
  EXPECT_EQ(moves.NextOf(1).stage, 0u) << "after the last stage comes the first";
}

// Mutation: what was reached before it was answered is never counted.
TEST(LagsTest, WhatIsReachedBeforeItIsAnsweredHasNone) {
  Lags lags;
  lags.Answered(7);
  EXPECT_FALSE(lags.empty());
  lags.Reached(6);
  EXPECT_FALSE(lags.empty()) << "7 is still to come";
  lags.Reached(8);
  EXPECT_TRUE(lags.empty());
  lags.Answered(8);
  EXPECT_TRUE(lags.empty());
  const std::vector<int64_t> sorted = lags.Sorted();
  ASSERT_EQ(sorted.size(), 2u);
  EXPECT_EQ(sorted.front(), 0);
}

// Mutations: times compared the same way as rates; the past expected to be as fast at any length.
TEST(GrowthTest, TheWorstFigureCountsAndTimesTheOtherWayRound) {
  Report small(nullptr), large(nullptr), report(nullptr);
  small.Ratio("commands_vs_echo", 0.5);
  large.Ratio("commands_vs_echo", 0.45);
  small.Ratio("lag_p99_ms", 10);
  large.Ratio("lag_p99_ms", 12.5);
  small.Ratio("replay_vs_echo", 0.4);
  large.Ratio("replay_vs_echo", 0.8);
  small.Ratio("asof_warm_ms", 1.8);
  large.Ratio("asof_warm_ms", 18);
  CompareGrowth(small, large, /*growth=*/100, report);
  EXPECT_DOUBLE_EQ(report.ValueOf("growth_commands_vs_echo"), 0.9);
  EXPECT_DOUBLE_EQ(report.ValueOf("growth_lag_p99_ms"), 0.8);
  EXPECT_DOUBLE_EQ(report.ValueOf("growth_replay_vs_echo"), 2);
  EXPECT_DOUBLE_EQ(report.ValueOf("growth_asof_warm_ms"), 10);
  EXPECT_DOUBLE_EQ(report.ValueOf("growth_min_ratio"), 0.8);
}

class PeersTest : public ::testing::Test {
 protected:
  absl::StatusOr<double> Run(const std::string& script) {
    const std::string path = folder_.path() + "/peer.sh";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return MeasurePeer({folder_.path(), folder_.path(), 250, 64, 3}, "peer.sh");
  }

 private:
  testing::ScratchFolder folder_;
};

TEST_F(PeersTest, ToldWhatToMeasure) {
  const auto rate =
      Run("echo \"{\\\"events_per_s\\\": $PEER_EVENT_BYTES$PEER_CALLERS$PEER_ROUNDS}\"");
  ASSERT_TRUE(rate.ok()) << rate.status();
  EXPECT_EQ(*rate, 250643);
}

// Mutation: the script's exit code not looked at.
TEST_F(PeersTest, WhatFailsOrSaysNoRateIsAnError) {
  EXPECT_FALSE(Run("echo '{\"events_per_s\": 100}'; exit 1").ok());
  EXPECT_FALSE(Run("echo nothing").ok());
  EXPECT_FALSE(Run("echo '{\"events_per_s\": 0}'").ok());
  EXPECT_FALSE(Run("echo '{\"events_per_s\": \"many\"}'").ok());
}

}  // namespace
}  // namespace crm::bench
