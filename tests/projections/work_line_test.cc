#include "projections/work_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace crm::projections {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Uuid kA = Uuid::FromName(Uuid{}, "a");
const Uuid kB = Uuid::FromName(Uuid{}, "b");

TEST(WorkLineTest, ARoundIsEverybodyInLineOnce) {
  WorkLine line;
  line.Wake(kA);
  line.Wake(kB);
  line.Wake(kA);
  EXPECT_THAT(line.NextRound(), ElementsAre(kA, kB));
}

TEST(WorkLineTest, WhoIsWokenDuringARoundIsInTheNext) {
  WorkLine line;
  line.Wake(kA);
  ASSERT_THAT(line.NextRound(), ElementsAre(kA));
  line.Wake(kA);
  EXPECT_THAT(line.NextRound(), ElementsAre(kA));
}

TEST(WorkLineTest, WaitsForSomebody) {
  WorkLine line;
  auto round = std::async(std::launch::async, [&] { return line.NextRound(); });
  line.Wake(kA);
  EXPECT_THAT(round.get(), ElementsAre(kA));
}

TEST(WorkLineTest, ClosingEndsRoundsAndRest) {
  WorkLine line;
  auto round = std::async(std::launch::async, [&] { return line.NextRound(); });
  line.Close();
  EXPECT_THAT(round.get(), IsEmpty());
  EXPECT_TRUE(line.closed());
  line.Wake(kA);
  EXPECT_THAT(line.NextRound(), IsEmpty());
  line.Rest();
}

// What is woken while the thread rests is there when it goes on, also when nobody was in a hurry.
TEST(WorkLineTest, RestKeepsTheLine) {
  WorkLine line;
  auto rest = std::async(std::launch::async, [&] { line.Rest(); });
  line.Wake(kA);
  rest.get();
  EXPECT_THAT(line.NextRound(), ElementsAre(kA));
}

}  // namespace
}  // namespace crm::projections
