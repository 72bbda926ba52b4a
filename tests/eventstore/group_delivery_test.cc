// Rules G1..G6 of eventstore/group_delivery.h, one story each; the property test beside this one
// holds them under everything at once.
// Mutations seen to fail: Take without `held` of the lane; checkpoint() that is scanned_to_; Fail
// without not_before, or without max_attempts; TakeChanges without attempts; Tick that looks at no
// deadline; Replay without `replaying`; Discard that keeps the row; ParkNow without ParkBehind;
// CapacityOf and HasRoom that know no bound.
#include "eventstore/group_delivery.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::eventstore {
namespace {

using log::v1::ConsumerProgress;
using log::v1::ParkedDelivery;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr GroupDelivery::ConsumerId kAda = 1;
constexpr GroupDelivery::ConsumerId kBen = 2;
const absl::Time kStart = absl::FromUnixSeconds(1000);

GroupEvent EventAt(Position position, char stream) {
  return {position, {"lead", *Uuid::FromBytes(std::string(16, stream))}, "LeadCaptured", position};
}

// A group with two consumers; positions offered so far run on from 1.
class GroupDeliveryTest : public ::testing::Test {
 protected:
  explicit GroupDeliveryTest(GroupSettings settings = Settings()) {
    Open(settings, ConsumerProgress(), {});
  }

  static GroupSettings Settings() {
    GroupSettings settings;
    settings.ack_deadline = absl::Seconds(30);
    settings.max_attempts = 3;
    settings.retry_initial_delay = absl::Seconds(1);
    settings.retry_max_delay = absl::Seconds(3);
    settings.max_in_flight = 10;
    return settings;
  }

  void Open(const GroupSettings& settings, const ConsumerProgress& progress,
            std::vector<ParkedDelivery> parked) {
    settings_ = settings;
    group_.emplace(settings, progress, std::move(parked));
    group_->Join(kAda, 0);
    group_->Join(kBen, 0);
  }
  // As after a crash: only what was stored is left, and the log is scanned again.
  void Reopen() {
    for (const ParkedDelivery& row : stored_.parked) parked_[row.position()] = row;
    for (const Position position : stored_.unparked) parked_.erase(position);
    std::vector<ParkedDelivery> parked;
    for (const auto& [position, row] : parked_) parked.push_back(row);
    Open(settings_, stored_.progress, parked);
    Rescan();
  }
  void Store() {
    for (const ParkedDelivery& row : stored_.parked) parked_[row.position()] = row;
    for (const Position position : stored_.unparked) parked_.erase(position);
    stored_ = group_->TakeChanges();
  }
  // One event a letter: its stream; '.' does not match.
  void Offer(const std::string& letters) {
    log_ += letters;
    Rescan();
  }
  void Rescan() {
    std::vector<GroupEvent> events;
    for (size_t i = static_cast<size_t>(group_->scanned_to()); i < log_.size(); ++i) {
      if (log_[i] != '.') events.push_back(EventAt(static_cast<Position>(i) + 1, log_[i]));
    }
    group_->Offer(std::move(events), static_cast<Position>(log_.size()), now_);
  }
  std::vector<Position> Take(GroupDelivery::ConsumerId consumer, size_t limit = 100) {
    std::vector<Position> positions;
    for (const auto& delivery : group_->Take(consumer, limit, now_)) {
      positions.push_back(delivery.position);
      last_attempt_ = delivery.attempt;
    }
    return positions;
  }
  void Acknowledge(GroupDelivery::ConsumerId consumer, std::vector<int64_t> positions) {
    group_->Acknowledge(consumer, positions);
  }
  void Pass(absl::Duration time) {
    now_ += time;
    group_->Tick(now_);
  }
  std::vector<Position> Parked() const {
    std::vector<Position> positions;
    for (const auto& [position, row] : group_->parked()) positions.push_back(position);
    return positions;
  }

