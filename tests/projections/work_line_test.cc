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

// One that has little to do is soon back; one that cannot follow with a fifth of its time leaves
// the processors to the others, but not for long.
TEST(WorkLineTest, RestsInProportionToItsWork) {
  EXPECT_EQ(RestAfter(absl::ZeroDuration()), absl::Milliseconds(10));
  EXPECT_EQ(RestAfter(absl::Milliseconds(2)), absl::Milliseconds(10));
  EXPECT_EQ(RestAfter(absl::Milliseconds(20)), absl::Milliseconds(80));
  EXPECT_EQ(RestAfter(absl::Seconds(2)), absl::Milliseconds(500));
  EXPECT_EQ(RestAfter(-absl::Seconds(2)), absl::Milliseconds(10)) << "the clock stepped back";
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
