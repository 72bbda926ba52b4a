#include "projections/applied_gate.h"

#include <future>
#include <optional>

#include "base/reason.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace crm::projections {
namespace {

using ::crm::testing::HasReason;
using ::crm::testing::IsOk;

class AppliedGateTest : public ::testing::Test {
 protected:
  // Waits for `position` of the view until `deadline`; the answer appears in the optional.
  void Wait(Position position, absl::Time deadline, std::optional<absl::Status>& answer) {
    gate_->WhenApplied("view", organization_, position, deadline,
                       [&answer](absl::Status status) { answer = std::move(status); });
  }

  const Uuid organization_ = Uuid::FromName({}, "organization");
  const absl::Time start_ = absl::FromUnixSeconds(1'000'000);
  const absl::Time late_ = start_ + absl::Hours(1);
  ManualClock clock_{start_};
  std::optional<AppliedGate> gate_{clock_};
};

TEST_F(AppliedGateTest, AnswersAtOnceWhatIsApplied) {
  gate_->Advance("view", organization_, 5);
  std::optional<absl::Status> answer;
  Wait(5, start_, answer);
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(*answer, IsOk());
}

TEST_F(AppliedGateTest, AnswersEachWhenItsPositionIsReached) {
  std::optional<absl::Status> three, five;
  Wait(5, late_, five);
  Wait(3, late_, three);
  gate_->Advance("view", organization_, 2);
  EXPECT_FALSE(three.has_value());
  gate_->Advance("view", organization_, 4);
  EXPECT_TRUE(three.has_value());
  EXPECT_FALSE(five.has_value());
  gate_->Advance("other view", organization_, 9);
  gate_->Advance("view", Uuid::FromName({}, "other"), 9);
  EXPECT_FALSE(five.has_value());
  gate_->Advance("view", organization_, 5);
  ASSERT_TRUE(five.has_value());
  EXPECT_THAT(*five, IsOk());
}

TEST_F(AppliedGateTest, PositionZeroWaitsUntilTheViewServes) {
  std::optional<absl::Status> answer;
  Wait(0, late_, answer);
  EXPECT_FALSE(answer.has_value());
  gate_->Advance("view", organization_, 0);
  EXPECT_TRUE(answer.has_value());
}

TEST_F(AppliedGateTest, DeadlineAnswersWithTheCurrentPosition) {
  gate_->Advance("view", organization_, 4);
  std::optional<absl::Status> soon, late;
  Wait(5, start_ + absl::Seconds(1), soon);
  Wait(5, late_, late);
  gate_->ExpireNow();
  EXPECT_FALSE(soon.has_value());
  clock_.Advance(absl::Seconds(1));
  gate_->ExpireNow();
  ASSERT_TRUE(soon.has_value());
  EXPECT_EQ(soon->code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(*soon, HasReason("VIEW_LAGGING"));
  EXPECT_EQ(ReasonMetadataValue(*soon, "position"), "4");
  EXPECT_FALSE(late.has_value());
  gate_->Advance("view", organization_, 5);
  EXPECT_THAT(*late, IsOk());
}

TEST_F(AppliedGateTest, PassedDeadlineDoesNotWait) {
  std::optional<absl::Status> answer;
  Wait(1, start_, answer);
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(*answer, HasReason("VIEW_LAGGING"));
}

TEST_F(AppliedGateTest, StoppedViewRefusesAtOnceUntilItGoesOn) {
  gate_->Advance("view", organization_, 4);
  std::optional<absl::Status> waiting, later, old;
  Wait(5, late_, waiting);
  gate_->Stop("view", organization_);
  ASSERT_TRUE(waiting.has_value());
  EXPECT_THAT(*waiting, HasReason("VIEW_STOPPED"));
  Wait(5, late_, later);
  EXPECT_THAT(*later, HasReason("VIEW_STOPPED"));
  Wait(4, late_, old);
  EXPECT_THAT(*old, HasReason("VIEW_STOPPED")) << "rows that fall behind are no answer";
  gate_->Advance("view", organization_, 5);
  std::optional<absl::Status> again;
  Wait(4, late_, again);
  EXPECT_THAT(*again, IsOk());
}

TEST_F(AppliedGateTest, ClosingAnswersEveryone) {
  std::optional<absl::Status> answer;
  Wait(1, late_, answer);
  gate_.reset();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(*answer, HasReason("VIEW_LAGGING"));
}

TEST(AppliedGateTimerTest, DeadlineComesWithoutAnyoneCalling) {
  SystemClock clock;
  AppliedGate gate(clock);
  std::promise<absl::Status> answer;
  gate.WhenApplied("view", {}, 1, clock.Now() + absl::Milliseconds(20),
                   [&answer](absl::Status status) { answer.set_value(std::move(status)); });
  EXPECT_THAT(answer.get_future().get(), HasReason("VIEW_LAGGING"));
}

}  // namespace
}  // namespace crm::projections