  absl::Time now_ = kStart;
  GroupSettings settings_;
  std::string log_;
  std::optional<GroupDelivery> group_;
  GroupChanges stored_;
  std::map<Position, ParkedDelivery> parked_;
  int last_attempt_ = 0;
};

TEST_F(GroupDeliveryTest, G2StreamsAreSharedAndEachGoesOneByOne) {
  Offer("aabbc");
  EXPECT_THAT(Take(kAda, 2), ElementsAre(1, 3));
  EXPECT_THAT(Take(kBen), ElementsAre(5)) << "the next of a and b wait for the first";
  Acknowledge(kAda, {3});
  EXPECT_THAT(Take(kBen), ElementsAre(4)) << "anybody may go on with a stream";
  Acknowledge(kBen, {1});
  EXPECT_THAT(Take(kBen), IsEmpty()) << "what another holds is not his to acknowledge";
}

TEST_F(GroupDeliveryTest, G3TheCheckpointFollowsWhatIsSettledAndNeverRunsAhead) {
  Offer("ab.c");
  EXPECT_EQ(group_->checkpoint(), 0);
  Take(kAda);
  Acknowledge(kAda, {2});
  EXPECT_EQ(group_->checkpoint(), 0);
  Acknowledge(kAda, {1});
  EXPECT_EQ(group_->checkpoint(), 3) << "past what did not match";
  Acknowledge(kAda, {4});
  Offer("....");
  EXPECT_EQ(group_->checkpoint(), 8) << "the scan moves it where nothing matches";
}

TEST_F(GroupDeliveryTest, G1ARestartDeliversWhatWasNotAcknowledged) {
  Offer("abcd");
  Take(kAda);
  Acknowledge(kAda, {2, 4});
  Store();
  Acknowledge(kAda, {1});  // never stored
  Reopen();
  EXPECT_THAT(Take(kBen), ElementsAre(1, 3));
}

TEST_F(GroupDeliveryTest, ADeadlineAndAGoneConsumerBringTheEventToAnother) {
  Offer("ab");
  Take(kAda, 1);
  Pass(absl::Seconds(29));
  EXPECT_THAT(Take(kBen), ElementsAre(2));
  EXPECT_EQ(group_->NextDue(), kStart + absl::Seconds(30));
  Pass(absl::Seconds(1));
  Acknowledge(kAda, {1});
  EXPECT_TRUE(group_->lapsed(kAda));
  EXPECT_THAT(Take(kBen), ElementsAre(1)) << "too late";
  EXPECT_EQ(last_attempt_, 2);
  group_->Leave(kBen, /*in_vain=*/true, now_);
  EXPECT_THAT(Take(kAda), ElementsAre(1, 2));
  EXPECT_EQ(group_->redelivered(), 3);
  Acknowledge(kAda, {2});
  EXPECT_FALSE(group_->lapsed(kAda));
  group_->Leave(kAda, /*in_vain=*/false, now_);
  EXPECT_THAT(Parked(), IsEmpty()) << "a server that stops costs no attempt";
}

TEST_F(GroupDeliveryTest, RetriesWaitLongerEachTimeUntilTheEventIsParked) {
  Offer("aa");
  for (const int wait : {1, 2}) {
    EXPECT_THAT(Take(kAda), ElementsAre(1));
    group_->Retry(kAda, {1}, std::nullopt, "CRM_DOWN", now_);
    Pass(absl::Seconds(wait) - absl::Milliseconds(1));
    EXPECT_THAT(Take(kBen), IsEmpty()) << "nor does the next of the stream pass it";
    Pass(absl::Milliseconds(1));
  }
  EXPECT_THAT(Take(kAda), ElementsAre(1));
  EXPECT_EQ(last_attempt_, 3);
  group_->Retry(kAda, {1}, std::nullopt, "CRM_DOWN", now_);
  EXPECT_THAT(Parked(), ElementsAre(1));
  EXPECT_EQ(group_->parked().at(1).reason(), "CRM_DOWN");
  EXPECT_EQ(group_->parked().at(1).attempts(), 3);
  EXPECT_THAT(Take(kBen), ElementsAre(2)) << "parking lets the stream go on";
}

TEST_F(GroupDeliveryTest, ARetryMayNameItsDelayAndAttemptsOutliveARestart) {
  Offer("a");
  Take(kAda);
  group_->Retry(kAda, {1}, absl::Minutes(5), "", now_);
  Store();
  Reopen();
  EXPECT_THAT(Take(kAda), IsEmpty());
  EXPECT_EQ(group_->NextDue(), kStart + absl::Minutes(5));
  Pass(absl::Minutes(5));
  EXPECT_THAT(Take(kAda), ElementsAre(1));
  EXPECT_EQ(last_attempt_, 2);
}

TEST_F(GroupDeliveryTest, G4AParkedEventStaysUntilItIsSettledAfterAReplay) {
  Offer("ab");
  Take(kAda);
  EXPECT_THAT(group_->Park(kAda, {1}, "BAD", now_), ElementsAre(1));
  Acknowledge(kAda, {2});
  EXPECT_EQ(group_->checkpoint(), 2) << "a parked event does not hold it back";
  Store();
  Reopen();
  EXPECT_THAT(Parked(), ElementsAre(1));
  group_->Replay({});
  group_->SetAppliedVersion(7);
  Store();
  Reopen();
  EXPECT_EQ(group_->applied_version(), 7);
  EXPECT_THAT(Parked(), ElementsAre(1)) << "replaying, not yet settled";
  EXPECT_THAT(Take(kBen), ElementsAre(1));
  EXPECT_EQ(last_attempt_, 1) << "attempts count anew";
  group_->Discard({1});
  EXPECT_THAT(Parked(), ElementsAre(1)) << "what is under way has its own end";
  Acknowledge(kBen, {1});
  EXPECT_THAT(Parked(), IsEmpty());
  Store();
  Reopen();
  EXPECT_THAT(Parked(), IsEmpty());
  EXPECT_THAT(Take(kAda), IsEmpty());
  EXPECT_EQ(group_->checkpoint(), 2);
}

TEST_F(GroupDeliveryTest, DiscardedEventsComeBackInNoWay) {
  Offer("ab");
  Take(kAda);
  group_->Park(kAda, {1, 2}, "BAD", now_);
  Store();
  group_->Discard({1, 99});
  group_->Replay({99});
  EXPECT_THAT(Parked(), ElementsAre(2));
  Store();
  Reopen();
  EXPECT_THAT(Parked(), ElementsAre(2));
  EXPECT_THAT(Take(kAda), IsEmpty());
}

class BlockingGroupTest : public GroupDeliveryTest {
 protected:
  BlockingGroupTest() : GroupDeliveryTest(Blocking()) {}
  static GroupSettings Blocking() {
    GroupSettings settings = Settings();
    settings.park_blocks_stream = true;
    return settings;
  }
};

TEST_F(BlockingGroupTest, G5LaterEventsOfTheStreamAreParkedBehind) {
  Offer("aab");
  Take(kAda);
  group_->Park(kAda, {1}, "BAD", now_);
  EXPECT_THAT(Parked(), ElementsAre(1, 2));
  EXPECT_EQ(group_->parked().at(2).reason(), kBehindParkedEvent);
  Acknowledge(kAda, {3});
  Store();
  Reopen();
  Offer("ab");
  EXPECT_THAT(Parked(), ElementsAre(1, 2, 4));
  EXPECT_THAT(Take(kAda), ElementsAre(5)) << "other streams go on";
  group_->Replay({2});
  EXPECT_THAT(Take(kAda), ElementsAre(1)) << "the earlier one comes with it, first";
  Acknowledge(kAda, {1});
  EXPECT_THAT(Take(kAda), ElementsAre(2));
  Offer("a");
  Acknowledge(kAda, {2, 5});
  EXPECT_THAT(Take(kAda), IsEmpty()) << "4 is parked still, and 6 behind it";
  group_->Replay({});
  EXPECT_THAT(Take(kAda), ElementsAre(4));
  Acknowledge(kAda, {4});
  EXPECT_THAT(Take(kAda), ElementsAre(6));
}

TEST_F(GroupDeliveryTest, AConsumerHoldsNoMoreThanItMay) {
  group_->Join(kBen, 2);
  Offer("abcdefghijklmnop");
  EXPECT_THAT(Take(kBen), ElementsAre(1, 2));
  EXPECT_THAT(Take(kBen), IsEmpty());
  EXPECT_EQ(Take(kAda).size(), 10U);
  EXPECT_EQ(group_->in_flight(kAda), 10U);
  Acknowledge(kBen, {1});
  EXPECT_THAT(group_->Peek(kBen, 100), ElementsAre(13));
}

TEST_F(GroupDeliveryTest, G6TheWindowIsBounded) {
  Offer(std::string(GroupDelivery::kWindow - 1, 'a'));
  EXPECT_TRUE(group_->HasRoom());
  Offer("b");
  EXPECT_FALSE(group_->HasRoom());
  EXPECT_THAT(Take(kAda), ElementsAre(1, static_cast<Position>(GroupDelivery::kWindow)));
  Acknowledge(kAda, {static_cast<Position>(GroupDelivery::kWindow)});
  EXPECT_FALSE(group_->HasRoom()) << "what is settled above the checkpoint is remembered, too";
  Acknowledge(kAda, {1});
  EXPECT_TRUE(group_->HasRoom());
}

// A log that was restored is shorter than the group remembers; other events come to stand there.
// Seen to fail, by an exception, when such rows were kept: one position was delivered twice.
TEST_F(GroupDeliveryTest, ParkedRowsOfALogThatWasLongerOnceAreForgotten) {
  ConsumerProgress progress;
  progress.set_checkpoint(1);
  progress.add_settled_distances(1);
  std::vector<ParkedDelivery> parked(3);
  for (int64_t i = 0; i < 3; ++i) parked[static_cast<size_t>(i)].set_position(2 + i);
  parked[2].set_replaying(true);
  Open(Settings(), progress, parked);
  group_->Replay({});
  std::vector<GroupEvent> events;
  for (Position position = 2; position <= 4; ++position) events.push_back(EventAt(position, 'a'));
  group_->Offer(events, 4, kStart);
  EXPECT_THAT(Take(kAda), ElementsAre(2, 3)) << "the one that is replayed is of another stream";
  Acknowledge(kAda, {2, 3});
  EXPECT_THAT(Take(kAda), ElementsAre(4));
  Acknowledge(kAda, {4});
  EXPECT_THAT(group_->TakeChanges().unparked, ElementsAre(2, 3, 4));
}

}  // namespace
}  // namespace crm::eventstore
